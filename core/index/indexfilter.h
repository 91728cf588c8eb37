/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INDEXFILTER_H
#define MODBOX_INDEXFILTER_H

#include "index/indexwrite.h"
#include "tree/modtree.h"

/*
 * Collect the facts of n modules of an indexed tree, given by their paths, out of the
 * tree's own text indexes: no module is
 * read, but for weakdep fields where the indexes have none.  The modules must need no
 * others, and none may be newer than newest.
 *
 * Returns 1; 0 where the indexes cannot tell: they do not know a module, or one that it
 * needs is not among the n, or an index is missing, older than newest, or malformed where
 * it may speak of the n; or -1, reported.  In each case facts is to be freed.
 */
int index_filter(struct index_data *facts, struct modtree *tree, const char *const *paths,
		 size_t n, time_t newest);

#endif
