/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INITIMAGE_H
#define MODBOX_INITIMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strlist.h"
#include "unpack/image.h"
#include "unpack/source.h"

enum init_kind { INIT_MODULE, INIT_FIRMWARE, INIT_REST, INIT_KINDS };

/* A regular file, as it is when the kernel has unpacked all segments. */
struct init_file {
	const char *path; /* the listing's */
	uint64_t size;
	enum init_kind kind;
};

struct init_sum {
	size_t files;
	uint64_t bytes;
};

/* An image: an archive of which a part is unpacked, or a directory. Owns all of it. */
struct init_image {
	const char *path; /* as given */
	struct source source;
	bool opened;
	bool directory;
	struct image_listing listing;
	struct init_file *files; /* sorted by path */
	size_t n;
	struct init_sum sums[INIT_KINDS];
};

/*
 * Open an image, and list its files. want is that of struct source_options. Returns 0, or
 * -1 and reports it: neither a directory nor an archive (status 3), or unreadable (4).
 * init_image_close() is needed either way.
 */
int init_image_open(struct init_image *image, const char *path, uint64_t max_unpacked,
		    unsigned want);
void init_image_close(struct init_image *image);

/* The file of this path, or NULL. */
const struct init_file *init_image_find(const struct init_image *image, const char *path);

/* Fill largest with the n largest files or less, the largest first. Returns the number. */
size_t init_image_largest(const struct init_image *image,
			  const struct init_file **largest, size_t n);

#endif
