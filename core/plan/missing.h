/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MISSING_H
#define MODBOX_MISSING_H

#include <stdbool.h>
#include <stddef.h>

#include "tree/modtree.h"

/* A name that is needed but is missing or excluded. */
struct missing {
	const char *by; /* the module that needs it, or a request's origin */
	const char *name;
	bool requested;
	const char *excluded; /* origin of the request that excludes it; NULL: missing */
};

/*
 * Reported together at the end, because an index may prove stale before. Strings are
 * borrowed.
 */
struct missing_list {
	struct missing *items;
	size_t n, capacity;
};

void missing_add(struct missing_list *list, const struct missing *missing);

/*
 * Report each name: an error (status 1) or, with keep_going, a warning that sets the same
 * exit status.
 * Returns 0, or -1 if there were errors.
 */
int missing_report(const struct missing_list *list, struct modtree *tree,
		   bool keep_going);

void missing_free(struct missing_list *list);

#endif
