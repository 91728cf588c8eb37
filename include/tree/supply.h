/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SUPPLY_H
#define MODBOX_SUPPLY_H

#include "tree/lookup.h"
#include "tree/modtree.h"

/*
 * Find the modules that stand for a missing name in a module's depends=: depmod goes by
 * symbols, so a renamed file is no obstacle to it. They export symbols that the module
 * needs, and its depends= names none of them. If one of them has the missing name in its
 * .modinfo, it alone counts.
 *
 * The first call reads the symbols of all modules (FEATURE_SYMBOL_SEARCH; without it,
 * nothing is found). A module that cannot be read supplies nothing.
 *
 * Adds to result, which the caller frees. Returns 0, or -1 and reports it: the module
 * directory cannot be read.
 */
int supply_find(struct modtree *tree, struct module *user, const char *name,
		struct lookup *result);

/*
 * Find the module that exports a symbol, whatever needs it; *found is NULL if there is
 * none. Reads as supply_find() does. Returns 0, or -1 and reports it.
 */
int supply_of_symbol(struct modtree *tree, const char *symbol,
		     const struct module **found);

/* Forget the symbols, because the tree's modules change. */
void supply_forget(struct modtree *tree);

#endif
