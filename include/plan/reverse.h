/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_REVERSE_H
#define MODBOX_REVERSE_H

#include "plan/listfile.h"
#include "plan/plan.h"
#include "tree/modtree.h"

/*
 * Fill plan with all modules of the tree that need what the requests select, directly
 * only if direct is set. flags (closure.h) choose the kinds of edges. Modules that a
 * request excludes are not targets.
 * Returns 0, or -1 and reports it: a request does not exist, or no module needs any of
 * them (status 1).
 */
int reverse_resolve(struct plan *plan, struct modtree *tree,
		    const struct request_list *wanted, int flags, bool direct);

#endif
