// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reverse dependencies: the closure of all modules, walked backward.
 *
 * Rows of modules.dep include indirect dependencies. With those all dependents of a
 * module can be found without reading any; to tell the direct ones, only the dependents
 * are read.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/message.h"
#include "plan/bfs.h"
#include "plan/closure.h"
#include "plan/reverse.h"
#include "plan/selection.h"
#include "tree/lookup.h"
#include "tree/refresh.h"

struct reverse {
	struct modtree *tree;
	const struct request_list *wanted;
	int flags;
	size_t *targets; /* modules that the requests select: indexes in a plan */
	size_t n_targets, capacity;
	size_t *distance; /* from each module to the nearest target */
	bool reported;	  /* missing requests were reported */
};

/* Request modules by name: all, or those of a plan that lead to a target. */
static void request_all(struct request_list *list, struct modtree *tree)
{
	struct module *module, *next;

	HASH_ITER(hh, tree->modules, module, next)
		request_add_literal(list, module->name, "--reverse");
}

static void request_reaching(struct request_list *list, const struct plan *plan,
			     const size_t *distance)
{
	for (size_t i = 0; i < plan->n_modules; i++)
		if (distance[i] != SIZE_MAX)
			request_add_literal(list, plan->modules[i].name, "--reverse");
}

static void add_target(struct reverse *r, const struct plan *plan,
		       const struct module *module)
{
	size_t target = module->path ? plan_find(plan, module->name) : SIZE_MAX;

	if (module->excluded || target == SIZE_MAX)
		return;
	r->targets = grow(r->targets, r->n_targets, &r->capacity, sizeof(*r->targets));
	r->targets[r->n_targets++] = target;
}

static void report_missing(const struct reverse *r, const struct request *request,
			   enum answer answer)
{
	CLEANUP_FREE char *text = xasprintf(
		"%s: no module %s in %s/%s%s", request->origin, request->name,
		r->tree->root->path, r->tree->dir,
		answer == ANSWER_BUILTIN ?
			" (it is built in: modules do not list it as a dependency)" :
			"");

	if (r->reported)
		return;
	if (r->flags & CLOSURE_KEEP_GOING) {
		warning("%s", text);
		message_latch(STATUS_MISSING);
	} else {
		error(STATUS_MISSING, "%s", text);
	}
}

static void forget_exclusions(struct modtree *tree)
{
	struct module *module, *next;

	HASH_ITER(hh, tree->modules, module, next)
		module->excluded = NULL;
}

/* Find the modules in a plan that the requests select. Returns 0, or -1, reported. */
static int find_targets(struct reverse *r, const struct plan *plan)
{
	bool missing = false;
	size_t i, j;

	if (selection_exclude(r->tree, r->wanted) < 0)
		return -1;
	r->n_targets = 0;
	for (i = 0; i < r->wanted->n; i++) {
		const struct request *request = &r->wanted->items[i];
		struct lookup found;

		if (request->exclude)
			continue;
		if (selection_find(r->tree, request, &found) < 0)
			return -1;
		for (j = 0; j < found.n; j++)
			add_target(r, plan, found.modules[j]);
		if (found.answer != ANSWER_MODULES && !request->optional) {
			report_missing(r, request, found.answer);
			missing = true;
		}
		lookup_free(&found);
	}
	r->reported = true;
	forget_exclusions(r->tree); /* the next closure marks its own */
	return missing && !(r->flags & CLOSURE_KEEP_GOING) ? -1 : 0;
}

/* Compute the distances to the targets in a plan. Returns 0, or -1, reported. */
static int measure(struct reverse *r, const struct plan *plan)
{
	struct adjacency backward;

	if (find_targets(r, plan) < 0)
		return -1;
	/* Without targets every distance is SIZE_MAX. */
	r->distance = xreallocarray(r->distance, plan->n_modules, sizeof(*r->distance));
	adjacency_make(&backward, plan, true);
	plan_bfs(plan, &backward, true, r->targets, r->n_targets, r->distance);
	adjacency_free(&backward);
	return 0;
}

/*
 * Resolve the modules that lead to a target again, by their own edges, and measure again.
 */
static int measure_direct(struct reverse *r, struct plan *plan)
{
	struct request_list some = { 0 };
	struct plan direct = { 0 };
	int result;

	request_reaching(&some, plan, r->distance);
	result = closure_resolve(&direct, r->tree, &some, r->flags | CLOSURE_DIRECT);
	request_list_free(&some);
	plan_free(plan);
	*plan = direct;
	return result < 0 ? -1 : measure(r, plan);
}

/* Keep the modules that are nearer than limit to a target and are not targets. */
static void cut(struct plan *plan, const size_t *distance, size_t limit)
{
	size_t i, n = 0;

	plan->bytes = 0;
	for (i = 0; i < plan->n_modules; i++) {
		if (distance[i] == 0 || distance[i] >= limit)
			continue;
		plan->modules[n++] = plan->modules[i];
		plan->bytes += plan->modules[i].size;
	}
	plan->n_modules = n;
	plan->n_edges = plan->n_fileless = 0; /* their indexes are invalid now */
	plan_drop_names(plan);
}

int reverse_resolve(struct plan *plan, struct modtree *tree,
		    const struct request_list *wanted, int flags, bool direct)
{
	struct reverse r = { .tree = tree, .wanted = wanted, .flags = flags };
	struct request_list all = { 0 };
	int result;

	if ((ENABLED(FEATURE_STALE_INDEXES) ? modtree_refresh(tree) : modtree_all(tree)) <
	    0)
		return -1;
	request_all(&all, tree);
	result = closure_resolve(plan, tree, &all, flags);
	request_list_free(&all);
	if (result == 0)
		result = measure(&r, plan);
	if (result == 0 && direct && tree->indexed)
		result = measure_direct(&r, plan);
	if (result == 0) {
		cut(plan, r.distance, direct ? 2 : SIZE_MAX);
		if (!plan->n_modules) {
			error(STATUS_MISSING,
			      "no module needs any of the requested modules");
			result = -1;
		}
	}
	free(r.targets);
	free(r.distance);
	return result;
}
