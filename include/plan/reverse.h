/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_REVERSE_H
#define MODBOX_REVERSE_H

#include "plan/listfile.h"
#include "plan/plan.h"
#include "tree/modtree.h"

/*
 * Fill plan with all modules of the tree that need what the requests select, by the
 * edges that flags (closure.h) leave; with direct, those that need it themselves.
 * What exclusions select is not asked about.
 * Returns 0, or -1, reported: a request, or anything that needs them, is not there
 * (status 1).
 */
int reverse_resolve(struct plan *plan, struct modtree *tree,
		    const struct request_list *wanted, int flags, bool direct);

#endif
