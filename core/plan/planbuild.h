/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_PLANBUILD_H
#define MODBOX_PLANBUILD_H

#include "plan/loadorder.h"
#include "plan/plan.h"
#include "tree/modtree.h"

/* What a closure found, for a plan: nodes and names are in the order of finding. */
struct closure_result {
	const struct node *nodes;
	size_t n_nodes;
	struct plan_name *names; /* its modules are indexes of nodes; taken over */
	size_t n_names;
};

/*
 * Make a plan of what was found: an order to load in, and all strings its own.
 * Takes over found's names, whatever it returns.
 * Returns 0, or -1, reported: the module directory cannot be read.
 */
int plan_build(struct plan *plan, const struct modtree *tree,
	       const struct closure_result *found);

#endif
