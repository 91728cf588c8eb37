/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_BUILDINDEX_H
#define MODBOX_BUILDINDEX_H

#include "index/indexrename.h"
#include "index/indexwrite.h"
#include "index/installed.h"
#include "tree/modtree.h"

/*
 * A module directory to index: DEST's or, for an archive, SOURCE's, reduced to the
 * modules that go into the archive.  Everything is borrowed.
 */
struct index_target {
	const struct rootfs *dest;
	const char *top;   /* the module directory, below DEST */
	const char *label; /* names that directory in messages */
	int fd;		   /* that directory, open; only for build_index() */
	const struct installed *installed; /* its files */
	struct modtree *source;		   /* the tree that the modules came from */
	const struct renames *renames;	   /* new paths for the indexes, or NULL */
	bool verbose; /* print how the indexes are made on standard output */
};

/*
 * Build the indexes of a module directory without depmod(8) and install all of them or
 * none.  They are cut from SOURCE's indexes if those are valid for every module of the
 * directory, else made from the modules.  As with run_depmod(), it is an error if a
 * copied module cannot be indexed.
 *
 * Returns 0, or -1 (reported).
 */
int build_index(const struct index_target *target);

/* Build them in memory only.  The caller frees files, also on failure. */
int build_index_files(struct index_files *files, const struct index_target *target);

#endif
