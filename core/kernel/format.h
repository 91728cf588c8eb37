/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FORMAT_H
#define MODBOX_FORMAT_H

#include "kernel/bytes.h"
#include "kernel/kernelimage.h"

/* Where a format keeps the kernel. */
enum image_payload {
	PAYLOAD_NONE,	/* the file is the kernel, as it lies in memory: a raw image */
	PAYLOAD_ELF,	/* the file is the kernel, an ELF file */
	PAYLOAD_STREAM, /* payload begins with a compressed kernel */
	PAYLOAD_WITHIN, /* a compressed kernel begins somewhere in payload */
	PAYLOAD_BROKEN, /* the header leads out of the file */
};

struct image_format {
	const char *name;
	/* Whether the file has this format, by its magic numbers. */
	bool (*is)(struct bytes file);
	/* Find the payload, and set machine, class and byte order where it tells. */
	enum image_payload (*find)(struct bytes file, struct kernel_image *image,
				   struct bytes *payload);
};

/* Return the format of a file, or NULL. */
const struct image_format *image_format(struct bytes file);

#endif
