/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SELECTION_H
#define MODBOX_SELECTION_H

#include "plan/listfile.h"
#include "tree/lookup.h"
#include "tree/modtree.h"

/* How a request selects: by the syntax of lists where FEATURE_LIST_SYNTAX is there. */
enum selector {
	SELECT_NAME,
	SELECT_PATTERN,	  /* a shell pattern, to be normalised, on modules' names */
	SELECT_DIRECTORY, /* all modules below it */
};

enum selector request_selector(const struct request *request);

/* Whether a path of len bytes is below a directory, which has a '/' at its end. */
bool is_in_directory(const char *directory, const char *path, size_t len);

/*
 * What a request selects: what modtree_lookup() answers for its name; or, by the syntax
 * of lists (FEATURE_LIST_SYNTAX), the modules whose names a shell pattern matches, or
 * that are below a directory.  Free result with lookup_free().
 * Returns 0, or -1, reported.
 */
int selection_find(struct modtree *tree, const struct request *request,
		   struct lookup *result);

/*
 * Drop what modprobe would not load of what a request came to: modules that modprobe.d
 * blacklists, where an alias led to them (KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY).
 */
void selection_drop_blacklisted(struct modtree *tree, const struct request *request,
				struct lookup *result);

/* True where a name is a shell pattern or a directory, by FEATURE_LIST_SYNTAX. */
bool selection_is_set(const char *name);

/*
 * Mark what the excluding requests of a list select: module->excluded is the request's
 * origin.  Returns 0, or -1, reported.
 */
int selection_exclude(struct modtree *tree, const struct request_list *wanted);

#endif
