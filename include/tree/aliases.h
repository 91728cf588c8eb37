/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ALIASES_H
#define MODBOX_ALIASES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"

struct alias {
	const char *pattern;
	void *owner;
	size_t number; /* position in the order of aliases_add() calls */
};

/* A set of aliases (shell patterns), each with its owner. Zero-initialise it. */
struct aliases {
	struct arena arena; /* holds the patterns */
	struct alias *items;
	size_t n, capacity;
	bool sorted;
	const struct alias **found;
	size_t n_found, found_capacity;
};

/*
 * Add an alias of owner, as .modinfo has it. The set keeps a copy, normalised as in
 * depmod's indexes; a pattern that an index could not hold is dropped.
 */
void aliases_add(struct aliases *aliases, const char *pattern, void *owner);

/*
 * Find the aliases that match a normalised name, as fnmatch(3) without flags does.
 * Returns their number. They are in aliases->found, in the order of adding, until the
 * next call.
 */
size_t aliases_find(struct aliases *aliases, const char *name);
void aliases_free(struct aliases *aliases);

#endif
