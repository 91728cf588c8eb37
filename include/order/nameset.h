/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_NAMESET_H
#define MODBOX_NAMESET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/util.h"
#include "plan/selection.h"

/* A module of the set, or a pattern or directory that selects modules. */
struct member {
	const char *name;    /* in the form compared, with '_' for every '-' */
	const char *written; /* as the user or a line spelled it */
	const char *origin;
	enum selector selector;
	uint32_t hash;
	bool excluded;	 /* by !NAME, or by a pattern or directory */
	bool optional;	 /* NAME?: not missing if no line names it */
	bool by_pattern; /* added by a pattern or directory, so every line is judged */
	bool left_out;	 /* a pattern or directory excluded a line that names it */
	size_t met;	 /* lines that named it, or that the pattern matched */
};

/* Which lines name the same module. */
enum naming {
	/* As libkmod: same last path component up to its first '.', '-' and '_' equal */
	BY_NAME,
	BY_PATH, /* same path without the module suffix */
	BY_FILE, /* BY_PATH, with '-' and '_' equal in the file name, but no CR at the end
		  */
};

/* A set of modules.  Zero-initialise it.  It owns everything it holds. */
struct nameset {
	struct arena arena;
	struct member *members; /* in the order added; those that patterns add come last */
	size_t n, capacity;
	size_t *patterns; /* indexes of the patterns and directories in members */
	size_t n_patterns, patterns_capacity;
	uint32_t *slots; /* hash table: index of a member + 1, or 0 */
	size_t n_slots;	 /* a power of two, or 0 */
	enum naming by;
};

/*
 * Add one request of a list: a name, pattern or directory to include or exclude.
 * Copies it.
 */
void nameset_add(struct nameset *set, const struct request *request);

/*
 * Add the module that a line of modules.order names, unless present, and count it as
 * met.  Returns the member, which the next addition may move.
 */
struct member *nameset_add_line(struct nameset *set, const char *line, size_t len);

/*
 * Find the member that a line of modules.order names and count it as met.  Returns NULL
 * for none, and for an excluded one.  May add a member for a line that a pattern
 * matches, which invalidates pointers returned earlier.
 */
struct member *nameset_find(struct nameset *set, const char *line, size_t len);

/*
 * Exclude the unmet members whose own path or name an exclusion matches.  Any member
 * that is then neither met, excluded nor optional is missing.
 */
void nameset_exclude(struct nameset *set);

void nameset_free(struct nameset *set);

#endif
