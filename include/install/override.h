/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_OVERRIDE_H
#define MODBOX_OVERRIDE_H

#include <stdbool.h>

#include "base/strlist.h"
#include "install/candidate.h"
#include "tree/modtree.h"

/*
 * Say which modules of a tree candidates override, and warn of those that depmod would
 * pass over, by the rules of its depmod.d. The tree is of reindex_open(), and of no other
 * use afterwards. rivals: warn too of those that no rule orders, as whoever makes the
 * indexes does. Returns 0, or -1 and reports it.
 */
int overrides_report(struct modtree *tree, const struct candidates *candidates,
		     bool rivals);

/*
 * Find the files, outside kernel/, of the modules with these names, which end with NULL.
 * Paths are relative to the tree's module directory, in its arena.
 * Returns 0, or -1 and reports it: there is no such module (status 1).
 */
int removable_find(struct modtree *tree, char *const *names, struct string_list *paths);

#endif
