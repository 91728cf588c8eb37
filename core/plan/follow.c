// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The edges of one module or request: names are looked up, and each module that answers
 * becomes a node of the closure.
 *
 * A module's hard dependencies are its row of modules.dep and, where it was read, its own
 * depends=; softdeps and weakdeps come from .modinfo, the indexes and modprobe.d. Each
 * node keeps the first edge that led to it, and all its own edges for the load order.
 */
#include <stdlib.h>
#include <string.h>

#include "module/names.h"
#include "plan/directedges.h"
#include "plan/follow.h"
#include "plan/selection.h"
#include "tree/lookup.h"
#include "tree/modrow.h"
#include "tree/refresh.h"
#include "tree/supply.h"

/* Where an edge begins, for messages and the plan. */
struct source {
	enum edge edge;
	const char *by;	  /* a module's name, or a request's origin */
	const char *name; /* the name looked up, as written */
	size_t from;	  /* the node, or SIZE_MAX for a request */
	bool literal;	  /* the request's (listfile.h) */
};

static void add_missing(struct closure *c, const struct source *source,
			const char *excluded)
{
	const struct missing missing = {
		source->by,
		source->name,
		source->edge == EDGE_REQUEST,
		excluded,
	};

	missing_add(&c->missing, &missing);
}

/*
 * Whether a module asked for this name before: modprobe.d can repeat a line of the
 * indexes.
 */
static bool has_name(const struct closure *c, const struct source *source)
{
	for (size_t i = c->n_names; i && c->names[i - 1].by == source->by; i--)
		if (c->names[i - 1].edge == source->edge &&
		    strcmp(c->names[i - 1].name, source->name) == 0)
			return true;
	return false;
}

/* Record the answer to a name, for the plan. */
static void add_name(struct closure *c, const struct source *source,
		     const struct lookup *answer)
{
	struct plan_name *name;

	c->names = grow(c->names, c->n_names, &c->names_capacity, sizeof(*c->names));
	name = &c->names[c->n_names];
	*name = (struct plan_name){
		.name = source->name,
		.edge = source->edge,
		.by = source->by,
		.answer = answer->answer,
		.number = c->n_names++,
		.literal = source->literal,
		.blacklisted = answer->blacklisted,
		.modules = answer->n ? xcalloc(answer->n, sizeof(*name->modules)) : NULL,
	};
	for (size_t i = 0; i < answer->n; i++)
		if (!answer->modules[i]->excluded)
			name->modules[name->n_modules++] = answer->modules[i]->node - 1;
	if (answer->n && !name->n_modules)
		name->excluded = answer->modules[0]->excluded;
}

/*
 * Note a hard dependency that does not exist or is excluded. With CLOSURE_KEEP_GOING the
 * plan shows the former, with CLOSURE_QUIET both.
 */
static void add_missing_depends(struct closure *c, const struct source *source,
				const char *excluded)
{
	const struct lookup none = { .answer = ANSWER_NONE };

	add_missing(c, source, excluded);
	if (has_name(c, source) || (excluded && !(c->flags & CLOSURE_QUIET)))
		return;
	add_name(c, source, &none);
	c->names[c->n_names - 1].excluded = excluded;
}

/*
 * Add an edge to a module, and the module itself if it is new. An excluded module is
 * skipped; it is an error if a hard dependency leads to it.
 */
static void follow(struct closure *c, struct module *module, const struct source *source)
{
	if (module->excluded) {
		if (source->edge == EDGE_DEPENDS)
			add_missing_depends(c, source, module->excluded);
		return;
	}
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
		node_link(&c->nodes[source->from], module->node - 1, source->edge,
			  source->name);
}

/* Whether a name led only to modules that have files. */
static bool have_files(const struct lookup *answer)
{
	for (size_t i = 0; i < answer->n; i++)
		if (!answer->modules[i]->path)
			return false;
	return answer->answer == ANSWER_MODULES;
}

/* Follow all modules that a name resolved to. */
static void follow_answer(struct closure *c, const struct source *source,
			  const struct lookup *answer, bool required)
{
	for (size_t i = 0; i < answer->n; i++)
		follow(c, answer->modules[i], source);
	if (required && answer->answer == ANSWER_NONE)
		add_missing(c, source, NULL);
	if (source->edge == EDGE_REQUEST || (!have_files(answer) && !has_name(c, source)))
		add_name(c, source, answer);
}

int follow_request(struct closure *c, const struct request *request)
{
	const struct source source = {
		EDGE_REQUEST, request->origin, request->name, SIZE_MAX, request->literal,
	};
	struct lookup answer;

	if (request->exclude)
		return 0;
	if (selection_find(c->tree, request, &answer) < 0)
		return -1;
	if (c->flags & CLOSURE_BLACKLIST)
		selection_drop_blacklisted(c->tree, request, &answer);
	follow_answer(c, &source, &answer, !request->optional);
	lookup_free(&answer);
	return 0;
}

/* Follow the target of a softdep or weakdep; it need not exist. */
static int follow_soft(struct closure *c, const struct source *source)
{
	char *name = normalize_request(&c->arena, source->name);
	struct lookup answer = { 0 };

	if (name && modtree_lookup(c->tree, name, &answer) < 0)
		return -1;
	follow_answer(c, source, &answer, false);
	/* libkmod counts a modprobe.d alias as found even if its target does not exist. */
	if (source->edge != EDGE_WEAKDEP && name &&
	    (answer.n || modconf_alias(&c->tree->conf, name, NULL)))
		c->nodes[source->from].softdep = true;
	lookup_free(&answer);
	return 0;
}

/* Follow a hard dependency on a name that no module has, to what supplies its symbols. */
static int follow_supplier(struct closure *c, const struct source *source)
{
	struct lookup found = { 0 };

	if (is_overtaken(c))
		return 0;
	if (supply_find(c->tree, c->nodes[source->from].module, source->name, &found) < 0)
		return -1;
	for (size_t i = 0; i < found.n; i++)
		follow(c, found.modules[i], source);
	if (!found.n)
		add_missing_depends(c, source, NULL);
	lookup_free(&found);
	return 0;
}

/* Follow a hard dependency, given as a module name; link: add the edge too. */
static int follow_hard_name(struct closure *c, size_t from, const char *name, bool link)
{
	const struct source source = {
		EDGE_DEPENDS, c->nodes[from].module->name, name, link ? from : SIZE_MAX,
		false,
	};
	struct module *module;

	if (modtree_find(c->tree, name, &module) < 0)
		return -1;
	if (!module && builtin_has(&c->tree->builtins, name))
		return 0;
	if (ENABLED(FEATURE_STALE_INDEXES) && !module && modtree_refresh(c->tree) < 0)
		return -1;
	if (module)
		follow(c, module, &source);
	else if (ENABLED(FEATURE_SYMBOL_SEARCH) && link)
		return follow_supplier(c, &source);
	else
		add_missing_depends(c, &source, NULL);
	return 0;
}

static int follow_depends(struct closure *c, size_t from, const char *name)
{
	return follow_hard_name(c, from, name, true);
}

/* Whether a module may need more than its row has: modload() read it for that. */
static bool doubts_row(const struct closure *c, const struct module *module)
{
	return is_laid(c) ||
	       (ENABLED(FEATURE_STALE_INDEXES) &&
		(module->unread || is_uncompressed(module->path) ||
		 modtree_is_later(c->tree, module) || c->flags & CLOSURE_VERIFY));
}

/*
 * Follow a dependency that a module names but not its row. If it does not exist, depmod
 * may have found another module that supplies its symbols.
 */
static int follow_beyond_row(struct closure *c, size_t from, const char *name)
{
	const char *path = c->nodes[from].module->path;
	CLEANUP_FREE char *reason = NULL;
	struct module *module;

	if (modtree_find(c->tree, name, &module) < 0)
		return -1;
	if (!module && builtin_has(&c->tree->builtins, name))
		return 0;
	if (!module)
		return ENABLED(FEATURE_STALE_INDEXES) ? modtree_refresh(c->tree) : 0;
	reason = xasprintf("%s needs %s, which modules.dep does not say", path, name);
	if (!module->root)
		modtree_warn_outdated(c->tree, reason);
	return follow_depends(c, from, name);
}

/*
 * Follow a name in a module's depends= field. A row has the same and the indirect ones.
 */
static int follow_named(struct closure *c, size_t from, const char *name)
{
	const struct module *module = c->nodes[from].module;

	if (!module->row)
		return follow_depends(c, from, name);
	if (!ENABLED(FEATURE_STALE_INDEXES) && !is_laid(c) &&
	    !(c->flags & CLOSURE_DIRECT))
		return 0;
	if (row_has(module->row, name))
		return c->flags & CLOSURE_DIRECT ? follow_depends(c, from, name) : 0;
	return doubts_row(c, module) ? follow_beyond_row(c, from, name) : 0;
}

/* Follow a row of modules.dep, or a depends= field, whose names are divided by ','. */
static int follow_list(struct closure *c, size_t from, const char *list, bool row)
{
	const char *path;
	size_t len;

	while ((len = list_next(&list, &path, row ? ' ' : ','))) {
		char *name = module_name(&c->arena, arena_strndup(&c->arena, path, len));

		if ((row ? follow_depends(c, from, name) : follow_named(c, from, name)) <
		    0)
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
		const struct source source = { rule->kind, name, rule->target, from,
					       false };

		if (!(c->flags & unwanted) && follow_soft(c, &source) < 0)
			return -1;
	}
	return 0;
}

/* Follow the rules in a module's own .modinfo, unless an index has them. */
static int follow_own_rules(struct closure *c, size_t from)
{
	struct module *module = c->nodes[from].module;
	struct soft_rules rules = { 0 };
	int result;

	for (size_t i = 0; i < module->info.n; i++) {
		const struct modinfo_field *field = &module->info.fields[i];
		bool weak = strcmp(field->key, "weakdep") == 0;
		bool indexed = (weak ? c->tree->index.has_weakdep : c->tree->indexed) &&
			       !((ENABLED(FEATURE_STALE_INDEXES) || is_laid(c)) &&
				 modtree_is_uncovered(c->tree, module));

		if (!indexed && (weak || strcmp(field->key, "softdep") == 0))
			soft_rules_add(&rules, &c->arena, module->name, field->value,
				       weak);
	}
	result = follow_rules(c, from, &rules);
	free(rules.items);
	return result;
}

static int follow_hard(struct closure *c, size_t from)
{
	struct module *module = c->nodes[from].module;
	bool direct = module->info_loaded && c->flags & CLOSURE_DIRECT;

	if (!direct && module->row && follow_list(c, from, module->row, true) < 0)
		return -1;
	for (size_t i = 0; i < module->info.n; i++)
		if (strcmp(module->info.fields[i].key, "depends") == 0 &&
		    follow_list(c, from, module->info.fields[i].value, false) < 0)
			return -1;
	return 0;
}

int follow_edges(struct closure *c, size_t from)
{
	const struct module *module = c->nodes[from].module;

	if (follow_hard(c, from) < 0 || follow_own_rules(c, from) < 0)
		return -1;
	if (c->tree->indexed && !(is_laid(c) && module->root) &&
	    follow_rules(c, from, &c->tree->index.soft) < 0)
		return -1;
	return follow_rules(c, from, &c->tree->conf.soft);
}

/* Whether a dependency has a node, or is known to be missing. */
static bool is_followed(struct closure *c, const char *name)
{
	const struct module *module = modtree_met(c->tree->modules, name);

	if (module && module->node)
		return true;
	for (size_t i = 0; i < c->missing.n; i++)
		if (!c->missing.items[i].requested &&
		    strcmp(c->missing.items[i].name, name) == 0)
			return true;
	return false;
}

int follow_rows(struct closure *c)
{
	size_t n = c->n;
	CLEANUP_FREE size_t *order = order_by_row(c->nodes, n);

	for (size_t i = 0; i < n; i++) {
		const char *row = c->nodes[order[i]].module->row, *path;
		size_t len;

		while (row && (len = row_next(&row, &path))) {
			char *word = arena_strndup(&c->arena, path, len);
			char *name = module_name(&c->arena, word);

			/* add_row_edges() finds out whose dependency it is */
			if (!is_followed(c, name) &&
			    follow_hard_name(c, order[i], name, false) < 0)
				return -1;
		}
	}
	return c->n > n;
}
