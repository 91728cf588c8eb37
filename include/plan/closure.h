/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_CLOSURE_H
#define MODBOX_CLOSURE_H

#include "config.h"
#include "plan/listfile.h"
#include "plan/plan.h"
#include "tree/modtree.h"

/* A flag that the configuration does not use is 0, which drops its code. */
enum {
	CLOSURE_NO_SOFTDEP = 1 << 0,
	CLOSURE_NO_WEAKDEP = 1 << 1,
	/* Only warn of missing modules; the exit status is still 1. */
	CLOSURE_KEEP_GOING = 1 << 2,
	/* Check the structure of each selected module. */
	CLOSURE_CHECK = 1 << 3,
	/* Decompress each one completely, to find flipped bits. */
	CLOSURE_VERIFY = 1 << 4,
	/* Check that an index can hold the name of each one. */
	CLOSURE_NAMES = ENABLED(FEATURE_INDEX_WRITER) << 5,
	/*
	 * Take dependencies from the modules, not from modules.dep, which also lists
	 * indirect ones.
	 */
	CLOSURE_DIRECT = ENABLED(MODCLOSURE) << 6,
	/*
	 * Do not report missing or excluded dependencies; the plan's names record them.
	 */
	CLOSURE_QUIET = 1 << 7,
	/*
	 * Drop modules that modprobe.d blacklists if only an alias led to them, as
	 * modprobe does.
	 */
	CLOSURE_BLACKLIST = ENABLED(MODCLOSURE) << 8,
};

/*
 * Resolve requests against a tree: the modules that they name and everything those need.
 *
 * Hard dependencies come from modules.dep if the tree is indexed, else from each module's
 * depends= field, which names the same set. Every softdep and weakdep line of the
 * modules, the indexes and modprobe.d is followed too. If a selected module turns out to
 * be newer than the indexes, they are dropped and everything is resolved again from the
 * modules.
 *
 * Fills plan in load order, dependencies first. The plan borrows nothing from tree.
 * Returns 0, or -1 and reports it: a request or a hard dependency does not exist or is
 * excluded, and neither CLOSURE_KEEP_GOING nor CLOSURE_QUIET is set; or a module is
 * damaged, or an index cannot hold its name.
 */
int closure_resolve(struct plan *plan, struct modtree *tree,
		    const struct request_list *wanted, int flags);

#endif
