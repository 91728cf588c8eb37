// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Direct dependencies, where the indexes know of some that depends= does not name: a
 * module that was built without the other's Module.symvers has none, but depmod finds
 * them by their symbols.
 *
 * A row has indirect dependencies too. Modules are handled in the order of the lengths of
 * their rows, so that the edges of a module's dependencies are complete before its own;
 * then those dependencies that no edge leads to are its own.
 */
#include <stdlib.h>
#include <string.h>

#include "module/names.h"
#include "plan/directedges.h"
#include "tree/modrow.h"

struct counted {
	size_t node, count;
};

static int by_count(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

size_t *order_by_row(const struct node *nodes, size_t n)
{
	CLEANUP_FREE struct counted *counted = xcalloc(n, sizeof(*counted));
	size_t *order = xcalloc(n, sizeof(*order)), i;

	for (i = 0; i < n; i++) {
		const char *row = nodes[i].module->row;

		counted[i] = (struct counted){ i, row ? row_count(row) : 0 };
	}
	if (n)
		qsort(counted, n, sizeof(*counted), by_count);
	for (i = 0; i < n; i++)
		order[i] = counted[i].node;
	return order;
}

/* The nodes that hard edges lead to from one module. */
struct reached {
	struct node *nodes;
	size_t *mark; /* for each node, the last origin that reached it, plus one */
	size_t *todo;
	size_t origin;
};

static void reach(struct reached *r, size_t start)
{
	size_t n = 0;

	r->todo[n++] = start;
	r->mark[start] = r->origin + 1;
	while (n) {
		const struct node *node = &r->nodes[r->todo[--n]];

		for (size_t i = 0; i < node->n_links; i++) {
			const struct link *link = &node->links[i];

			if (link->edge != EDGE_DEPENDS ||
			    r->mark[link->to] == r->origin + 1)
				continue;
			r->mark[link->to] = r->origin + 1;
			r->todo[n++] = link->to;
		}
	}
}

/* Return the node of a dependency in a row, or SIZE_MAX. */
static size_t node_of(const struct modtree *tree, const char *path, size_t len)
{
	const struct module *module = modtree_of_path(tree, path, len);

	return module && module->node ? module->node - 1 : SIZE_MAX;
}

static void add_edges(struct reached *r, const struct modtree *tree, size_t from)
{
	const char *row = r->nodes[from].module->row, *path;
	size_t n = 0, len, i, j;
	CLEANUP_FREE size_t *left = xcalloc(row_count(row), sizeof(*left));

	r->origin = from;
	reach(r, from);
	while ((len = row_next(&row, &path))) {
		size_t to = node_of(tree, path, len);

		if (to != SIZE_MAX && r->mark[to] != from + 1)
			left[n++] = to;
	}
	for (i = 0; i < n; i++) {
		const char *name = r->nodes[left[i]].module->name;
		bool indirect = false;

		for (j = 0; j < n && !indirect; j++) {
			const char *other = r->nodes[left[j]].module->row;

			indirect = j != i && other && row_has(other, name);
		}
		if (!indirect)
			node_link(&r->nodes[from], left[i], EDGE_DEPENDS, name);
	}
}

void add_row_edges(struct node *nodes, size_t n, const struct modtree *tree)
{
	CLEANUP_FREE size_t *order = order_by_row(nodes, n);
	struct reached r = {
		.nodes = nodes,
		.mark = xcalloc(n, sizeof(*r.mark)),
		.todo = xcalloc(n, sizeof(*r.todo)),
	};

	for (size_t i = 0; i < n; i++)
		if (nodes[order[i]].module->row)
			add_edges(&r, tree, order[i]);
	free(r.mark);
	free(r.todo);
}
