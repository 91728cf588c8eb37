/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODSCAN_H
#define MODBOX_MODSCAN_H

#include "tree/modtree.h"

/*
 * Call found for each module file below the directory sub of the module directory
 * ("": all of it), links to files and directories included, resolved in the root;
 * directories that depmod passes over are passed over.  path is below the module
 * directory, or absolute where sub is, and borrowed.  found returns 0, or -1 to end the
 * walk.
 *
 * Returns 0, or -1, reported.  A missing sub is no error.
 */
int modscan_walk(struct modtree *tree, const char *sub,
		 int (*found)(struct modtree *tree, const char *path));

/* Say that a module file is passed over whose path is_unlistable(). */
void modscan_warn_skipped(const char *root, const char *path);

/*
 * Fill tree->modules with every module, by depmod's rules where several files have
 * one name.
 * Returns 0, or -1, reported.
 */
int modscan_names(struct modtree *tree);

/*
 * Add one module by its path (as modscan_walk() has it), by the same rules.  The path is
 * borrowed.  Returns 0.
 */
int modscan_add(struct modtree *tree, const char *path);

/*
 * Find the modules that have a normalised name as an alias: n of them, the owners of
 * tree->aliases.found, in modules.order's order, until the next call.
 * All modules are read at the first call; for one that is damaged there is a warning.
 * Returns 0, or -1, reported: one could not be read.
 */
int modscan_aliases(struct modtree *tree, const char *name, size_t *n);

#endif
