// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A module and its dependencies, in dracut-install's order, depth first: itself, its row
 * of modules.dep from the end, the modules of the devices that its own need, its softdeps
 * before and after it, its weakdeps.
 *
 * Of several softdep lines libkmod, and dracut-install with it, follows the first.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/message.h"
#include "generator/generator.h"
#include "module/names.h"
#include "suppliers.h"
#include "tree/lookup.h"
#include "tree/modload.h"
#include "tree/modrow.h"
#include "tree/record.h"

enum { DEPTH_MOST = 2000 };

/* module->node: its place in the list, from 1, or this. */
#define NODE_FAILED SIZE_MAX

const char *generator_path(struct generator *g, const struct module *module)
{
	if (is_external(module->path))
		return module->path;
	return arena_printf(&g->arena, "%s/%s", g->kernel_dir, module->path);
}

bool generator_see(struct generator *g, const struct module *module)
{
	struct stat st;

	if (stat(generator_path(g, module), &st) < 0)
		return false;
	if (ENABLED(FEATURE_RECORD) && g->tree->record)
		record_see_stat(g->tree, module->path, &st);
	return true;
}

void module_list_add(struct module_list *list, struct module *module)
{
	list->items = grow(list->items, list->n, &list->capacity, sizeof(*list->items));
	list->items[list->n++] = module;
}

struct module_list generator_lookup(struct generator *g, const char *name, bool *known)
{
	char *alias = arena_strdup(&g->arena, name);
	struct module_list list = { 0 };
	struct lookup found = { 0 };

	*known = false;
	if (!g->tree || !normalize_alias(alias) ||
	    modtree_lookup(g->tree, alias, &found) < 0)
		return list;
	/* libkmod makes a module of an alias line's target even if there is none. */
	*known = found.n || modconf_alias(&g->tree->conf, alias, NULL);
	return (struct module_list){ found.modules, found.n, found.capacity };
}

/* A search for the modules that others need. */
struct search {
	struct generator *g;
	struct module_list *list;
	unsigned depth;
};

/* Add a module that is not in the list.  Returns 1 if there is no such file. */
static int take(struct search *s, struct module *module)
{
	if (!generator_see(s->g, module)) {
		module->node = NODE_FAILED;
		return 1;
	}
	module_list_add(s->list, module);
	module->node = s->list->n;
	return 0;
}

static int follow(struct search *s, const struct module *module, const char *device);

/*
 * Add those that are not there, with what they need.  Returns the outcome of the last one
 * added, as dependents_add() does, or else the given result.  device: that they are the
 * modules of, or NULL.
 */
static int add_all(struct search *s, const struct module_list *modules,
		   const char *device, int result)
{
	for (size_t i = 0; i < modules->n; i++) {
		struct module *module = modules->items[i];

		if (!module->path)
			continue;
		if (module->node == NODE_FAILED)
			return -1;
		if (module->node || filter_drops_name(&s->g->filter, module->name))
			continue;
		result = take(s, module);
		if (result == 0)
			result = follow(s, module, device);
		else
			error(STATUS_MISSING, "dracut_install '%s' ERROR",
			      generator_path(s->g, module));
	}
	return result;
}

/*
 * Add the modules of the devices that those of a module need, or a device; and what
 * devices without a module need.  Returns as add_all().
 */
static int add_suppliers(struct search *s, const struct module *module,
			 const char *device, int result)
{
	struct string_list needed = { 0 };

	suppliers_find(s->g, module, device, &needed);
	for (size_t i = 0; i < needed.n && result >= 0; i++) {
		struct module_list modules;
		bool known;

		device = needed.items[i];
		if (string_list_has(&s->g->asked, device))
			continue;
		string_list_add(&s->g->asked, device);
		modules = suppliers_modules(s->g, device, &known);
		if (known)
			result = add_all(s, &modules, device, result);
		else
			add_suppliers(s, NULL, device, 0);
		free(modules.items);
	}
	string_list_free(&needed);
	return result;
}

/* The modules of a row, the last one first, as libkmod has them. */
static int add_row(struct search *s, const char *row)
{
	struct module_list modules = { 0 };
	const char *path;
	size_t len;
	int result;

	while (row && (len = row_next(&row, &path))) {
		char *word = arena_strndup(&s->g->arena, path, len);
		struct module *module;

		if (modtree_find(s->g->tree, module_name(&s->g->arena, word), &module) ==
			    0 &&
		    module)
			module_list_add(&modules, module);
	}
	for (size_t i = 0; i < modules.n / 2; i++) {
		struct module *module = modules.items[i];

		modules.items[i] = modules.items[modules.n - 1 - i];
		modules.items[modules.n - 1 - i] = module;
	}
	result = add_all(s, &modules, NULL, 0);
	free(modules.items);
	return result;
}

static int add_target(struct search *s, const char *name)
{
	bool known;
	struct module_list modules = generator_lookup(s->g, name, &known);
	int result = add_all(s, &modules, NULL, 0);

	free(modules.items);
	return result;
}

/* Whether libkmod comes to the line of a rule before that of another. */
static bool is_before(const struct soft_rule *a, const struct soft_rule *b)
{
	return a->rank != b->rank ? a->rank < b->rank : a->line < b->line;
}

/* Follow the rules of one kind.  With only, no others than this one's line. */
static int add_rules(struct search *s, struct soft_rules *rules, const char *name,
		     enum edge kind, const struct soft_rule *only)
{
	const struct soft_rule *rule;
	size_t at = 0;
	int result = 0;

	while ((rule = soft_rules_next(rules, name, &at)))
		if (rule->kind == kind &&
		    (!only || (!is_before(rule, only) && !is_before(only, rule))))
			result = add_target(s, rule->target);
	return result;
}

/* Find the first softdep line (or weakdep line) of a module. */
static void find_first(struct soft_rules *rules, const char *name, bool weak,
		       const struct soft_rule **first)
{
	const struct soft_rule *rule;
	size_t at = 0;

	while ((rule = soft_rules_next(rules, name, &at)))
		if ((rule->kind == EDGE_WEAKDEP) == weak &&
		    (!*first || is_before(rule, *first)))
			*first = rule;
}

static int add_soft(struct search *s, const char *name, enum edge kind)
{
	struct soft_rules *indexed = &s->g->tree->index.soft;
	struct soft_rules *configured = &s->g->tree->conf.soft;
	const struct soft_rule *only = NULL;
	int a, b;

	if (s->g->compat) {
		find_first(indexed, name, kind == EDGE_WEAKDEP, &only);
		find_first(configured, name, kind == EDGE_WEAKDEP, &only);
	}
	a = add_rules(s, indexed, name, kind, only);
	b = add_rules(s, configured, name, kind, only);
	return a ? a : b;
}

/* Add what a module of the list needs; device: that it was added for, or NULL. */
static int follow(struct search *s, const struct module *module, const char *device)
{
	int result, post;

	if (++s->depth > DEPTH_MOST) {
		error(STATUS_MISSING, "%s: its dependencies are too deep", module->name);
		s->depth--;
		return -1;
	}
	result = add_row(s, module->row);
	if (result >= 0)
		result = add_suppliers(s, module, device, result);
	if (result == 0) {
		result = add_soft(s, module->name, EDGE_PRE);
		post = add_soft(s, module->name, EDGE_POST);
		result = result ? result : post;
	}
	if (result == 0)
		result = add_soft(s, module->name, EDGE_WEAKDEP);
	s->depth--;
	return result;
}

int dependents_add(struct generator *g, struct module_list *list, struct module *module)
{
	struct search s = { .g = g, .list = list };

	if (module->node == NODE_FAILED)
		return -1;
	if (!module->node && take(&s, module) != 0)
		return 1;
	return follow(&s, module, NULL);
}

/* The words of a weakdep are names. */
static void add_words(struct search *s, const char *words)
{
	CLEANUP_FREE char *copy = xstrdup(words);
	char *rest = copy, *word;

	while ((word = strtok_r(rest, " \t", &rest)))
		add_target(s, word);
}

void dependents_add_own(struct generator *g, struct module_list *list)
{
	struct search s = { .g = g, .list = list };
	size_t done = 0;

	while (done < list->n) {
		size_t end = list->n;

		modload(g->tree, list->items + done, end - done, g->load_flags, NULL);
		for (; done < end; done++) {
			const struct modinfo *info = &list->items[done]->info;

			for (size_t i = 0;
			     i < info->n && !g->compat && !g->tree->index.has_weakdep;
			     i++)
				if (strcmp(info->fields[i].key, "weakdep") == 0)
					add_words(&s, info->fields[i].value);
		}
	}
}
