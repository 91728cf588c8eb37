/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FILELIST_H
#define MODBOX_FILELIST_H

#include <stdint.h>
#include <time.h>

#include "fs/rootfs.h"
#include "module/decode.h"
#include "plan/plan.h"

enum file_kind {
	FILE_COPY, /* of a file of SOURCE */
	FILE_DATA, /* contents that were made */
	FILE_LINK, /* a symbolic link */
	FILE_DIR,  /* a directory: in archives, which must name them */
};

/* The kernel of a file that belongs to no kernel's module directory. */
#define NO_KERNEL ((size_t)-1)
/* No file's, but whoever asks for the files of a kernel gets all. */
#define ALL_KERNELS ((size_t)-2)

/* A file that DEST gets.  Paths are below the root, without '/' at their beginning. */
struct file_entry {
	enum file_kind kind;
	const char *path; /* in DEST */
	const char *from; /* in SOURCE: FILE_COPY, and FILE_LINK where it has that link */
	const char *data; /* FILE_DATA: its contents; FILE_LINK: where it leads to */
	uint64_t size;	  /* bytes in DEST: FILE_COPY: those of SOURCE's file, or of what
			     it is transcoded to, or SIZE_UNKNOWN */
	bool is_module;	  /* of the plan's, and SOURCE's file has the time mtime */
	time_t mtime;
	size_t kernel; /* whose module directory it is in, or NO_KERNEL */
	const char *reason;
	bool as_is;	   /* firmware that the kernel asks for by its whole name: never
			      transcoded */
	size_t transcoded; /* FILE_COPY: 1 + its number in the transcoder, or 0 */
};

/* The reason of what is made of the modules: modules.order and the indexes. */
#define FILE_GENERATED "made of the modules"

/*
 * All files that a run puts into DEST, for all its kernels, but for what is made there:
 * modules.order and the indexes (an archive's list has those: archiveindex.h).  Strings
 * are in its arena, or a plan's.
 */
struct filelist {
	struct arena arena;
	struct file_entry *items;
	size_t n, capacity;
	struct transcoder *transcoder; /* recompress.h; NULL: all is copied as it is */
	struct filelist_path
		*paths; /* filelist_share()'s: those of the first n_paths files */
	size_t n_paths;
};

void filelist_add(struct filelist *list, const struct file_entry *file);

/*
 * Add a file that belongs to no kernel, unless it is there.  No path of the list may
 * change between two calls. Returns 0, or -1, reported (status 4): another file of that
 * path is, or one of both is where the other has a directory.
 */
int filelist_share(struct filelist *list, const struct rootfs *source,
		   struct file_entry file);

/*
 * Show the files of a kernel, or NO_KERNEL, on standard output: a line for each file
 * of SOURCE, and before it, unless that was said, a '#' line that tells why it is there,
 * and its path in DEST where that is another.
 */
void filelist_show(const struct filelist *list, size_t kernel);

/* Add what a plan copies: its modules, in its order, then what describes built-in ones. */
void filelist_add_plan(struct filelist *list, const struct plan *plan, size_t kernel);

/* Put what is below the directory from, a path that ends with '/', below to. */
void filelist_move(struct filelist *list, const char *from, const char *to);

/*
 * Add the directories that its files are in, and sort it by paths, as strcmp() does: a
 * directory comes before what is in it.  What is in it twice, and the same, is left once.
 * Returns 0, or -1, reported: two different files have one path, or are below a file.
 */
int filelist_sort(struct filelist *list);

void filelist_free(struct filelist *list);

#endif
