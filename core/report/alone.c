// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The modules that each request and module alone keeps in a plan: those to which every
 * chain of edges from the requests leads through it.  These are what it dominates in the
 * graph
 *
 *     root ──► requests ──► modules ──► modules that they need
 *
 * so the sums are those of the subtrees of its dominator tree, which is made as in "A
 * Simple, Fast Dominance Algorithm" (Cooper, Harvey and Kennedy, 2001).
 */
#include <stdint.h>
#include <stdlib.h>

#include "report/alone.h"

/* Edges grouped by the node at one end: ends[first[i]] to ends[first[i + 1] - 1]. */
struct links {
	size_t *first, *ends;
};

/* Node 0 is the root; then come the requests, and then the modules. */
struct graph {
	const struct plan *plan;
	size_t n, n_edges;
	size_t (*edges)[2]; /* from, to */
	struct links from, to;
	size_t *order; /* nodes that the root reaches, in reverse postorder */
	size_t n_order;
	size_t *rank;	   /* place in order, or SIZE_MAX: not reached */
	size_t *dominator; /* immediate; SIZE_MAX: not known yet */
};

static void add_edge(struct graph *g, size_t from, size_t to)
{
	g->edges[g->n_edges][0] = from;
	g->edges[g->n_edges++][1] = to;
}

static void collect_edges(struct graph *g)
{
	const struct plan *plan = g->plan;
	size_t module = 1 + plan->n_requests, n = plan->n_requests + plan->n_edges;

	for (size_t i = 0; i < plan->n_requests; i++)
		n += plan->names[i].n_modules;
	g->n = module + plan->n_modules;
	g->edges = xcalloc(n, sizeof(*g->edges));
	for (size_t i = 0; i < plan->n_requests; i++) {
		add_edge(g, 0, 1 + i);
		for (size_t j = 0; j < plan->names[i].n_modules; j++)
			add_edge(g, 1 + i, module + plan->names[i].modules[j]);
	}
	for (size_t i = 0; i < plan->n_edges; i++)
		add_edge(g, module + plan->edges[i].from, module + plan->edges[i].to);
}

/* The edges grouped by their end number at: 0, from; 1, to. */
static struct links group_edges(const struct graph *g, int at)
{
	size_t *first = xcalloc(g->n + 2, sizeof(*first));
	size_t *ends = xcalloc(g->n_edges, sizeof(*ends));

	/* Counted two places on: filling the groups then moves each start to its place. */
	for (size_t i = 0; i < g->n_edges; i++)
		first[g->edges[i][at] + 2]++;
	for (size_t i = 0; i < g->n; i++)
		first[i + 2] += first[i + 1];
	for (size_t i = 0; i < g->n_edges; i++)
		ends[first[g->edges[i][at] + 1]++] = g->edges[i][!at];
	return (struct links){ first, ends };
}

/* Order the nodes: depth first, on a stack of our own, because a chain may be long. */
static void order_nodes(struct graph *g)
{
	CLEANUP_FREE size_t *next = xcalloc(g->n, sizeof(*next));
	CLEANUP_FREE size_t *stack = xcalloc(g->n, sizeof(*stack));
	CLEANUP_FREE bool *seen = xcalloc(g->n, sizeof(*seen));
	size_t depth = 1, place = g->n;

	g->order = xcalloc(g->n, sizeof(*g->order));
	g->rank = xcalloc(g->n, sizeof(*g->rank));
	seen[0] = true;
	while (depth) {
		size_t node = stack[depth - 1], at = g->from.first[node] + next[node];

		if (at < g->from.first[node + 1]) {
			next[node]++;
			if (!seen[g->from.ends[at]])
				stack[depth++] = g->from.ends[at];
			seen[g->from.ends[at]] = true;
			continue;
		}
		g->order[--place] = node;
		depth--;
	}
	g->n_order = g->n - place;
	for (size_t i = 0; i < g->n_order; i++)
		g->order[i] = g->order[place + i];
	for (size_t i = 0; i < g->n; i++)
		g->rank[i] = SIZE_MAX;
	for (size_t i = 0; i < g->n_order; i++)
		g->rank[g->order[i]] = i;
}

/* The nearest node that dominates both. */
static size_t common(const struct graph *g, size_t a, size_t b)
{
	while (a != b) {
		while (g->rank[a] > g->rank[b])
			a = g->dominator[a];
		while (g->rank[b] > g->rank[a])
			b = g->dominator[b];
	}
	return a;
}

static size_t dominator_of(const struct graph *g, size_t node)
{
	size_t found = SIZE_MAX;

	for (size_t i = g->to.first[node]; i < g->to.first[node + 1]; i++) {
		size_t from = g->to.ends[i];

		if (g->rank[from] != SIZE_MAX && g->dominator[from] != SIZE_MAX)
			found = found == SIZE_MAX ? from : common(g, from, found);
	}
	return found;
}

static void find_dominators(struct graph *g)
{
	bool changed = true;

	g->dominator = xcalloc(g->n, sizeof(*g->dominator));
	for (size_t i = 1; i < g->n; i++)
		g->dominator[i] = SIZE_MAX;
	while (changed) {
		changed = false;
		for (size_t i = 1; i < g->n_order; i++) {
			size_t node = g->order[i], found = dominator_of(g, node);

			changed |= g->dominator[node] != found;
			g->dominator[node] = found;
		}
	}
}

/* Add up from the leaves: a node comes after its dominator in the order. */
static void add_up(struct alone *alone, const struct graph *g)
{
	const struct plan *plan = g->plan;
	size_t module = 1 + plan->n_requests;
	CLEANUP_FREE struct cost *costs = xcalloc(g->n, sizeof(*costs));

	for (size_t i = 0; i < plan->n_modules; i++)
		costs[module + i] = (struct cost){ 1, plan->modules[i].size,
						   plan->modules[i].memory };
	for (size_t i = g->n_order; i-- > 1;) {
		const struct cost *cost = &costs[g->order[i]];
		struct cost *sum = &costs[g->dominator[g->order[i]]];

		sum->modules += cost->modules;
		sum->bytes += cost->bytes;
		sum->memory += cost->memory;
	}
	for (size_t i = 0; i < plan->n_requests; i++)
		alone->requests[i] = costs[1 + i];
	for (size_t i = 0; i < plan->n_modules; i++)
		alone->modules[i] = costs[module + i];
}

/* A module has the owner of its dominator, unless that is a request or the root. */
static void find_owners(struct alone *alone, const struct graph *g)
{
	size_t n = g->plan->n_requests, module = 1 + n;

	for (size_t i = 0; i < g->plan->n_modules; i++)
		alone->owners[i] = SIZE_MAX;
	for (size_t i = 0; i < g->n_order; i++) {
		size_t node = g->order[i], by = g->dominator[node];

		if (node >= module)
			alone->owners[node - module] = !by ? SIZE_MAX :
						       by > n ?
							     alone->owners[by - module] :
							     by - 1;
	}
}

void alone_make(struct alone *alone, const struct plan *plan)
{
	struct graph g = { .plan = plan };

	alone->requests = xcalloc(plan->n_requests, sizeof(*alone->requests));
	alone->modules = xcalloc(plan->n_modules, sizeof(*alone->modules));
	alone->owners = xcalloc(plan->n_modules, sizeof(*alone->owners));
	collect_edges(&g);
	g.from = group_edges(&g, 0);
	g.to = group_edges(&g, 1);
	order_nodes(&g);
	find_dominators(&g);
	add_up(alone, &g);
	find_owners(alone, &g);
	free(g.edges);
	free(g.from.first);
	free(g.from.ends);
	free(g.to.first);
	free(g.to.ends);
	free(g.order);
	free(g.rank);
	free(g.dominator);
}

void alone_free(struct alone *alone)
{
	free(alone->requests);
	free(alone->modules);
	free(alone->owners);
}
