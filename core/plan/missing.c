// SPDX-License-Identifier: GPL-2.0-or-later
/* Reporting missing and excluded modules, with suggestions. */
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/path.h"
#include "base/util.h"
#include "config.h"
#include "module/names.h"
#include "plan/advice.h"
#include "plan/missing.h"
#include "plan/selection.h"
#include "tree/modwalk.h"

enum { MAX_HINTS = 20 }; /* "did you mean"; each compares all names */

void missing_add(struct missing_list *list, const struct missing *missing)
{
	list->items = grow(list->items, list->n, &list->capacity, sizeof(*list->items));
	list->items[list->n++] = *missing;
}

static char *hint(struct modtree *tree, const struct missing *missing, size_t *n_hints)
{
	struct arena arena = { 0 };
	const char *base = selection_is_set(missing->name) ? missing->name :
							     path_base(missing->name);
	char *name = normalize_request(&arena, base), *advice = NULL;
	CLEANUP_FREE char *lost = NULL;
	const char *near;
	size_t n = 0;

	if (ENABLED(FEATURE_HINTS) && missing->requested) {
		const char *text = request_advice(&arena, tree, missing->name,
						  strchr(missing->by, ':') != NULL);

		advice = text ? xasprintf(": %s", text) : NULL;
	}
	/* Hundreds of missing names mean a wrong kernel: suggestions would not help. */
	if (ENABLED(FEATURE_HINTS) && name && !advice && (*n_hints)++ < MAX_HINTS) {
		lost = modwalk_lost_link(tree, name);
		n = modtree_suggest(tree, name, &near, 1);
	}
	arena_free(&arena);
	if (advice)
		return advice;
	if (lost)
		return xasprintf(": %s", lost);
	if (n)
		return xasprintf(" (did you mean %s?)", near);
	if (!tree->indexed && !ENABLED(FEATURE_ALIAS_SCAN))
		return xstrdup(" (aliases need depmod's indexes, or a modbox with "
			       "FEATURE_ALIAS_SCAN)");
	return xstrdup("");
}

static char *describe(struct modtree *tree, const struct missing *missing,
		      size_t *n_hints)
{
	CLEANUP_FREE char *near = NULL;

	if (missing->excluded)
		return xasprintf("%s needs %s, which %s excludes", missing->by,
				 missing->name, missing->excluded);
	near = hint(tree, missing, n_hints);
	if (missing->requested)
		return xasprintf("%s: no module %s in %s/%s%s", missing->by,
				 missing->name, tree->root->path, tree->dir, near);
	if (ENABLED(FEATURE_OVERLAY) && !*near) {
		free(near);
		near = xstrdup(" (if another root has it, give that with --overlay)");
	}
	return xasprintf("%s needs %s, which %s/%s does not have%s", missing->by,
			 missing->name, tree->root->path, tree->dir, near);
}

int missing_report(const struct missing_list *list, struct modtree *tree, bool keep_going)
{
	size_t i, n_hints = 0;

	for (i = 0; i < list->n; i++) {
		CLEANUP_FREE char *text = describe(tree, &list->items[i], &n_hints);

		if (keep_going) {
			warning("%s", text);
			message_latch(STATUS_MISSING);
		} else {
			error(STATUS_MISSING, "%s", text);
		}
	}
	return list->n && !keep_going ? -1 : 0;
}

void missing_free(struct missing_list *list)
{
	free(list->items);
	*list = (struct missing_list){ 0 };
}
