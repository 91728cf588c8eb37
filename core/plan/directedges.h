/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DIRECTEDGES_H
#define MODBOX_DIRECTEDGES_H

#include "plan/loadorder.h"
#include "tree/modtree.h"

/*
 * Return the nodes, as indexes, by the number of dependencies in their rows, so that each
 * comes after those that it needs. The caller frees the array.
 */
size_t *order_by_row(const struct node *nodes, size_t n);

/*
 * Nodes have hard edges as their depends= fields say. Add an edge for each dependency in
 * a row of modules.dep that no hard edges lead to. Every module in the rows has a node,
 * unless it does not exist or is excluded.
 */
void add_row_edges(struct node *nodes, size_t n, const struct modtree *tree);

#endif
