/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_CLOSURE_H
#define MODBOX_CLOSURE_H

#include "listfile.h"
#include "modtree.h"
#include "plan.h"

enum {
	CLOSURE_NO_SOFTDEP = 1 << 0,
	CLOSURE_NO_WEAKDEP = 1 << 1,
	CLOSURE_KEEP_GOING = 1 << 2, /* what is missing is a warning, and status 1 */
	CLOSURE_CHECK = 1 << 3,	     /* check every chosen module's structure */
	CLOSURE_VERIFY = 1 << 4,     /* decode every chosen module */
	CLOSURE_DIRECT = 1 << 5, /* edges are the modules' own, not modules.dep's rows,
				    which hold what is needed indirectly too */
	CLOSURE_QUIET = 1 << 6,	 /* what cannot be had is not reported: the plan's names
				    tell,  with who excludes it */
	CLOSURE_BLACKLIST = 1 << 7, /* what modprobe.d blacklists and only an alias led to
				       is left out, as modprobe does */
	CLOSURE_NAMES =
		1 << 8, /* check that indexes can hold every chosen module's name */
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
