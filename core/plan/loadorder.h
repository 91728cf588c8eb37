/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_LOADORDER_H
#define MODBOX_LOADORDER_H

#include "plan/plan.h"
#include "tree/modtree.h"

struct link {
	size_t to; /* index of a node */
	enum edge edge;
	const char *name; /* the name looked up */
};

/* A selected module, perhaps without a file, and its edges to others. */
struct node {
	struct module *module;
	enum edge edge; /* first edge that led to it, and its source */
	const char *by, *name;
	bool softdep;	    /* one of its softdeps exists */
	struct link *links; /* owned */
	size_t n_links, links_capacity;
};

/* Add an edge to a node. name is borrowed. */
void node_link(struct node *node, size_t to, enum edge edge, const char *name);

/*
 * Return an order in which n nodes can be loaded: each after its hard dependencies and,
 * where those allow, after its pre softdeps and before its post softdeps. A cycle of hard
 * dependencies is warned of, once.
 * Returns n indexes, which the caller frees.
 */
size_t *load_order(const struct node *nodes, size_t n);

#endif
