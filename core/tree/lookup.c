// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Looking up a name: libkmod's stages (kmod_module_new_from_lookup()). The first stage
 * that matches gives the answer.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "tree/lookup.h"
#include "tree/modscan.h"
#include "tree/refresh.h"

void lookup_add(struct lookup *result, struct module *module)
{
	for (size_t i = 0; i < result->n; i++)
		if (result->modules[i] == module)
			return;
	lookup_append(result, module);
}

void lookup_append(struct lookup *result, struct module *module)
{
	enum answer answer = module->path    ? ANSWER_MODULES :
			     module->builtin ? ANSWER_BUILTIN :
					       ANSWER_COMMAND;

	result->modules = grow(result->modules, result->n, &result->capacity,
			       sizeof(*result->modules));
	result->modules[result->n++] = module;
	if (result->answer == ANSWER_NONE || answer < result->answer)
		result->answer = answer;
}

void lookup_free(struct lookup *result)
{
	free(result->modules);
	*result = (struct lookup){ 0 };
}

const char *lookup_builtin(const struct lookup *result)
{
	for (size_t i = 0; i < result->n; i++)
		if (result->modules[i]->builtin)
			return result->modules[i]->name;
	return NULL;
}

static int answer_name(struct modtree *tree, const char *name, struct lookup *result)
{
	struct module *module;

	if (modtree_find(tree, name, &module) < 0)
		return -1;
	if (module)
		lookup_add(result, module);
	return 0;
}

/* Whether modprobe.d has something to do for a name that need not exist. */
static bool is_configured(struct modconf *conf, const char *name)
{
	const struct soft_rule *rule;
	size_t at = 0;

	if (modconf_install(conf, name))
		return true;
	while ((rule = soft_rules_next(&conf->soft, name, &at)))
		if (rule->kind != EDGE_WEAKDEP)
			return true;
	return false;
}

/* Add the target of an alias. libkmod makes a module of it, with or without a file. */
static int answer_target(struct modtree *tree, const char *name, struct lookup *result)
{
	bool builtin = builtin_has(&tree->builtins, name);
	struct module *module;

	if (modtree_find(tree, name, &module) < 0)
		return -1;
	if (!module && (builtin || is_configured(&tree->conf, name)))
		module = modtree_fileless(tree, name, builtin);
	if (module)
		lookup_add(result, module);
	return 0;
}

/*
 * In libkmod a modprobe.d alias is an answer even if its target does not exist: 'alias
 * net-pf-10 off' hides the module with that alias.
 */
static int answer_config_alias(struct modtree *tree, const char *name,
			       struct lookup *result)
{
	bool matched = false;

	for (size_t i = 0; i < tree->conf.n_aliases; i++) {
		const struct conf_alias *alias = &tree->conf.aliases[i];

		if (fnmatch(alias->pattern, name, 0) != 0)
			continue;
		matched = true;
		if (answer_target(tree, alias->target, result) < 0)
			return -1;
	}
	return matched;
}

static int answer_symbol(struct modtree *tree, const char *name, struct lookup *result)
{
	struct trie_values values = { 0 };
	int status = 0;

	if (!tree->indexed || strncmp(name, "symbol:", 7) != 0)
		return 0;
	status = modindex_symbols(&tree->index, name, &values);
	for (size_t i = 0; status == 0 && i < values.n; i++)
		status = answer_target(tree, values.items[i].text, result);
	trie_values_free(&values);
	return status;
}

/* Unlike everywhere else, the name of the line is not a pattern. */
static int answer_command(struct modtree *tree, const char *name, struct lookup *result)
{
	if (modconf_command(&tree->conf, name))
		lookup_append(result,
			      modtree_fileless(tree, name,
					       builtin_has(&tree->builtins, name)));
	return 0;
}

/* Look up an alias in the modules' own .modinfo. */
static int answer_own_alias(struct modtree *tree, const char *name, struct lookup *result)
{
	size_t n, i;

	if (modscan_aliases(tree, name, &n) < 0)
		return -1;
	for (i = 0; i < n; i++)
		lookup_add(result, tree->aliases.found[i]->owner);
	return 0;
}

/* Add the modules with an alias that the indexes do not cover. */
static int answer_uncovered(struct modtree *tree, const char *name, struct lookup *result)
{
	size_t known = result->n;

	if (answer_own_alias(tree, name, result) < 0)
		return -1;
	if (result->n > known) {
		CLEANUP_FREE char *reason =
			xasprintf("modules.alias does not have '%s' of %s", name,
				  result->modules[known]->path);

		modtree_warn_outdated(tree, reason);
	}
	return 0;
}

/*
 * Look up an alias in SOURCE's index, whose answers for other modules than SOURCE's do
 * not count, and in the overlays' modules.  The order is that of modules.order.
 */
static int answer_both_aliases(struct modtree *tree, const char *name,
			       const struct trie_values *values, struct lookup *result)
{
	size_t n, i = 0, k = 0;

	if (modscan_aliases(tree, name, &n) < 0)
		return -1;
	while (i < values->n || k < n) {
		struct module *own = k < n ? tree->aliases.found[k]->owner : NULL;
		struct module *module;
		const char *target;

		if (own && !own->root) { /* answer_uncovered()'s */
			k++;
			continue;
		}
		if (own && (i == values->n || own->rank < values->items[i].priority)) {
			lookup_add(result, own);
			k++;
			continue;
		}
		target = values->items[i++].text;
		if (modtree_find(tree, target, &module) < 0)
			return -1;
		if ((!module || !module->root) && answer_target(tree, target, result) < 0)
			return -1;
	}
	return 0;
}

static int answer_alias(struct modtree *tree, const char *name, struct lookup *result)
{
	struct trie_values values = { 0 };
	int status;

	if (!tree->indexed)
		return answer_own_alias(tree, name, result);
	status = modindex_aliases(&tree->index, name, &values);
	if (status == 0 && ENABLED(FEATURE_OVERLAY) && tree->n_overlaid)
		status = answer_both_aliases(tree, name, &values, result);
	for (size_t i = 0; status == 0 && !tree->n_overlaid && i < values.n; i++)
		status = answer_target(tree, values.items[i].text, result);
	trie_values_free(&values);
	if (ENABLED(FEATURE_STALE_INDEXES) && status == 0 && tree->uncovered)
		status = answer_uncovered(tree, name, result);
	return status;
}

static int answer_builtin(struct modtree *tree, const char *name, struct lookup *result)
{
	size_t n;

	if (builtin_has(&tree->builtins, name)) {
		lookup_append(result, modtree_fileless(tree, name, true));
		return 0;
	}
	n = builtin_by_alias(&tree->builtins, name);
	for (size_t i = 0; i < n; i++)
		lookup_add(result,
			   modtree_fileless(tree, tree->builtins.aliases.found[i]->owner,
					    true));
	return 0;
}

int modtree_lookup(struct modtree *tree, const char *name, struct lookup *result)
{
	/*
	 * libkmod's stages, in its order (lookup.h); one that returns 1 ends the lookup.
	 */
	static int (*const stages[])(struct modtree *, const char *, struct lookup *) = {
		answer_config_alias, answer_name,  answer_symbol,
		answer_command,	     answer_alias, answer_builtin,
	};
	int status = 0;
	size_t i;

	*result = (struct lookup){ 0 };
	for (i = 0; i < sizeof(stages) / sizeof(stages[0]) && !status && !result->answer;
	     i++)
		status = stages[i](tree, name, result);
	return status < 0 ? -1 : 0;
}
