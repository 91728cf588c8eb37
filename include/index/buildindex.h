/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_BUILDINDEX_H
#define MODBOX_BUILDINDEX_H

#include "index/indexrename.h"
#include "index/indexwrite.h"
#include "index/installed.h"
#include "tree/modtree.h"

/*
 * A module directory whose indexes are to be made: DEST's, or SOURCE's own, for just
 * those of its modules that go into an archive.  All is borrowed.
 */
struct index_target {
	const struct rootfs *dest;
	const char *top;		   /* the module directory, below DEST */
	const char *label;		   /* the same, as messages name it */
	int fd;				   /* build_index(): the same, opened */
	const struct installed *installed; /* its files, those of the plan marked */
	struct modtree *source;		   /* the tree that they came from */
	const struct renames *renames;	   /* what the indexes call them, or NULL */
	bool verbose; /* show on standard output what they are made of */
};

/*
 * Make the indexes of a module directory, without depmod(8), and put them there, all or
 * none: out of SOURCE's, where those are good for every module that is there, else out
 * of the modules themselves.  As depmod's run (run_depmod.h), none where a copied module
 * cannot be indexed.
 *
 * Returns 0, or -1, reported.
 */
int build_index(const struct index_target *target);

/* Make them in memory alone. files is to be freed in each case. */
int build_index_files(struct index_files *files, const struct index_target *target);

#endif
