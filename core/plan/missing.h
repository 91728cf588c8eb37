/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MISSING_H
#define MODBOX_MISSING_H

#include <stdbool.h>
#include <stddef.h>

#include "tree/modtree.h"

/* A name that is needed and cannot be had. */
struct missing {
	const char *by; /* who needs it: a module's name, or a request's origin */
	const char *name;
	bool requested;
	const char *excluded; /* the origin of a request that excludes it; NULL: it is
				 not there */
};

/* They are told all at the end, for an index may prove stale before.  Strings are
 * borrowed. */
struct missing_list {
	struct missing *items;
	size_t n, capacity;
};

void missing_add(struct missing_list *list, const struct missing *missing);

/*
 * Report each: an error (status 1), or, with keep_going, a warning that latches the same
 * status.
 * Returns 0, or -1 where there were errors.
 */
int missing_report(const struct missing_list *list, struct modtree *tree,
		   bool keep_going);

void missing_free(struct missing_list *list);

#endif
