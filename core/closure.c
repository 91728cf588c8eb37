// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From requests to a plan.
 *
 * Modules are taken in waves: all that the wave before led to are loaded together, in
 * parallel, then their edges are followed.  Each module keeps the first edge that led
 * to it, and all its edges for the load order, which is found at the end.
 */
#include <stdlib.h>
#include <string.h>

#include "closure.h"
#include "config.h"
#include "loadorder.h"
#include "message.h"
#include "modload.h"
#include "names.h"
#include "options.h"

/* Where an edge begins, as messages and the plan say it. */
struct source {
	enum edge edge;
	const char *by;	   /* a module's name, or a request's origin */
	const char *name;  /* what was looked up, as it was written */
	size_t from;	   /* the node, or SIZE_MAX for a request */
};

struct closure {
	struct plan *plan;
	struct modtree *tree;
	const struct request_list *wanted;
	int flags;
	struct node *nodes;
	size_t n, capacity;
	struct source *missing; /* told at the end, for an index may prove stale before */
	size_t n_missing, missing_capacity;
	struct string_list builtins; /* those met */
	bool failed; /* something that was reported makes the plan unusable */
};

/* Add an edge to a module, and the module itself where it is new. */
static void follow(struct closure *c, struct module *module, const struct source *source)
{
	if (!module->node) {
		c->nodes = grow(c->nodes, c->n, &c->capacity, sizeof(*c->nodes));
		c->nodes[c->n] = (struct node){
			.module = module,
			.edge = source->edge,
			.by = source->by,
			.name = source->name,
		};
		module->node = ++c->n;
	}
	if (source->from != SIZE_MAX)
		node_link(&c->nodes[source->from], module->node - 1, source->edge);
}

/* A required module is not there. */
static void add_missing(struct closure *c, const struct source *source)
{
	c->missing = grow(c->missing, c->n_missing, &c->missing_capacity, sizeof(*c->missing));
	c->missing[c->n_missing++] = *source;
}

static void report_missing(struct closure *c, const struct source *source)
{
	struct modtree *tree = c->tree;
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char *hint = NULL;
	const char *near = NULL;
	char *normalised = normalize_request(&c->plan->arena, source->name);

	if (normalised)
		near = modtree_suggest(tree, normalised);
	if (near)
		hint = xasprintf(" (did you mean %s?)", near);
	else if (!tree->indexed && !ENABLED(FEATURE_ALIAS_SCAN))
		hint = xstrdup(" (by name; to find an alias this modbox needs depmod's indexes)");
	if (source->edge == EDGE_REQUEST)
		text = xasprintf("%s: no module %s in %s/%s%s", source->by, source->name,
				 tree->root->path, tree->dir, hint ? hint : "");
	else
		text = xasprintf("%s needs %s, which %s/%s does not have%s", source->by,
				 source->name, tree->root->path, tree->dir, hint ? hint : "");
	if (c->flags & CLOSURE_KEEP_GOING) {
		warning("%s", text);
		message_latch(STATUS_MISSING);
	} else {
		error(STATUS_MISSING, "%s", text);
		c->failed = true;
	}
}

static void count_builtin(struct closure *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->builtins.n; i++)
		if (strcmp(c->builtins.items[i], name) == 0)
			return;
	string_list_add(&c->builtins, name);
}

static void note_answer(struct closure *c, const struct source *source,
			const struct lookup *answer)
{
	struct plan *plan = c->plan;
	CLEANUP_FREE char *label =
		source->edge == EDGE_REQUEST ?
			xasprintf("%s (%s)", source->name, source->by) :
			xasprintf("%s (%s %s)", source->name, edge_name(source->edge), source->by);
	size_t i;

	switch (answer->answer) {
	case ANSWER_NONE:
		plan_note(plan, "%s: this kernel does not have it", label);
		break;
	case ANSWER_BUILTIN:
		count_builtin(c, answer->builtin);
		plan_note(plan, "%s: built in%s%s", label,
			  strcmp(answer->builtin, source->name) == 0 ? "" : " as ",
			  strcmp(answer->builtin, source->name) == 0 ? "" : answer->builtin);
		break;
	case ANSWER_COMMAND:
		plan_note(plan, "%s: no module, but a command of modprobe.d", label);
		break;
	case ANSWER_MODULES:
		for (i = 0; source->edge == EDGE_REQUEST && i < answer->n; i++)
			plan_note(plan, "%s: %s", label, answer->modules[i]->path);
		break;
	}
}

/* Look a name up and follow all that it answers.  Returns 0, or -1, reported. */
static int follow_name(struct closure *c, const struct source *source)
{
	char *name = normalize_request(&c->plan->arena, source->name);
	struct lookup answer = { 0 };
	size_t i;

	if (name && modtree_lookup(c->tree, name, &answer) < 0)
		return -1;
	for (i = 0; i < answer.n; i++)
		follow(c, answer.modules[i], source);
	if (answer.answer || source->edge != EDGE_REQUEST)
		note_answer(c, source, &answer);
	else
		add_missing(c, source);
	lookup_free(&answer);
	return 0;
}

/* Follow a hard dependency, a module's name. */
static int follow_depends(struct closure *c, size_t from, const char *name)
{
	struct source source = {
		EDGE_DEPENDS, c->nodes[from].module->name, name, from,
	};
	struct module *module;

	if (modtree_find(c->tree, name, &module) < 0)
		return -1;
	if (module)
		follow(c, module, &source);
	else if (!builtin_has(&c->tree->builtins, name))
		add_missing(c, &source);
	return 0;
}

/* Follow the words of a list of names, which separators divide. */
static int follow_list(struct closure *c, size_t from, const char *list, const char *separators)
{
	size_t len;

	for (list += strspn(list, separators); *list;
	     list += len + strspn(list + len, separators)) {
		const char *word;

		len = strcspn(list, separators);
		word = arena_strndup(&c->plan->arena, list, len);
		if (follow_depends(c, from, module_name(&c->plan->arena, word)) < 0)
			return -1;
	}
	return 0;
}

static int follow_rules(struct closure *c, size_t from, struct soft_rules *rules)
{
	const char *name = c->nodes[from].module->name;
	const struct soft_rule *rule;
	size_t at = 0;

	while ((rule = soft_rules_next(rules, name, &at))) {
		int unwanted = rule->kind == EDGE_WEAKDEP ? CLOSURE_NO_WEAKDEP :
							     CLOSURE_NO_SOFTDEP;
		const struct source source = { rule->kind, name, rule->target, from };

		if (!(c->flags & unwanted) && follow_name(c, &source) < 0)
			return -1;
	}
	return 0;
}

static bool weakdeps_are_in_modules(const struct closure *c)
{
	return !(c->flags & CLOSURE_NO_WEAKDEP) && !c->tree->index.has_weakdep;
}

/* The rules that a module's own .modinfo holds, where no index has them. */
static int follow_own_rules(struct closure *c, size_t from)
{
	struct module *module = c->nodes[from].module;
	struct soft_rules rules = { 0 };
	int result;
	size_t i;

	for (i = 0; i < module->info.n; i++) {
		const struct modinfo_field *field = &module->info.fields[i];
		bool weak = strcmp(field->key, "weakdep") == 0;

		if (weak || (!c->tree->indexed && strcmp(field->key, "softdep") == 0))
			soft_rules_add(&rules, &c->plan->arena, module->name, field->value,
				       weak);
	}
	result = follow_rules(c, from, &rules);
	free(rules.items);
	return result;
}

static int follow_hard(struct closure *c, size_t from)
{
	struct module *module = c->nodes[from].module;
	size_t i;

	if (c->tree->indexed)
		return follow_list(c, from, module->row, " ");
	for (i = 0; i < module->info.n; i++)
		if (strcmp(module->info.fields[i].key, "depends") == 0 &&
		    follow_list(c, from, module->info.fields[i].value, ",") < 0)
			return -1;
	return 0;
}

static int follow_edges(struct closure *c, size_t from)
{
	if (follow_hard(c, from) < 0)
		return -1;
	if (c->tree->indexed && follow_rules(c, from, &c->tree->index.soft) < 0)
		return -1;
	if (follow_own_rules(c, from) < 0)
		return -1;
	return follow_rules(c, from, &c->tree->conf.soft);
}

static void report_damaged(struct closure *c, const struct module *module)
{
	error(STATUS_IO, "%s/%s/%s: %s", c->tree->root->path, c->tree->dir, module->path,
	      module->why);
	c->failed = true;
}

/* Load the nodes from first on.  Returns false where the index proved stale. */
static bool load_wave(struct closure *c, size_t first)
{
	CLEANUP_FREE struct module **wave = xcalloc(c->n - first, sizeof(struct module *));
	int flags = c->flags & CLOSURE_VERIFY ? LOAD_VERIFY : 0;
	size_t i;

	if (!c->tree->indexed || weakdeps_are_in_modules(c))
		flags |= LOAD_INFO;
	for (i = first; i < c->n; i++)
		wave[i - first] = c->nodes[i].module;
	modload(c->tree, wave, c->n - first, flags, "reading modules:");
	if (c->tree->indexed && c->tree->stale)
		return false;
	for (i = first; i < c->n; i++) {
		struct module *module = c->nodes[i].module;

		if (module->why)
			report_damaged(c, module);
		if (module->rival)
			warning("%s/%s: %s and %s have one name; the first is taken (see "
				"depmod.d(5))",
				c->tree->root->path, c->tree->dir, module->path, module->rival);
	}
	return true;
}

static void closure_free(struct closure *c)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		c->nodes[i].module->node = 0;
		free(c->nodes[i].links);
	}
	free(c->nodes);
	free(c->missing);
	string_list_free(&c->builtins);
}

static void write_plan(struct closure *c)
{
	struct plan *plan = c->plan;
	CLEANUP_FREE size_t *order = load_order(c->nodes, c->n);
	size_t i;

	plan->module_dir = arena_strdup(&plan->arena, c->tree->module_dir);
	plan->version = arena_strdup(&plan->arena, c->tree->version);
	plan->modules = xcalloc(c->n, sizeof(*plan->modules));
	plan->n_modules = c->n;
	plan->n_builtin = c->builtins.n;
	for (i = 0; i < c->n; i++) {
		const struct node *node = &c->nodes[order[i]];
		const struct module *module = node->module;
		const char *asked = normalize_request(&plan->arena, node->name);
		bool renamed = asked && strcmp(asked, module->name) != 0;

		plan->modules[i] = (struct plan_module){
			.name = arena_strdup(&plan->arena, module->name),
			.path = arena_strdup(&plan->arena, module->path),
			.edge = node->edge,
			.by = arena_strdup(&plan->arena, node->by),
			.alias = renamed ? arena_strdup(&plan->arena, node->name) : NULL,
			.size = module->size,
		};
		plan->bytes += module->size;
	}
}

/* Returns 1; 0 where the index proved stale; -1, reported. */
static int resolve(struct closure *c)
{
	size_t i, wave = 0, done = 0;

	for (i = 0; i < c->wanted->n; i++) {
		const struct request *request = &c->wanted->items[i];
		struct source source = {
			EDGE_REQUEST, request->origin, request->name, SIZE_MAX,
		};

		if (follow_name(c, &source) < 0)
			return -1;
	}
	while (wave < c->n) {
		size_t end = c->n;

		if (!load_wave(c, wave))
			return 0;
		for (; done < end; done++)
			if (follow_edges(c, done) < 0)
				return -1;
		wave = end;
	}
	for (i = 0; i < c->n_missing; i++)
		report_missing(c, &c->missing[i]);
	if (c->failed)
		return -1;
	write_plan(c);
	return 1;
}

/* Resolve, once.  Returns as resolve(). */
static int try_resolve(struct plan *plan, struct modtree *tree,
		       const struct request_list *wanted, int flags)
{
	struct closure c = { .plan = plan, .tree = tree, .wanted = wanted, .flags = flags };
	int result;

	if (tree->stale)
		plan_note(plan, "the indexes are not used: %s", tree->stale);
	result = resolve(&c);
	closure_free(&c);
	return result;
}

int closure_resolve(struct plan *plan, struct modtree *tree, const struct request_list *wanted,
		    int flags)
{
	int result = try_resolve(plan, tree, wanted, flags);

	if (result == 0) {
		plan_free(plan);
		if (modtree_unindex(tree) < 0)
			return -1;
		result = try_resolve(plan, tree, wanted, flags);
	}
	return result > 0 ? 0 : -1;
}
