/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_LOADORDER_H
#define MODBOX_LOADORDER_H

#include "plan/plan.h"
#include "tree/modtree.h"

struct link {
	size_t to; /* index of a node */
	enum edge edge;
	const char *name; /* that was looked up */
};

/* A chosen module, and its edges to others. */
struct node {
	struct module *module;
	enum edge edge; /* the first that led to it, and from where */
	const char *by, *name;
	struct link *links; /* owned */
	size_t n_links, links_capacity;
};

/* Add an edge to a node.  The link borrows name. */
void node_link(struct node *node, size_t to, enum edge edge, const char *name);

/*
 * An order in which n nodes can be loaded: each after its hard dependencies, and,
 * where that allows it, after its softdeps pre and before its softdeps post.
 * Hard dependencies that form a ring are reported once, with a warning.
 * Returns n indexes, which the caller frees.
 */
size_t *load_order(const struct node *nodes, size_t n);

#endif
