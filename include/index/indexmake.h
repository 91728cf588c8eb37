/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INDEXMAKE_H
#define MODBOX_INDEXMAKE_H

#include "index/depgraph.h"
#include "index/indexwrite.h"
#include "tree/modtree.h"

/*
 * Collect the facts of all modules of a tree without indexes, out of the modules
 * themselves, in parallel.  A module that cannot be read is left out, and its why is set.
 * graph may have symbols of the kernel, and gets those of the modules.
 *
 * Returns 0, or -1, reported: a ring of dependencies, or a file that cannot be read.
 */
int index_make(struct index_data *facts, struct modtree *tree, struct depgraph *graph,
	       const struct depgraph_policy *policy);

/*
 * Read the files of tree's module directory that describe built-in modules.  One that is
 * not there is a warning, as for depmod. Returns 0, or -1, reported.
 */
int index_read_builtin(struct index_data *facts, const struct modtree *tree);

#endif
