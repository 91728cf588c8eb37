/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_LOOKUP_H
#define MODBOX_LOOKUP_H

#include "tree/answer.h"
#include "tree/modtree.h"

/* What a name came to.  Free modules with lookup_free(). */
struct lookup {
	enum answer answer;
	struct module **modules;
	size_t n, capacity;
	const char *builtin;
	const char *blacklisted; /* by selection_drop_blacklisted(): what it came to, of
				    which nothing is left; or NULL */
};

/*
 * Look a normalised name or alias up, as kmod_module_new_from_lookup() does: aliases
 * of modprobe.d, module name, symbol, commands of modprobe.d, alias, built-in name,
 * built-in alias; the first of these that matches answers, with all its matches.  An
 * alias of modprobe.d matches even where it leads to nothing: the answer is none.
 * Without indexes aliases need all modules to be read once; quietly left out where
 * FEATURE_ALIAS_SCAN is not built in.
 *
 * Returns 0, or -1, reported.
 */
int modtree_lookup(struct modtree *tree, const char *name, struct lookup *result);
void lookup_free(struct lookup *result);

/* Add a module to an answer, unless it is there; append where it cannot be. */
void lookup_add(struct lookup *result, struct module *module);
void lookup_append(struct lookup *result, struct module *module);

#endif
