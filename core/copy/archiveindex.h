/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ARCHIVEINDEX_H
#define MODBOX_ARCHIVEINDEX_H

#include "copy/dest.h"
#include "copy/filelist.h"
#include "index/indexrename.h"
#include "tree/modtree.h"

/*
 * Add the files that a copy to a directory generates at the end to the list of an
 * archive, as far as writer asks for them: a kernel's modules.order, reduced to the
 * list's modules, and its indexes, by build_index_files(). tree is SOURCE's; dest_dir is
 * its module directory in the archive; verbose is as in build_index().
 *
 * Returns 0, or -1 (reported) if a module cannot be indexed or a file of SOURCE cannot
 * be read.
 */
int filelist_add_indexes(struct filelist *list, size_t kernel, struct modtree *tree,
			 const char *dest_dir, enum index_writer writer, bool verbose);

/*
 * The same for a directory: read the files that dest_write_kernel() generated there.
 * Returns 0, or -1 (reported).
 */
int filelist_add_made(struct filelist *list, size_t kernel, const struct rootfs *dest,
		      const char *dest_dir, enum index_writer writer);

/*
 * Collect a kernel's modules whose path in DEST differs from SOURCE's. source_top and
 * dest_top are its module directories; the strings stay owned by the list.
 */
void renames_collect(struct renames *renames, struct filelist *list, size_t kernel,
		     const char *source_top, const char *dest_top);

#endif
