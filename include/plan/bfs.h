/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_BFS_H
#define MODBOX_BFS_H

#include <stdbool.h>

#include "plan/plan.h"

/*
 * Breadth-first walks over a plan's edges. All indexes are into plan->modules or
 * plan->edges.
 */

/* A plan's edges, grouped by the module at one end. Owns its lists. */
struct adjacency {
	size_t *first; /* edges of module i: list[first[i]] to list[first[i + 1] - 1] */
	size_t *list;  /* indexes of the plan's edges */
};

/* Group the edges by the module they come from or, backward, by the one they lead to. */
void adjacency_make(struct adjacency *adjacency, const struct plan *plan, bool backward);
void adjacency_free(struct adjacency *adjacency);

/*
 * Set distance[i], for every module i, to the number of edges to it from the nearest of
 * the n modules in start, or to SIZE_MAX if it cannot be reached. The caller allocates
 * distance.
 */
void plan_bfs(const struct plan *plan, const struct adjacency *adjacency, bool backward,
	      const size_t *start, size_t n, size_t *distance);

#endif
