/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_READIMAGE_H
#define MODBOX_READIMAGE_H

#include "kernel/kernelimage.h"

/*
 * Read a kernel image: x86 bzImage, arm64, riscv64 and s390x images, arm zImage, EFI
 * zboot, or vmlinux (ELF); each plain or compressed by gzip, xz, lzma, zstd or lz4. The
 * decoded image is freed on return.
 *
 * Returns 0, or -1 with *err set to a constant text that follows "FILE: " in messages;
 * not reported. It is no failure if the image lacks one of the facts. In both cases, free
 * it with kernel_image_free().
 */
int kernel_image_read(struct kernel_image *image, int fd, const char **err);
void kernel_image_free(struct kernel_image *image);

#endif
