/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SOURCE_H
#define MODBOX_SOURCE_H

#include <sys/stat.h>

#include "copy/filelist.h"
#include "fs/rootfs.h"

/* What a file of a list of files will be in DEST. */
struct source_file {
	const struct file_entry *file;
	const char *label; /* SOURCE's file, as messages name it; or NULL */
	int fd;		   /* that file, open: FILE_COPY alone; or -1 */
	struct stat attrs; /* its mode, owner and times, then */
	const void *data;  /* its contents in DEST; NULL: those of fd, or a link */
	uint64_t size;	   /* bytes of either */
};

/*
 * Give the files of a file list to put, one after the other, in their order; those of
 * one kernel (or NO_KERNEL) alone, or ALL_KERNELS.  What put borrows is its own until it
 * returns.
 *
 * Returns 0, or -1, reported: the first that put returns, or a file of SOURCE that
 * cannot be read, is none or is not what was planned (status 4), or a signal.
 */
int filelist_each(const struct filelist *list, size_t kernel, const struct rootfs *source,
		  int (*put)(void *context, const struct source_file *source),
		  void *context);

/* The same for one file.  Those that are not transcoded may be given in several threads. */
int filelist_visit(const struct filelist *list, const struct file_entry *file,
		   const struct rootfs *source,
		   int (*put)(void *context, const struct source_file *source),
		   void *context);

/*
 * Give all bytes of a file's contents to add, piece by piece; add returns 0, or -1,
 * reported.  Returns that, or -1, reported: SOURCE's file cannot be read, or is not as
 * long as it was.
 */
int source_read(const struct source_file *source,
		int (*add)(void *context, const void *data, uint64_t size),
		void *context);

#endif
