/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_PLANBUILD_H
#define MODBOX_PLANBUILD_H

#include "plan/loadorder.h"
#include "plan/plan.h"
#include "tree/modtree.h"

/* The result of a closure; nodes and names are in the order of discovery. */
struct closure_result {
	const struct node *nodes;
	size_t n_nodes;
	struct plan_name *names; /* their modules are indexes into nodes; taken over */
	size_t n_names;
};

/*
 * Make a plan of a closure's result: in load order, with copies of all strings. Takes
 * over found->names even on failure.
 * Returns 0, or -1 and reports it: the module directory cannot be read.
 */
int plan_build(struct plan *plan, const struct modtree *tree,
	       const struct closure_result *found);

#endif
