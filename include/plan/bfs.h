/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_BFS_H
#define MODBOX_BFS_H

#include <stdbool.h>

#include "plan/plan.h"

/* Questions about who needs whom in a plan.  Indexes are those of its modules. */

/* The edges of a plan, by the module that they lead to or come from.  Owns its lists. */
struct adjacency {
	size_t *first; /* edges of module i: list[first[i]] to list[first[i + 1] - 1] */
	size_t *list;  /* indexes of the plan's edges */
};

/* Make it by where edges come from, or, backward, by where they lead. */
void adjacency_make(struct adjacency *adjacency, const struct plan *plan, bool backward);
void adjacency_free(struct adjacency *adjacency);

/*
 * Mark in distance what is reached from the n modules of start: the number of edges to
 * it, SIZE_MAX where it is not reached.  distance has room for all modules.
 */
void plan_bfs(const struct plan *plan, const struct adjacency *adjacency, bool backward,
	      const size_t *start, size_t n, size_t *distance);

#endif
