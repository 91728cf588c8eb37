/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_IMAGE_H
#define MODBOX_IMAGE_H

#include <stdint.h>
#include <time.h>

#include "fs/rootfs.h"
#include "module/decode.h"
#include "plan/plan.h"

enum image_kind {
	IMAGE_COPY, /* of a file of SOURCE */
	IMAGE_DATA, /* contents that were made */
	IMAGE_LINK, /* a symbolic link */
	IMAGE_DIR,  /* a directory: in archives, which must name them */
};

/* The kernel of a file that belongs to no kernel's module directory. */
#define IMAGE_SHARED ((size_t)-1)
/* No file's, but whoever asks for the files of a kernel gets all. */
#define IMAGE_ALL ((size_t)-2)

/* A file that DEST gets.  Paths are below the root, without '/' at their beginning. */
struct image_file {
	enum image_kind kind;
	const char *path; /* in DEST */
	const char
		*from; /* in SOURCE: IMAGE_COPY, and IMAGE_LINK where it has that link */
	const char *data; /* IMAGE_DATA: its contents; IMAGE_LINK: where it leads to */
	uint64_t size;	  /* bytes in DEST: IMAGE_COPY: those of SOURCE's file, or of what
			     it is recoded to, or SIZE_UNKNOWN */
	bool is_module;	  /* of the plan's, and SOURCE's file has the time mtime */
	time_t mtime;
	size_t kernel; /* whose module directory it is in, or IMAGE_SHARED */
	const char *why;
	bool as_is; /* firmware that the kernel asks for by its whole name: never recoded */
	size_t recoded; /* IMAGE_COPY: 1 + its number in the recoder, or 0 */
};

/* The why of what is made of the modules: modules.order and the indexes. */
#define IMAGE_MADE "made of the modules"

/*
 * All files that a run puts into DEST, for all its kernels, but for what is made there:
 * modules.order and the indexes (an archive's image has those: imageindex.h).  Strings
 * are in its arena, or a plan's.
 */
struct image {
	struct arena arena;
	struct image_file *files;
	size_t n, capacity;
	struct recoder *recoder;  /* recode.h; NULL: all is copied as it is */
	struct image_path *paths; /* image_share()'s: those of the first n_paths files */
	size_t n_paths;
};

void image_add(struct image *image, const struct image_file *file);

/*
 * Add a file that belongs to no kernel, unless it is there.  No path of the image may
 * change between two calls. Returns 0, or -1, reported (status 4): another file of that
 * path is, or one of both is where the other has a directory.
 */
int image_share(struct image *image, const struct rootfs *source, struct image_file file);

/*
 * Show the files of a kernel, or IMAGE_SHARED, on standard output: a line for each file
 * of SOURCE, and before it, unless that was said, a '#' line that tells why it is there,
 * and its path in DEST where that is another.
 */
void image_show(const struct image *image, size_t kernel);

/* Add what a plan copies: its modules, in its order, then what describes built-in ones. */
void image_add_plan(struct image *image, const struct plan *plan, size_t kernel);

/* Put what is below the directory from, a path that ends with '/', below to. */
void image_move(struct image *image, const char *from, const char *to);

/*
 * Add the directories that its files are in, and sort it by paths, as strcmp() does: a
 * directory comes before what is in it.  What is in it twice, and the same, is left once.
 * Returns 0, or -1, reported: two different files have one path, or are below a file.
 */
int image_sort(struct image *image);

void image_free(struct image *image);

#endif
