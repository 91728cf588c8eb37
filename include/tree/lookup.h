/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_LOOKUP_H
#define MODBOX_LOOKUP_H

#include "tree/answer.h"
#include "tree/modtree.h"

/* The result of a lookup. Free it with lookup_free(). */
struct lookup {
	enum answer answer;
	struct module **modules; /* also those without a file (modtree.h) */
	size_t n, capacity;
	const char *blacklisted; /* set by selection_drop_blacklisted() when it dropped
				    everything: the names dropped; else NULL */
};

/*
 * Look up a normalised name or alias as kmod_module_new_from_lookup() does. The stages,
 * in order: modprobe.d aliases, module names, symbols, modprobe.d commands, module
 * aliases, built-in names, built-in aliases. The first stage that matches gives the
 * answer, with all its matches: any of them can be built in. A modprobe.d alias ends the
 * lookup even if its target does not exist; the answer is then ANSWER_NONE.
 *
 * Unlike libkmod, a remove command does not count: nothing is loaded for it.
 *
 * Without indexes, the alias stage reads every module once; without FEATURE_ALIAS_SCAN it
 * is skipped silently.
 *
 * Returns 0, or -1 and reports it.
 */
int modtree_lookup(struct modtree *tree, const char *name, struct lookup *result);
void lookup_free(struct lookup *result);

/* Return the name of the first built-in module of an answer, or NULL. */
const char *lookup_builtin(const struct lookup *result);

/*
 * Add a module to an answer, which becomes the most useful of ANSWER_MODULES,
 * ANSWER_BUILTIN and ANSWER_COMMAND. lookup_add() skips duplicates; lookup_append() is
 * for callers that cannot produce any.
 */
void lookup_add(struct lookup *result, struct module *module);
void lookup_append(struct lookup *result, struct module *module);

#endif
