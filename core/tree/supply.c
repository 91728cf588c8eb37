// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finding a module by the symbols that it supplies.
 *
 * depends= has the names that modules had when they were built. depmod does not use it:
 * it looks for the exporters of undefined symbols. That means reading every module, so it
 * is done only for a name that nothing else answers.
 */
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "module/names.h"
#include "tree/modload.h"
#include "tree/modrow.h"
#include "tree/modscan.h"
#include "tree/supply.h"

/* Of several exporters of a symbol, the last counts, as in depmod. */
static int read_symbols(struct modtree *tree)
{
	size_t n;

	if (tree->suppliers)
		return 0;
	if (modtree_all(tree) < 0 || modscan_ranked(tree, &tree->suppliers, &n) < 0)
		return -1;
	modload(tree, tree->suppliers, n, LOAD_SYMBOLS, "reading symbols:");
	for (size_t i = 0; i < n; i++) {
		const struct module *module = tree->suppliers[i];
		const struct modsymbols *symbols = module->err ? NULL : module->symbols;

		for (size_t k = 0; symbols && k < symbols->n_exported; k++)
			symtable_add(&tree->symbols, symbols->exported[k].name, 0,
				     (uint32_t)i);
	}
	return 0;
}

/* Whether a module's depends= has a name (with underscores). */
static bool depends_on(const struct module *user, const char *name)
{
	for (size_t i = 0; i < user->info.n; i++)
		if (strcmp(user->info.fields[i].key, "depends") == 0 &&
		    list_has(user->info.fields[i].value, name, ','))
			return true;
	return false;
}

/* Return the name in a module's .modinfo, or NULL. Kernels before 4.13 have none. */
static const char *own_name(const struct module *module)
{
	for (size_t i = 0; i < module->info.n; i++)
		if (strcmp(module->info.fields[i].key, "name") == 0)
			return module->info.fields[i].value;
	return NULL;
}

/* Whether a module that user needs can be the one with a missing name. */
static bool is_candidate(const struct module *module, const struct module *user,
			 const char *name)
{
	const char *own = own_name(module);

	if (module == user || depends_on(user, module->name))
		return false;
	return !own || strcmp(own, name) == 0 || !depends_on(user, own);
}

/* If a module of the answer has the missing name in its .modinfo, keep only that one. */
static void prefer_own_name(struct lookup *result, const char *name)
{
	for (size_t i = 0; i < result->n; i++) {
		const char *own = own_name(result->modules[i]);

		if (!own || strcmp(own, name) != 0)
			continue;
		result->modules[0] = result->modules[i];
		result->n = 1;
	}
}

int supply_find(struct modtree *tree, struct module *user, const char *name,
		struct lookup *result)
{
	const struct modsymbols *symbols;

	if (!ENABLED(FEATURE_SYMBOL_SEARCH))
		return 0;
	if (read_symbols(tree) < 0)
		return -1;
	symbols = user->err ? NULL : user->symbols;
	for (size_t i = 0; symbols && i < symbols->n_needed; i++) {
		const char *needed = symbols->needed[i].name;
		/* 64-bit PowerPC writes "foo" as ".foo". */
		const struct symbol *symbol =
			symtable_find(&tree->symbols, needed + (*needed == '.'));
		struct module *owner = symbol ? tree->suppliers[symbol->owner] : NULL;

		if (owner && is_candidate(owner, user, name))
			lookup_add(result, owner);
	}
	prefer_own_name(result, name);
	return 0;
}

int supply_of_symbol(struct modtree *tree, const char *symbol,
		     const struct module **found)
{
	const struct symbol *known;

	*found = NULL;
	if (!ENABLED(FEATURE_SYMBOL_SEARCH))
		return 0;
	if (read_symbols(tree) < 0)
		return -1;
	known = symtable_find(&tree->symbols, symbol);
	if (known)
		*found = tree->suppliers[known->owner];
	return 0;
}

void supply_forget(struct modtree *tree)
{
	if (!ENABLED(FEATURE_SYMBOL_SEARCH))
		return;
	free(tree->suppliers);
	tree->suppliers = NULL;
	symtable_free(&tree->symbols);
}
