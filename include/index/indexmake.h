/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INDEXMAKE_H
#define MODBOX_INDEXMAKE_H

#include "index/depgraph.h"
#include "index/indexwrite.h"
#include "tree/modtree.h"

/*
 * Collect the facts about all modules of a tree without indexes by reading the modules,
 * in parallel.  A module that cannot be parsed is left out, with its err set. graph may
 * already hold the kernel's symbols; the modules' are added.
 *
 * Returns 0, or -1 (reported) on a dependency cycle or a read error.
 */
int index_make(struct index_data *facts, struct modtree *tree, struct depgraph *graph,
	       const struct depgraph_policy *policy);

/*
 * Read the files in tree's module directory that describe built-in modules; either may
 * be missing.  Returns 0, or -1 (reported).
 */
int index_read_builtin(struct index_data *facts, const struct modtree *tree);

#endif
