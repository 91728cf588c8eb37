/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ALIASES_H
#define MODBOX_ALIASES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"

struct alias {
	const char *pattern;
	void *owner;
	size_t number; /* its place in the order of adding */
};

/* Aliases, which are shell patterns, and whose they are.  Zero-initialise it. */
struct aliases {
	struct arena arena; /* the patterns */
	struct alias *items;
	size_t n, capacity;
	bool sorted;
	const struct alias **found;
	size_t n_found, found_capacity;
};

/*
 * Add an alias of owner, as it stands in .modinfo: a copy is normalised as indexes have
 * it, and one that no index can hold is left out.
 */
void aliases_add(struct aliases *aliases, const char *pattern, void *owner);

/*
 * Find the aliases that match a normalised name as fnmatch(3) without flags does.
 * Returns how many they are: aliases->found, in the order of adding, until the next call.
 */
size_t aliases_find(struct aliases *aliases, const char *name);
void aliases_free(struct aliases *aliases);

#endif
