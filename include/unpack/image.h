/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_UNPACK_IMAGE_H
#define MODBOX_UNPACK_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/util.h"

/*
 * An entry of an archive: a file, directory, link or device node, whether it was unpacked
 * or not.
 */
struct image_entry {
	const char *path; /* without "." and "..", no '/' at either end; "": the root */
	const char *link; /* the text of a symbolic link, or NULL */
	uint64_t size;	  /* bytes of contents here: of hard links, one has them */
	time_t mtime;
	mode_t mode;	  /* with its type */
	unsigned segment; /* in the listing's segments */
	bool hardlink;	  /* an earlier entry is the same file */
	bool unpacked;	  /* it is below SOURCE's root, unless a later one replaced it */
	bool incomplete;  /* the archive ends in its contents, which were not kept */
};

/*
 * A part of an image: one archive, or a compressed stream of archives. The kernel unpacks
 * one after the other. A package is one segment.
 */
struct image_segment {
	uint64_t offset;   /* bytes of the file before it */
	uint64_t size;	   /* its bytes in the file */
	uint64_t decoded;  /* and when it is decompressed */
	const char *codec; /* "none", "gzip", "xz", "zstd", "lz4", "bzip2", "lzma", or
			      a package's format: "deb", "tar" */
	/*
	 * How it is damaged, as the end of a sentence ("is truncated in usr/lib/x"); what
	 * comes behind that was not read. NULL: it is complete.
	 */
	const char *problem;
};

/* All that an archive has, in its order. Zero-initialise it; free it with image_free(). */
struct image_listing {
	struct image_entry *entries;
	size_t n, capacity;
	struct image_segment *segments;
	size_t n_segments, segments_capacity;
	uint64_t size; /* of the file */
	struct arena arena;
};

void image_free(struct image_listing *listing);

#endif
