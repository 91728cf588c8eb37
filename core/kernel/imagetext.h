/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_IMAGETEXT_H
#define MODBOX_IMAGETEXT_H

#include "kernel/bytes.h"
#include "kernel/kernelimage.h"

/* Every banner begins with this. */
#define BANNER_START "Linux version "

/* Return the banner at an offset, up to its newline, or no bytes if there is none. */
struct bytes banner_at(struct bytes kernel, size_t at);

/* Whether a kernel has a banner. */
bool has_banner(struct bytes kernel);

/* Take banner and release from the banner at an offset, if it is one. */
void read_banner(struct kernel_image *image, struct bytes kernel, size_t at);

/* Find the vermagic of a kernel whose release is known. */
void read_vermagic(struct kernel_image *image, struct bytes kernel);

#endif
