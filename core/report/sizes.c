// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cost of each request, and the saving if it is dropped.
 *
 * A module counts toward a request's saving if no other request reaches it: one pass
 * counts the requests that reach each module, a second adds up the rows.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "plan/bfs.h"
#include "report/sizes.h"
#include "tree/modload.h"

struct table {
	const struct plan *plan;
	const struct cost *each; /* of the plan's modules */
	struct adjacency forward;
	size_t *distance;
	size_t *users; /* for each module: number of requests that reach it */
};

static void add_cost(struct cost *cost, const struct cost *more)
{
	cost->modules += more->modules;
	cost->bytes += more->bytes;
	cost->memory += more->memory;
}

/* Set t->distance to the distances from a request; SIZE_MAX: not reached. */
static void reach_from(struct table *t, const struct plan_name *name)
{
	plan_bfs(t->plan, &t->forward, false, name->modules, name->n_modules,
		 t->distance);
}

static void count_users(struct table *t)
{
	size_t i, j;

	for (i = 0; i < t->plan->n_requests; i++) {
		reach_from(t, &t->plan->names[i]);
		for (j = 0; j < t->plan->n_modules; j++)
			t->users[j] += t->distance[j] != SIZE_MAX;
	}
}

static void fill_row(struct table *t, struct size_row *row)
{
	reach_from(t, row->name);
	for (size_t i = 0; i < t->plan->n_modules; i++) {
		if (t->distance[i] == SIZE_MAX)
			continue;
		add_cost(&row->total, &t->each[i]);
		if (t->users[i] == 1)
			add_cost(&row->saved, &t->each[i]);
	}
}

static int compare_rows(const void *a, const void *b)
{
	const struct size_row *x = a, *y = b;

	if (x->saved.bytes != y->saved.bytes)
		return x->saved.bytes > y->saved.bytes ? -1 : 1;
	if (x->total.bytes != y->total.bytes)
		return x->total.bytes > y->total.bytes ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void put_cost(const struct cost *cost)
{
	printf("%7zu %12" PRIu64 " %12" PRIu64, cost->modules, cost->bytes, cost->memory);
}

static void put_row(const struct report *report, const struct size_row *row)
{
	put_cost(&row->saved);
	putchar(' ');
	put_cost(&row->total);
	printf("  %s%c", row->name->name, report->nul ? '\0' : '\n');
}

/* See sizes_make(). Inline, because without FEATURE_REPORT_HTML that one is not linked. */
static inline __attribute__((always_inline)) void
fill_sizes(struct sizes *sizes, const struct plan *plan, const struct cost *each)
{
	struct table t = { .plan = plan, .each = each };

	sizes->rows = xcalloc(plan->n_requests, sizeof(*sizes->rows));
	sizes->all = (struct cost){ 0 };
	t.distance = xcalloc(plan->n_modules, sizeof(*t.distance));
	t.users = sizes->users = xcalloc(plan->n_modules, sizeof(*t.users));
	adjacency_make(&t.forward, plan, false);
	count_users(&t);
	for (size_t i = 0; i < plan->n_requests; i++) {
		sizes->rows[i] =
			(struct size_row){ .name = &plan->names[i], .number = i };
		fill_row(&t, &sizes->rows[i]);
	}
	for (size_t i = 0; i < plan->n_modules; i++)
		add_cost(&sizes->all, &each[i]);
	if (plan->n_requests)
		qsort(sizes->rows, plan->n_requests, sizeof(*sizes->rows), compare_rows);
	adjacency_free(&t.forward);
	free(t.distance);
}

void sizes_free(struct sizes *sizes)
{
	free(sizes->rows);
	free(sizes->users);
}

/* Print the table.  each holds the cost of every module of the plan. */
static void put_table(const struct report *report, const struct cost *each)
{
	const struct plan *plan = report->plan;
	struct sizes sizes;

	fill_sizes(&sizes, plan, each);
	printf("# %33s %34s\n", "saved if dropped", "total");
	printf("# %5s %12s %12s %7s %12s %12s  %s\n", "modules", "file bytes", "memory",
	       "modules", "file bytes", "memory", "request");
	for (size_t i = 0; i < plan->n_requests; i++)
		put_row(report, &sizes.rows[i]);
	printf("# all: %zu modules, %" PRIu64 " bytes of files, %" PRIu64 " of memory\n",
	       sizes.all.modules, sizes.all.bytes, sizes.all.memory);
	sizes_free(&sizes);
}

static struct cost *cost_each(const struct plan *plan)
{
	struct cost *each = xcalloc(plan->n_modules, sizeof(*each));

	for (size_t i = 0; i < plan->n_modules; i++)
		each[i] = (struct cost){ 1, plan->modules[i].size,
					 plan->modules[i].memory };
	return each;
}

void sizes_make(struct sizes *sizes, const struct plan *plan)
{
	CLEANUP_FREE struct cost *each = cost_each(plan);

	fill_sizes(sizes, plan, each);
}

void report_sizes(const struct report *report)
{
	CLEANUP_FREE struct cost *each = cost_each(report->plan);

	put_table(report, each);
}

void sizes_show(const struct plan *plan, struct modtree *tree, const uint64_t *sizes)
{
	const struct report report = { .plan = plan, .tree = tree };
	CLEANUP_FREE struct module **modules =
		xcalloc(plan->n_modules, sizeof(struct module *));
	CLEANUP_FREE struct cost *each = xcalloc(plan->n_modules, sizeof(*each));

	/* The plan came from this tree, so every lookup succeeds. */
	for (size_t i = 0; i < plan->n_modules; i++)
		if (modtree_find(tree, plan->modules[i].name, &modules[i]) < 0 ||
		    !modules[i])
			return;
	modload(tree, modules, plan->n_modules, LOAD_INFO, "reading modules:");
	for (size_t i = 0; i < plan->n_modules; i++)
		each[i] = (struct cost){ 1, sizes[i], modules[i]->info.memory };
	put_table(&report, each);
}
