/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FILELIST_H
#define MODBOX_FILELIST_H

#include <stdint.h>
#include <time.h>

#include "fs/rootfs.h"
#include "module/decode.h"
#include "plan/plan.h"

enum file_kind {
	FILE_COPY, /* copy a file of SOURCE */
	FILE_DATA, /* write generated contents */
	FILE_LINK, /* a symbolic link */
	FILE_DIR,  /* a directory; only archives list them */
};

/* The kernel index of a file outside all module directories. */
#define NO_KERNEL ((size_t)-1)
/* Matches the files of every kernel, in functions that take a kernel. */
#define ALL_KERNELS ((size_t)-2)

/* A file to write to DEST. Paths are relative to the root, without a leading '/'. */
struct file_entry {
	enum file_kind kind;
	const char *path; /* in DEST */
	const char *from; /* in SOURCE: for FILE_COPY, and for a FILE_LINK that exists
			     there */
	const char *data; /* FILE_DATA: contents; FILE_LINK: target */
	uint64_t size; /* bytes in DEST: for FILE_COPY, of SOURCE's file or its transcoded
			  form, or SIZE_UNKNOWN */
	bool is_builtin; /* modules.builtin or a relative: SOURCE's, never an overlay's */
	const char *overlay; /* of a module: as in the plan */
	bool is_module;	     /* a module of the plan; SOURCE's file has the time mtime */
	time_t mtime;
	size_t kernel; /* index of its kernel, or NO_KERNEL */
	const char *reason;
	bool as_is;	   /* firmware requested by its full name: never transcode it */
	size_t transcoded; /* FILE_COPY: its number in the transcoder + 1, or 0 */
};

/*
 * The reason given for files generated from the modules: modules.order and the indexes.
 */
#define FILE_GENERATED "made of the modules"

/*
 * All files that a run writes to DEST, for all its kernels.  modules.order and the
 * indexes are not among them at first: archiveindex.h adds them, for an archive before
 * it is written, for a manifest afterwards.  Strings are in its arena or a plan's.
 */
struct filelist {
	struct arena arena;
	struct file_entry *items;
	size_t n, capacity;
	struct transcoder *transcoder; /* by filelist_recompress(); or NULL */
	struct filelist_path *paths; /* of the first n_paths files, for filelist_share() */
	size_t n_paths;
};

void filelist_add(struct filelist *list, const struct file_entry *file);

/* The root that a file's path from is in: SOURCE with its overlays, or SOURCE alone. */
static inline const struct rootfs *filelist_root(const struct file_entry *file,
						 const struct rootfs *source)
{
	return file->is_builtin ? rootfs_base(source) : source;
}

/*
 * Add a file that belongs to no kernel, unless the list has it already.  Paths in the
 * list must not change between two calls.  Returns 0, or -1 (reported, status 4) if
 * another file has that path, or one file is where the other needs a directory.
 */
int filelist_share(struct filelist *list, const struct rootfs *source,
		   struct file_entry file);

/*
 * Print the files of a kernel, or of NO_KERNEL, on standard output: a line with the
 * path in SOURCE of each file that has one.  A '#' line before it has the reason, and
 * the path in DEST if that differs; it is omitted if it would repeat the last reason.
 */
void filelist_show(const struct filelist *list, size_t kernel);

/* Add a plan's modules, in its order, then the files that describe built-in modules. */
void filelist_add_plan(struct filelist *list, const struct plan *plan, size_t kernel);

/*
 * Replace the directory from, at the beginning of the paths of a kernel's files (or of
 * those of ALL_KERNELS, and others), by to.  No '/' is at the end of either.
 */
void filelist_move(struct filelist *list, size_t kernel, const char *from,
		   const char *to);

/*
 * Add the parent directories of all files, sort by path in strcmp() order, so that a
 * directory precedes its contents, and drop identical duplicates.  Returns 0, or -1
 * (reported) if two different files share a path or one lies below another.
 */
int filelist_sort(struct filelist *list);

void filelist_free(struct filelist *list);

#endif
