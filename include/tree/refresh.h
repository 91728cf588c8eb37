/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_REFRESH_H
#define MODBOX_REFRESH_H

#include "tree/modtree.h"

/*
 * Compare the indexes with the tree, once: walk it, and make tree->modules hold every
 * module that is there. A file that depmod.d prefers to an indexed one of the same name,
 * or whose indexed one is gone, takes its place. A row that names a file that is gone is
 * dropped. Sets tree->uncovered if lookups can have other answers from now on: they
 * include the names and aliases of modules that the indexes do not cover.
 *
 * If more than half of all modules are later by their status change time and none by its
 * modification time, the whole tree was copied or moved: status change times do not
 * count. Returns 0, or -1 and reports it. Without
 * FEATURE_STALE_INDEXES the indexes are not used any more instead: call it only if they
 * are known to be stale.
 */
int modtree_refresh(struct modtree *tree);

/*
 * Do so because a module is later than the indexes; unless the tree was moved whole, and
 * that is all. Returns 0, or -1 and reports it.
 */
int modtree_refresh_later(struct modtree *tree, const struct module *module);

/*
 * Note that the indexes lack something that a request needs: "kernel/a.ko is not in
 * modules.dep". Warns of the first such thing.
 */
void modtree_warn_outdated(struct modtree *tree, const char *reason);

#endif
