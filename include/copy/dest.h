/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DEST_H
#define MODBOX_DEST_H

#include <stdbool.h>

#include "copy/filelist.h"
#include "fs/rootfs.h"
#include "tree/modtree.h"

/* How to index a module directory of DEST. */
struct index_job {
	enum index_writer {
		INDEX_NOTHING, /* as INDEX_NONE, and modules.order too */
		INDEX_NONE,    /* keep DEST's indexes as they are */
		INDEX_OWN,     /* build_index() */
		INDEX_DEPMOD,  /* depmod(8) */
		INDEX_EITHER,  /* depmod(8), or for what it cannot index build_index() */
	} writer;
	const char *depmod;   /* path of the program, from depmod_find() */
	struct modtree *tree; /* SOURCE's, with its depmod.d */
	const char *dest_module_dir, *dest_dir; /* as in struct kernel_job (output.h) */
	bool verbose; /* print how the indexes are made on standard output */
};

/*
 * Check, before anything is written, for problems that would stop dest_write_kernel()
 * after copying: a modules.order of SOURCE or dest (NULL if it does not exist yet) that
 * cannot be opened or is not a regular file, or a depmod(8) that cannot run.  Returns
 * 0, or -1 (reported).
 */
int dest_check(const struct rootfs *dest, const struct index_job *index_job);

/*
 * Refuse external modules of a kernel's list, or of dest, that depmod(8) would not index;
 * warn if they make DEST's lib a directory beside usr/lib.  Returns 0, or -1 (reported).
 */
int dest_check_externals(const struct filelist *list, size_t kernel,
			 const struct rootfs *dest, const struct index_job *index_job);

/*
 * Write the files of one kernel, whose tree is index_job's, into the directory tree
 * dest: the modules and the files that describe built-in ones, modules.order cut to
 * DEST's modules, and the indexes; then remove the files that copied modules supersede.
 * In this order DEST's indexes name only existing files, whatever fails.  The module
 * directory stays locked (flock) meanwhile, so concurrent runs take turns.  SOURCE's
 * depmod.d is the only configuration used for the indexes.
 *
 * Returns 0, or -1 (reported).
 */
int dest_write_kernel(const struct filelist *list, size_t kernel,
		      const struct rootfs *dest, const struct index_job *index_job);

/*
 * Write the list's files that belong to no kernel, then remove superseded firmware: the
 * same file under another suffix, which the kernel might load instead.  DEST itself is
 * locked meanwhile, if there are such files.  Between the lock and the first write,
 * locked(context, dest) is called: it may change the data of the list to include
 * DEST's, and returns 0, or -1 (reported).  Returns 0, or -1 (reported).
 */
int dest_write_shared(const struct filelist *list, const struct rootfs *source,
		      const struct rootfs *dest,
		      int (*locked)(void *context, const struct rootfs *dest),
		      void *context);

#endif
