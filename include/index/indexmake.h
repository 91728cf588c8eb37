/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INDEXMAKE_H
#define MODBOX_INDEXMAKE_H

#include "index/depgraph.h"
#include "index/indexwrite.h"
#include "tree/modtree.h"

/* The modules of an index in its order; the tree owns them. */
struct index_modules {
	struct module **items;
	size_t n;
};

/*
 * Order all modules of a tree as depmod does, and read them in parallel.  A module that
 * cannot be parsed is left out, with its err set.  The caller frees modules, also on
 * failure.
 *
 * Returns 0, or -1 (reported) on a read error.
 */
int index_read(struct index_modules *modules, struct modtree *tree);
void index_modules_free(struct index_modules *modules);

/*
 * Collect the facts about modules that index_read() read. graph may already hold the
 * kernel's symbols; the modules' are added.
 *
 * Returns 0, or -1 (reported) on a dependency cycle or a read error.
 */
int index_make(struct index_data *facts, const struct modtree *tree,
	       const struct index_modules *modules, struct depgraph *graph,
	       const struct depgraph_policy *policy);

/*
 * Read the files in tree's module directory that describe built-in modules; either may
 * be missing.  Returns 0, or -1 (reported).
 */
int index_read_builtin(struct index_data *facts, const struct modtree *tree);

#endif
