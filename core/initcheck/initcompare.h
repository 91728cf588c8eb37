/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INITCOMPARE_H
#define MODBOX_INITCOMPARE_H

#include "initcheck/initcheck.h"

/* A file that differs between two images, by its size, or is in one of them. */
struct init_change {
	/*
	 * The same for one module of two kernels, compressed or not:
	 * lib/modules/kernel/fs/ext4/ext4.ko
	 */
	const char *key;
	enum init_kind kind;
	bool before, after; /* whether it was there, and is */
	uint64_t before_bytes, after_bytes;
};

/* The files of a directory together. */
struct init_directory {
	const char *path;
	uint64_t before, after; /* bytes */
};

/* What differs. Keys and paths are in arena. */
struct init_comparison {
	struct arena arena;
	struct init_change *changes; /* sorted by the change of bytes, the largest first */
	size_t n;
	struct init_directory *directories; /* likewise */
	size_t n_directories;
};

/* Compare an image with an earlier one. Free the result with init_comparison_free(). */
void init_compare(struct init_comparison *comparison, const struct init_image *before,
		  const struct init_image *after);
void init_comparison_free(struct init_comparison *comparison);

#endif
