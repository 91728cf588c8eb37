/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INDEXTREE_H
#define MODBOX_INDEXTREE_H

#include <stdbool.h>

#include "base/strlist.h"
#include "index/depgraph.h"
#include "index/indexwrite.h"
#include "tree/modtree.h"

/* A module directory to index, as depmod does.  Everything is borrowed. */
struct index_tree_job {
	struct modtree *tree;
	const char *out;	   /* root directory to write to; NULL: the tree's own */
	const char *symvers, *map; /* files with the kernel's symbols, or NULL */
	struct depgraph_policy graph;
	struct index_policy write;	   /* with text_only, to standard output */
	const struct string_list *without; /* paths that are to go, or NULL */
	bool *published; /* set when the indexes are in place; or NULL */
	bool partial;	 /* only the modules that modscan_add() added */
	/* The record (tree/record.h).  Where one lies, it is used and written again. */
	bool record;  /* write one where there is none */
	bool full;    /* read all modules, whatever it says */
	bool verbose; /* say on standard output what became of it */
};

/*
 * Make all indexes of a module directory, and replace all of them or none.  Modules that
 * cannot be parsed are left out with a warning, which latches STATUS_MISSING.  If a
 * record shows that nothing has changed since the indexes were written, they stay.
 *
 * Returns 0, or -1 (reported).
 */
int index_tree(const struct index_tree_job *job);

#endif
