/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_IMAGEFILE_H
#define MODBOX_IMAGEFILE_H

#include "base/strbuf.h"
#include "kernel/bytes.h"
#include "kernel/kernelimage.h"

/* A kernel without its packing. Zero-initialise it. */
struct imagefile {
	struct bytes kernel;	  /* in one of the buffers */
	struct strbuf buffers[2]; /* the file; what was decoded last */
	bool elf;		  /* an ELF file, not a raw image */
};

/*
 * Read the file fd and decompress the kernel in it; sets what its headers tell in image.
 * Returns 0, or -1 with *err set to a constant text; not reported. Free file in both
 * cases.
 */
int imagefile_read(struct imagefile *file, int fd, struct kernel_image *image,
		   const char **err);
void imagefile_free(struct imagefile *file);

#endif
