// SPDX-License-Identifier: GPL-2.0-or-later
/* Breadth-first walks over a plan's edges. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plan/bfs.h"

static size_t end_of(const struct plan_edge *edge, bool backward)
{
	return backward ? edge->to : edge->from;
}

void adjacency_make(struct adjacency *a, const struct plan *plan, bool backward)
{
	CLEANUP_FREE size_t *next = NULL;

	a->first = xcalloc(plan->n_modules + 1, sizeof(*a->first));
	a->list = xcalloc(plan->n_edges, sizeof(*a->list));
	for (size_t i = 0; i < plan->n_edges; i++)
		a->first[end_of(&plan->edges[i], backward) + 1]++;
	for (size_t i = 0; i < plan->n_modules; i++)
		a->first[i + 1] += a->first[i];
	next = xcalloc(plan->n_modules + 1, sizeof(*next));
	memcpy(next, a->first, (plan->n_modules + 1) * sizeof(*next));
	for (size_t i = 0; i < plan->n_edges; i++)
		a->list[next[end_of(&plan->edges[i], backward)]++] = i;
}

void adjacency_free(struct adjacency *a)
{
	free(a->first);
	free(a->list);
	*a = (struct adjacency){ 0 };
}

void plan_bfs(const struct plan *plan, const struct adjacency *a, bool backward,
	      const size_t *start, size_t n, size_t *distance)
{
	CLEANUP_FREE size_t *queue = xcalloc(plan->n_modules, sizeof(*queue));
	size_t head, tail = 0, i;

	for (i = 0; i < plan->n_modules; i++)
		distance[i] = SIZE_MAX;
	for (i = 0; i < n; i++) {
		if (distance[start[i]] == 0)
			continue;
		distance[start[i]] = 0;
		queue[tail++] = start[i];
	}
	for (head = 0; head < tail; head++) {
		size_t from = queue[head];

		for (i = a->first[from]; i < a->first[from + 1]; i++) {
			size_t to = end_of(&plan->edges[a->list[i]], !backward);

			if (distance[to] != SIZE_MAX)
				continue;
			distance[to] = distance[from] + 1;
			queue[tail++] = to;
		}
	}
}
