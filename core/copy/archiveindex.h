/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ARCHIVEINDEX_H
#define MODBOX_ARCHIVEINDEX_H

#include "copy/filelist.h"
#include "index/indexrename.h"
#include "tree/modtree.h"

/*
 * Add to a list of files, which is for an archive, what is made in DEST after the
 * copying: a kernel's modules.order, cut to the list's modules, and unless no_indexes its
 * indexes. tree is SOURCE's, dest_dir its module directory in the archive; verbose as
 * build_index().
 *
 * Returns 0, or -1, reported: a module that cannot be indexed, SOURCE's files.
 */
int filelist_add_indexes(struct filelist *list, size_t kernel, struct modtree *tree,
			 const char *dest_dir, bool no_indexes, bool verbose);

/*
 * The same for a directory, where dest_write_kernel() made all that: read it from there.
 * Returns 0, or -1, reported.
 */
int filelist_add_made(struct filelist *list, size_t kernel, const struct rootfs *dest,
		      const char *dest_dir, bool no_indexes);

/*
 * Collect the modules of a kernel that have other names in DEST, out of a list of files;
 * the tops are its module directories.  The strings are the list's.
 */
void renames_collect(struct renames *renames, const struct filelist *list, size_t kernel,
		     const char *source_top, const char *dest_top);

#endif
