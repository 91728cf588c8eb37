/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FOLLOW_H
#define MODBOX_FOLLOW_H

#include "plan/listfile.h"
#include "plan/loadorder.h"
#include "plan/missing.h"
#include "plan/plan.h"
#include "tree/modtree.h"

/* A closure while it is resolved: the modules met so far, and the names that led to them.
 */
struct closure {
	struct modtree *tree;
	const struct request_list *wanted;
	int flags;
	struct arena arena;
	struct node *nodes;
	size_t n, capacity;
	struct plan_name *names;
	size_t n_names, names_capacity;
	struct missing_list missing;
	bool refreshed; /* the tree was, before this closure began */
	bool failed;	/* an error was reported: no plan */
};

/* Whether lookups would have other answers now than when the closure began. */
static inline bool is_overtaken(const struct closure *c)
{
	return c->tree->uncovered && !c->refreshed;
}

/* Whether SOURCE's depmod did not know all modules, because overlays have some. */
static inline bool is_laid(const struct closure *c)
{
	return ENABLED(FEATURE_OVERLAY) && c->tree->n_overlaid;
}

/*
 * Add the modules of a request, or note that it has none. These three return 0, or -1 and
 * report it: an index or a module could not be read.
 */
int follow_request(struct closure *c, const struct request *request);

/* Add the modules that a loaded node leads to, and its links to them. */
int follow_edges(struct closure *c, size_t from);

/*
 * With CLOSURE_DIRECT, depends= was followed. Add what the rows have besides. Returns 1
 * if there was any.
 */
int follow_rows(struct closure *c);

#endif
