// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Trees without indexes: one walk finds the modules' names; one pass over all modules
 * reads their aliases.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "config.h"
#include "module/names.h"
#include "tree/modload.h"
#include "tree/modscan.h"

/*
 * Compare a new file with the module of its name, by depmod.d. In another root than the
 * module, only the lines that were given count; else the later root wins.
 */
static int compare_files(const struct modtree *tree, const char *path,
			 const struct module *module)
{
	int order;

	if (!ENABLED(FEATURE_OVERLAY) || module->root == tree->walking)
		return depconf_compare(&tree->depconf, path, module->path);
	order = depconf_compare_given(&tree->depconf, path, module->path);
	return order ? order : tree->walking > module->root ? 1 : -1;
}

/*
 * If two files have one name, depmod.d decides. Where it does not, depmod takes the one
 * that readdir returns last; we take the path that sorts first, to be reproducible.
 */
void modscan_add(struct modtree *tree, const char *path)
{
	const char *name = module_name(&tree->arena, path);
	struct module *module;
	int order;

	module = modtree_met(tree->modules, name);
	if (!module) {
		module = modtree_meet(tree, &tree->modules, name);
		module->path = arena_strdup(&tree->arena, path);
		if (ENABLED(FEATURE_OVERLAY))
			module->root = tree->walking;
		return;
	}
	order = compare_files(tree, path, module);
	if (order < 0 || (order == 0 && strcmp(path, module->path) == 0))
		return;
	if (order > 0) {
		module->path = arena_strdup(&tree->arena, path);
		if (ENABLED(FEATURE_OVERLAY))
			module->root = tree->walking;
		module->rival = NULL;
	} else if (strcmp(path, module->path) < 0) {
		module->rival = module->path;
		module->path = arena_strdup(&tree->arena, path);
	} else {
		module->rival = arena_strdup(&tree->arena, path);
	}
}

int modscan_take(struct modtree *tree, const char *path, const struct walk_entry *entry,
		 void *context)
{
	(void)entry, (void)context;
	modscan_add(tree, path);
	return 0;
}

/*
 * Set the modules' ranks from modules.order; if there is none, they keep SIZE_MAX.
 * Returns 0, or -1 and reports it.
 */
static int rank_modules(struct modtree *tree)
{
	CLEANUP_FREE char *path = xasprintf("%s/modules.order", tree->dir);
	CLEANUP_FREE char *text = NULL;
	struct arena names = { 0 };
	size_t size, rank = 0;
	char *line, *rest;

	text = rootfs_read(rootfs_base(tree->root), path, &size);
	if (!text && errno != ENOENT)
		return rootfs_cannot_read(rootfs_base(tree->root), path);
	for (line = text ? strtok_r(text, "\r\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\r\n", &rest)) {
		struct module *module;
		char *name = module_name(&names, line);

		module = modtree_met(tree->modules, name);
		if (module && module->rank == SIZE_MAX)
			module->rank = rank;
		rank++;
	}
	arena_free(&names);
	return 0;
}

int modscan_names(struct modtree *tree)
{
	return ENABLED(FEATURE_EXTERNAL) ? modwalk_all(tree, modscan_take, NULL) :
					   modwalk(tree, "", modscan_take, NULL);
}

int modscan_alone(struct modtree *tree)
{
	modindex_close(&tree->index);
	HASH_CLEAR(hh, tree->modules);
	tree->indexed = false;
	tree->all_met = true;
	if (modscan_names(tree) < 0)
		return -1;
	modtree_sort(tree);
	return 0;
}

static int by_rank(const void *a, const void *b)
{
	const struct module *x = *(struct module *const *)a,
			    *y = *(struct module *const *)b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return strcmp(x->path, y->path);
}

int modscan_ranked(struct modtree *tree, struct module ***all, size_t *n)
{
	struct module *module, *next;

	if (rank_modules(tree) < 0)
		return -1;
	*all = xcalloc(HASH_COUNT(tree->modules), sizeof(struct module *));
	*n = 0;
	HASH_ITER(hh, tree->modules, module, next)
		(*all)[(*n)++] = module;
	if (*n)
		qsort(*all, *n, sizeof(struct module *), by_rank);
	return 0;
}

static void add_aliases(struct aliases *aliases, struct module *module)
{
	size_t i;

	for (i = 0; i < module->info.n; i++)
		if (strcmp(module->info.fields[i].key, "alias") == 0)
			aliases_add(aliases, module->info.fields[i].value, module);
}

/* Keep the modules that the indexes do not cover. Returns their number. */
static size_t keep_uncovered(const struct modtree *tree, struct module **all, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (modtree_is_uncovered(tree, all[i]))
			all[kept++] = all[i];
	return kept;
}

/*
 * Returns 0, or -1, reported: an unreadable module may have the alias that is looked up.
 */
static int read_aliases(struct modtree *tree)
{
	CLEANUP_FREE struct module **all = NULL;
	int result = 0;
	size_t n, i;

	if (modscan_ranked(tree, &all, &n) < 0)
		return -1;
	if (tree->indexed)
		n = keep_uncovered(tree, all, n);
	modload(tree, all, n, LOAD_INFO, "reading modules:");
	for (i = 0; i < n; i++) {
		const char *err = all[i]->err;

		if (!err) {
			add_aliases(&tree->aliases, all[i]);
		} else if (is_read_failure(err)) {
			result = modtree_blame(tree, all[i], err);
		} else {
			CLEANUP_FREE char *path = modtree_show(tree, all[i]->path);

			warning("%s: %s; its aliases are unknown", path, err);
		}
	}
	tree->aliases_read = result == 0;
	return result;
}

int modscan_aliases(struct modtree *tree, const char *name, size_t *n)
{
	*n = 0;
	if (!ENABLED(FEATURE_ALIAS_SCAN))
		return 0;
	if (!tree->aliases_read && read_aliases(tree) < 0)
		return -1;
	*n = aliases_find(&tree->aliases, name);
	return 0;
}
