// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * --why: the shortest chains from each request to a module.
 *
 * One backward search finds every module's distance to the target.  A chain from a
 * request then follows edges that lower the distance by one.  The number of chains
 * doubles with each diamond on the way, so only the first MAX_CHAINS are printed.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/message.h"
#include "module/names.h"
#include "plan/bfs.h"
#include "report/why.h"

enum { MAX_CHAINS = 100 }; /* per request */

struct chains {
	const struct report *report;
	struct adjacency forward;
	size_t *distance;  /* from each module to the target */
	size_t *chain;	   /* modules of the chain being built */
	const char *label; /* of the request at its start */
	unsigned printed;
};

/* Print the kinds of all edges between two modules: "depends, softdep pre". */
static void put_kinds(const struct chains *c, size_t from, size_t to)
{
	const char *separator = "";
	unsigned kinds = 0;
	enum edge kind;

	for (size_t i = c->forward.first[from]; i < c->forward.first[from + 1]; i++) {
		const struct plan_edge *edge =
			&c->report->plan->edges[c->forward.list[i]];

		if (edge->to == to)
			kinds |= 1u << edge->edge;
	}
	for (kind = EDGE_DEPENDS; kind <= EDGE_WEAKDEP; kind++) {
		if (!(kinds & 1u << kind))
			continue;
		printf("%s%s", separator, edge_kind(kind));
		separator = ", ";
	}
}

static void put_chain(struct chains *c, size_t length)
{
	const struct plan_module *modules = c->report->plan->modules;

	printf("%s: %s", c->label, modules[c->chain[0]].name);
	for (size_t i = 1; i < length; i++) {
		fputs(" -[", stdout);
		put_kinds(c, c->chain[i - 1], c->chain[i]);
		printf("]-> %s", modules[c->chain[i]].name);
	}
	putchar(c->report->nul ? '\0' : '\n');
	c->printed++;
}

/* True if an earlier edge of the same module leads to the same target. */
static bool is_repeated(const struct chains *c, size_t from, size_t at)
{
	const struct plan_edge *edges = c->report->plan->edges;

	for (size_t i = c->forward.first[from]; i < at; i++)
		if (edges[c->forward.list[i]].to == edges[c->forward.list[at]].to)
			return true;
	return false;
}

/* Extend a chain of length modules.  Recursion is as deep as the distance: shallow. */
static void extend_chain(struct chains *c, size_t length)
{
	size_t from = c->chain[length - 1], i;

	if (c->distance[from] == 0) {
		put_chain(c, length);
		return;
	}
	for (i = c->forward.first[from];
	     i < c->forward.first[from + 1] && c->printed < MAX_CHAINS; i++) {
		size_t to = c->report->plan->edges[c->forward.list[i]].to;

		if (c->distance[to] + 1 != c->distance[from] || is_repeated(c, from, i))
			continue;
		c->chain[length] = to;
		extend_chain(c, length + 1);
	}
}

static int put_requests(struct chains *c)
{
	const struct plan *plan = c->report->plan;
	int found = 0;
	size_t i, j;

	for (i = 0; i < plan->n_requests; i++) {
		const struct plan_name *name = &plan->names[i];
		CLEANUP_FREE char *label = xasprintf("%s (%s)", name->name, name->by);

		c->label = label;
		c->printed = 0;
		for (j = 0; j < name->n_modules; j++) {
			c->chain[0] = name->modules[j];
			if (c->distance[c->chain[0]] == SIZE_MAX)
				continue;
			found = 1;
			extend_chain(c, 1);
		}
		if (c->printed == MAX_CHAINS)
			notice("%s: only the first %d chains are shown", label,
			       MAX_CHAINS);
	}
	return found;
}

int report_why(const struct report *report, const char *name)
{
	const struct plan *plan = report->plan;
	struct arena arena = { 0 };
	const char *normalised = normalize_request(&arena, name);
	size_t target = normalised ? plan_find(plan, normalised) : SIZE_MAX;
	struct chains c = { .report = report };
	struct adjacency backward;
	int found = 0;

	if (target != SIZE_MAX) {
		c.distance = xcalloc(plan->n_modules, sizeof(*c.distance));
		c.chain = xcalloc(plan->n_modules + 1, sizeof(*c.chain));
		adjacency_make(&backward, plan, true);
		plan_bfs(plan, &backward, true, &target, 1, c.distance);
		adjacency_free(&backward);
		adjacency_make(&c.forward, plan, false);
		found = put_requests(&c);
		adjacency_free(&c.forward);
		free(c.distance);
		free(c.chain);
	}
	if (!found)
		error(STATUS_MISSING, "no request leads to module %s", name);
	arena_free(&arena);
	return found ? 0 : -1;
}
