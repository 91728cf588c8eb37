/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_CLOSURE_H
#define MODBOX_CLOSURE_H

#include "config.h"
#include "plan/listfile.h"
#include "plan/plan.h"
#include "tree/modtree.h"

/* What a configuration has no use for is 0 there, and no code. */
enum {
	CLOSURE_NO_SOFTDEP = 1 << 0,
	CLOSURE_NO_WEAKDEP = 1 << 1,
	/* What is missing is a warning, and status 1. */
	CLOSURE_KEEP_GOING = 1 << 2,
	/* Check every chosen module's structure; decode it; check that an index can hold
	 * its name. */
	CLOSURE_CHECK = 1 << 3,
	CLOSURE_VERIFY = 1 << 4,
	CLOSURE_NAMES = ENABLED(FEATURE_INDEX_WRITER) << 5,
	/* Edges are the modules' own, not modules.dep's rows, which hold what is needed
	 * indirectly too. */
	CLOSURE_DIRECT = 1 << 6,
	/* What cannot be had is not reported: the plan's names tell, and tell who
	 * excludes it. */
	CLOSURE_QUIET = 1 << 7,
	/* What modprobe.d blacklists and only an alias led to is left out, as modprobe
	 * does it. */
	CLOSURE_BLACKLIST = ENABLED(MODCLOSURE) << 8,
};

/*
 * Resolve requests against a tree: the modules they name and all that those need.
 *
 * Hard dependencies come from modules.dep where the tree is indexed, else from each
 * module's depends= field, which names the same set.  Every softdep and weakdep line
 * of the modules, of the indexes and of modprobe.d is followed too.  Indexes that turn
 * out to be older than a chosen module are given up, and all is resolved anew from the
 * modules.
 *
 * Fills plan in load order, dependencies first.  The plan borrows nothing from tree.
 * Returns 0, or -1, reported: a request or a hard dependency is not there, or is
 * excluded, and neither CLOSURE_KEEP_GOING nor CLOSURE_QUIET is set; or a module is
 * damaged, or has a name that no index can hold.
 */
int closure_resolve(struct plan *plan, struct modtree *tree,
		    const struct request_list *wanted, int flags);

#endif
