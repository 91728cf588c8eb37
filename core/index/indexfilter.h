/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INDEXFILTER_H
#define MODBOX_INDEXFILTER_H

#include "index/indexwrite.h"
#include "index/weakdeps.h"
#include "tree/modtree.h"

/*
 * Collect the facts about n modules of an indexed tree, given by path, from the tree's
 * text indexes.  No module is read, except for weakdep fields if there is no
 * modules.weakdep; dest holds copies of the modules (weakdeps.h).  The modules must
 * depend on nothing outside the set, and newest is the latest mtime among them.
 *
 * Returns 1; 0 if the indexes do not suffice: a module is not listed or depends on one
 * outside the set, or an index is missing, older than newest, or malformed in a line
 * that may concern the set; or -1 (reported).  The caller frees facts in every case.
 */
int index_filter(struct index_data *facts, struct modtree *tree,
		 const struct index_dest *dest, const char *const *paths, size_t n,
		 time_t newest);

#endif
