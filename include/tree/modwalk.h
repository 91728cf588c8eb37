/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODWALK_H
#define MODBOX_MODWALK_H

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
typedef int modwalk_found(struct modtree *tree, const char *path,
			  const struct walk_entry *entry, void *context);
int modwalk(struct modtree *tree, const char *sub, modwalk_found *found, void *context);

/*
 * Do so in the module directory, then in depmod.d's external directories, whose modules
 * have absolute paths.
 */
int modwalk_all(struct modtree *tree, modwalk_found *found, void *context);

/* The same in the overlays only. */
int modwalk_overlays(struct modtree *tree, modwalk_found *found, void *context);

/* Warn that a module file is skipped because its path is_unlistable() (names.h). */
void modwalk_warn_skipped(const char *root, const char *path);

/*
 * Explain why the module name (with underscores) is missing, if its file, or a directory,
 * is a link that cannot be followed. Returns as rootfs_lost_link().
 */
char *modwalk_lost_link(struct modtree *tree, const char *name);

#endif
