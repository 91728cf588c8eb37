/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODSCAN_H
#define MODBOX_MODSCAN_H

#include "fs/walk.h"
#include "tree/modtree.h"

/*
 * Call found for each module file below the directory sub of the module directory ("":
 * the whole of it), in SOURCE and then in each overlay (tree->walking is the root's
 * number). Links to files and directories are followed, inside the root.
 * Directories that depmod skips are skipped. path is relative to the module directory, or
 * absolute if sub is; it and entry (walk.h) are borrowed. found returns 0, or -1 to end
 * the walk.
 *
 * Returns 0, or -1 and reports it. It is not an error if sub does not exist.
 */
typedef int modscan_found(struct modtree *tree, const char *path,
			  const struct walk_entry *entry, void *context);
int modscan_walk(struct modtree *tree, const char *sub, modscan_found *found,
		 void *context);

/*
 * Do so in the module directory, then in depmod.d's external directories, whose modules
 * have absolute paths.
 */
int modscan_walk_all(struct modtree *tree, modscan_found *found, void *context);

/*
 * Add the modules of all overlays to tree->modules, whose names SOURCE's indexes may have
 * too. Returns 0, or -1 and reports it.
 */
int modscan_overlays(struct modtree *tree);

/* Warn that a module file is skipped because its path is_unlistable() (names.h). */
void modscan_warn_skipped(const char *root, const char *path);

/*
 * Explain why the module name (with underscores) is missing, if its file, or a directory,
 * is a link that cannot be followed. Returns as rootfs_lost_link().
 */
char *modscan_lost_link(struct modtree *tree, const char *name);

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

/* Do so for each module of a walk: a modscan_found. */
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
