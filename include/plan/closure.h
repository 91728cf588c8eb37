/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_CLOSURE_H
#define MODBOX_CLOSURE_H

#include "plan/listfile.h"
#include "plan/plan.h"
#include "tree/modtree.h"

/*
 * Resolve requests against a tree: the modules that they name and everything those need.
 *
 * Hard dependencies come from modules.dep if the tree is indexed, else from each module's
 * depends= field, which names the same set. Every softdep and weakdep line of the
 * modules, the indexes and modprobe.d is followed too. If a selected module turns out to
 * be newer than the indexes, the tree is refreshed (tree/refresh.h) and everything
 * resolved again.
 *
 * Fills plan in load order, dependencies first. The plan borrows nothing from tree.
 * Returns 0, or -1 and reports it: a request or a hard dependency does not exist or is
 * excluded, and neither CLOSURE_KEEP_GOING nor CLOSURE_QUIET is set; or a module is
 * damaged, or an index cannot hold its name.
 */
int closure_resolve(struct plan *plan, struct modtree *tree,
		    const struct request_list *wanted, int flags);

#endif
