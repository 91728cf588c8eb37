/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SELECTION_H
#define MODBOX_SELECTION_H

#include "plan/listfile.h"
#include "tree/lookup.h"
#include "tree/modtree.h"

/* How a request selects modules; with list syntax if FEATURE_LIST_SYNTAX is enabled. */
enum selector {
	SELECT_NAME,
	SELECT_PATTERN,	  /* a shell pattern for names or paths (module/pattern.h) */
	SELECT_DIRECTORY, /* all modules below a directory */
};

enum selector request_selector(const struct request *request);

/*
 * Find the modules that a request selects: the answer of modtree_lookup() to its name or,
 * with list syntax (FEATURE_LIST_SYNTAX), the modules whose names match a shell pattern
 * or that are below a directory. Free result with lookup_free(). Returns 0, or -1 and
 * reports it.
 */
int selection_find(struct modtree *tree, const struct request *request,
		   struct lookup *result);

/*
 * Drop from a request's result the modules that modprobe would not load: those that
 * modprobe.d blacklists, if an alias led to them (KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY).
 */
void selection_drop_blacklisted(struct modtree *tree, const struct request *request,
				struct lookup *result);

/* Whether a name is a shell pattern or a directory (FEATURE_LIST_SYNTAX). */
bool selection_is_set(const char *name);

/*
 * Mark the modules that the list's exclusions select: module->excluded becomes the
 * request's origin. Returns 0, or -1 and reports it.
 */
int selection_exclude(struct modtree *tree, const struct request_list *wanted);

#endif
