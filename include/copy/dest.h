/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DEST_H
#define MODBOX_DEST_H

#include <stdbool.h>

#include "copy/filelist.h"
#include "fs/rootfs.h"
#include "tree/modtree.h"

/* Who makes the indexes of a module directory of DEST, and from what. */
struct index_job {
	enum index_maker {
		INDEX_NONE, /* nobody: those that DEST has stay */
		INDEX_OWN,
		INDEX_DEPMOD, /* depmod(8) */
	} writer;
	const char *depmod;   /* the program, from depmod_find() */
	struct modtree *tree; /* SOURCE's, with its depmod.d */
	bool verbose;	      /* show on standard output who it is */
};

/*
 * Look, before anything is written, for what would stop dest_write_kernel() after the
 * copying: a modules.order, of SOURCE or of dest (NULL: it is not there yet), that cannot
 * be opened or is none, or a depmod(8) that cannot work.  Returns 0, or -1, reported.
 */
int dest_check(const struct rootfs *dest, const struct index_job *index_job);

/*
 * Write a file list's files of one kernel, index_job's, into the directory tree dest:
 * the modules and what describes built-in ones, the filtered modules.order, the indexes;
 * then remove what a copied module supersedes.  In that order, so that whatever fails, the
 * indexes that DEST has lead to files that are there.
 * The module directory is locked (flock) while it is written, so that runs at once
 * follow each other.  SOURCE's depmod.d is the only configuration for indexes.
 *
 * Returns 0, or -1, reported.
 */
int dest_write_kernel(const struct filelist *list, size_t kernel,
		      const struct rootfs *dest, const struct index_job *index_job);

/*
 * Write its files that belong to no kernel; then remove what a firmware supersedes, which
 * is the same in that directory under another suffix, for the kernel might load that.
 * DEST itself is locked meanwhile, where there are such files.  locked is called then,
 * before anything is written, to make data of the list out of what dest has; it returns
 * 0, or -1, reported.
 * Returns 0, or -1, reported.
 */
int dest_write_shared(const struct filelist *list, const struct rootfs *source,
		      const struct rootfs *dest,
		      int (*locked)(void *context, const struct rootfs *dest),
		      void *context);

#endif
