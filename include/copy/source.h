/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SOURCE_H
#define MODBOX_SOURCE_H

#include <sys/stat.h>

#include "copy/filelist.h"
#include "fs/rootfs.h"

/* A file of the list with the contents that DEST gets. */
struct source_file {
	const struct file_entry *file;
	const char *label; /* names SOURCE's file in messages, or NULL */
	int fd;		   /* SOURCE's file, open, for FILE_COPY; else -1 */
	struct stat attrs; /* attributes of fd */
	const void *data;  /* contents for DEST; NULL: use fd, or it is a link */
	uint64_t size;	   /* bytes in DEST */
};

/*
 * Call put for each file of a kernel (or NO_KERNEL, or ALL_KERNELS), in list order.
 * The struct and its contents are valid during the call only.
 *
 * Returns 0, or -1 (reported): put failed; a file of SOURCE cannot be read, is not a
 * regular file, or has changed since planning (status 4); or a signal arrived.
 */
int filelist_each(const struct filelist *list, size_t kernel, const struct rootfs *source,
		  int (*put)(void *context, const struct source_file *source),
		  void *context);

/*
 * The same for one file.  May run in several threads for files that are not transcoded.
 */
int filelist_visit(const struct filelist *list, const struct file_entry *file,
		   const struct rootfs *source,
		   int (*put)(void *context, const struct source_file *source),
		   void *context);

/*
 * Pass all of a file's contents to add, piece by piece; add returns 0, or -1
 * (reported).  Returns 0, or -1 (reported) if add fails, or SOURCE's file cannot be
 * read or changed its size.
 */
int source_read(const struct source_file *source,
		int (*add)(void *context, const void *data, uint64_t size),
		void *context);

#endif
