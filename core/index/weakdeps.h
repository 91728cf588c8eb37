/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_WEAKDEPS_H
#define MODBOX_WEAKDEPS_H

#include "fs/rootfs.h"
#include "index/indexwrite.h"
#include "tree/modtree.h"

/* A module directory of another root. */
struct index_dest {
	const struct rootfs *root;
	const char *dir; /* below the root */
};

/*
 * Add the weakdeps of facts' modules, for a tree whose indexes have no modules.weakdep
 * (kmod before 33). dest holds copies of the tree's files. Modules that dest's own
 * modules.weakdep covers are not read; the others are, unless they were before.
 *
 * Returns 1, or 0 if a module cannot be read.
 */
int weakdeps_take(struct index_data *facts, struct modtree *tree,
		  const struct index_dest *dest);

#endif
