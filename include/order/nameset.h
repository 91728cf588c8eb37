/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_NAMESET_H
#define MODBOX_NAMESET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/util.h"
#include "plan/selection.h"

/* A module of a set, or a pattern or directory that stands for some. */
struct member {
	const char *name;    /* as compared: with '_' for every '-' */
	const char *written; /* by the user, or in a line */
	const char *origin;
	enum selector selector;
	uint32_t hash;
	bool excluded;	 /* by a name !NAME, a pattern or a directory */
	bool optional;	 /* need not be met: NAME? */
	bool by_pattern; /* patterns or directories came to it, and judge each line */
	bool left_out;	 /* one of them excluded a line that names it */
	size_t met;	 /* lines that named it; of a pattern 0 where none did */
};

/*
 * A set of modules by their names, as libkmod compares them: the last component of a
 * path up to its first '.', '-' and '_' alike.  Zero-initialise it.  It owns what it
 * holds.
 */
struct nameset {
	struct arena arena;
	struct member *members; /* in the order of adding, then what patterns came to */
	size_t n, capacity;
	size_t *patterns; /* which of them are patterns or directories */
	size_t n_patterns, patterns_capacity;
	uint32_t *slots; /* a hash table: 1 + index of a member, or 0 */
	size_t n_slots;	 /* a power of two, or 0 */
	bool paths;	 /* directories count too: of several files of one name, each */
};

/* Add what a request selects, or leave it out, in the syntax of lists. */
void nameset_add(struct nameset *set, const struct request *request);

/* Add what a line of modules.order names, if it is not there: as a member that is met. */
void nameset_add_line(struct nameset *set, const char *line, size_t len);

/*
 * The member that a line of modules.order names, which is then met, or NULL.  What a
 * pattern matches becomes a member of its own, so that whatever was returned before
 * may have moved.
 */
struct member *nameset_find(struct nameset *set, const char *line, size_t len);

/*
 * Leave out those members that have not been met and whose own path, or name, an
 * exclusion matches: what is then not met, excluded or optional is missing.
 */
void nameset_exclude(struct nameset *set);

void nameset_free(struct nameset *set);

#endif
