/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODSCAN_H
#define MODBOX_MODSCAN_H

#include "tree/modwalk.h"

/*
 * Fill tree->modules with every module, by depmod's rules where several files have one
 * name.
 * Returns 0, or -1 and reports it.
 */
int modscan_names(struct modtree *tree);

/* Do without indexes from now on: fill tree->modules anew. Returns as modscan_names(). */
int modscan_alone(struct modtree *tree);

/* Add one module to tree->modules by its path, which is borrowed, by the same rules. */
void modscan_add(struct modtree *tree, const char *path);

/* Do so for each module of a walk: a modwalk_found. */
int modscan_take(struct modtree *tree, const char *path, const struct walk_entry *entry,
		 void *unused);

/*
 * List all modules in the order of modules.order, then of their paths. The caller frees
 * *all. Returns 0, or -1 and reports it.
 */
int modscan_ranked(struct modtree *tree, struct module ***all, size_t *n);

/*
 * Find the modules that have an alias matching a normalised name; in an indexed tree,
 * those that the indexes do not cover (refresh.h). *n gets their number; they are the
 * owners in tree->aliases.found, in modules.order's order, until the next call.
 *
 * The first call reads all these modules, and warns of damaged ones.
 * Returns 0, or -1 and reports it: a module could not be read.
 */
int modscan_aliases(struct modtree *tree, const char *name, size_t *n);

#endif
