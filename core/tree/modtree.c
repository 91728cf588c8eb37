// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One kernel's modules, by name. With depmod's indexes, a module is added when its name
 * is first looked up; without, all are added when the tree is opened (modopen.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/path.h"
#include "config.h"
#include "module/names.h"
#include "tree/modrow.h"
#include "tree/modtree.h"

char *modtree_path(const struct modtree *tree, const char *path)
{
	return module_join(tree->dir, path);
}

struct module *modtree_met(struct module *table, const char *name)
{
	struct module *module;

	HASH_FIND_STR(table, name, module);
	return module;
}

struct module *modtree_of_path(const struct modtree *tree, const char *path, size_t len)
{
	struct arena names = { 0 };
	const char *name = module_name(&names, arena_strndup(&names, path, len));
	struct module *module = modtree_met(tree->modules, name);

	arena_free(&names);
	return module;
}

struct module *modtree_meet(struct modtree *tree, struct module **table, const char *name)
{
	struct module *module = arena_alloc(&tree->arena, sizeof(*module));

	*module = (struct module){ .name = name, .rank = SIZE_MAX };
	HASH_ADD_KEYPTR(hh, *table, module->name, strlen(module->name), module);
	return module;
}

char *modtree_host_path(const struct modtree *tree, const char *path)
{
	CLEANUP_FREE char *full = modtree_path(tree, path);

	return rootfs_host_path(tree->root, full);
}

char *modtree_show(const struct modtree *tree, const char *path)
{
	CLEANUP_FREE char *full = modtree_path(tree, path);

	return rootfs_show(tree->root, full);
}

int modtree_blame(const struct modtree *tree, const struct module *module,
		  const char *fault)
{
	CLEANUP_FREE char *path = NULL;

	if (!(ENABLED(FEATURE_OVERLAY) || ENABLED(FEATURE_EXTERNAL))) {
		error(STATUS_IO, "%s/%s/%s: %s", tree->root->path, tree->dir,
		      module->path, fault);
		return -1;
	}
	path = modtree_show(tree, module->path);
	error(STATUS_IO, "%s: %s", path, fault);
	return -1;
}

static void skip(struct modtree *tree, const char *path)
{
	if (!tree->skipped)
		warning("%s/%s/modules.dep.bin: '%s' is not a module path below the "
			"module directory; skipping such rows",
			tree->root->path, tree->dir, path);
	tree->skipped = true;
}

/*
 * Whether the dependencies in a row are still true: an overlay's module, in the place of
 * one of SOURCE's, can have others.
 */
static bool row_holds(const struct modtree *tree, const char *row)
{
	const char *path;
	size_t len;

	if (!ENABLED(FEATURE_OVERLAY) || !tree->n_overlaid)
		return true;
	while ((len = row_next(&row, &path))) {
		const struct module *module = modtree_of_path(tree, path, len);

		if (module && module->root)
			return false;
	}
	return true;
}

/* Add the module of a modules.dep row. *met is NULL if the row is skipped. */
static void meet_row(struct modtree *tree, const char *row, struct module **met)
{
	size_t len = strcspn(row, ":");
	char *path = arena_strndup(&tree->arena, row, len);
	char *name;

	*met = NULL;
	if (!row[len] || !is_path_below(path + is_external(path)) ||
	    is_unlistable(path) || !module_stem(path_base(path))) {
		skip(tree, path);
		return;
	}
	name = module_name(&tree->arena, path);
	*met = modtree_met(tree->modules, name);
	if (*met)
		return;
	*met = modtree_meet(tree, &tree->modules, name);
	(*met)->path = path;
	if (row_holds(tree, row + len + 1))
		(*met)->row = row + len + 1;
	else
		(*met)->laid = true;
}

bool modtree_is_later(const struct modtree *tree, const struct module *module)
{
	const struct modindex *index = &tree->index;

	return tree->indexed && !(ENABLED(FEATURE_OVERLAY) && module->root) &&
	       (module->mtime > index->stamp ||
		(ENABLED(FEATURE_STALE_INDEXES) && !tree->moved &&
		 is_earlier(&index->changed, &module->changed)));
}

bool modtree_is_uncovered(const struct modtree *tree, const struct module *module)
{
	return tree->indexed && (!module->row || modtree_is_later(tree, module));
}

bool modtree_knows_suffix(struct modtree *tree, const char *suffix)
{
	if (strcmp(tree->suffix, suffix) == 0)
		return tree->suffix_known;
	snprintf(tree->suffix, sizeof(tree->suffix), "%s", suffix);
	tree->suffix_known = modindex_knows_suffix(&tree->index, suffix);
	return tree->suffix_known;
}

/* The same order on every host. */
static int by_path(const struct module *a, const struct module *b)
{
	return strcmp(a->path, b->path);
}

void modtree_sort(struct modtree *tree)
{
	/* Without these, nothing depends on the order. */
	if (ENABLED(FEATURE_LIST_SYNTAX) || ENABLED(MODCLOSURE) ||
	    ENABLED(MODLIST_LINT) || ENABLED(DEPMOD) || ENABLED(FEATURE_INDEX_WRITER))
		HASH_SORT(tree->modules, by_path);
}

int modtree_find(struct modtree *tree, const char *name, struct module **found)
{
	const char *row;

	*found = modtree_met(tree->modules, name);
	if (*found || !tree->indexed || tree->all_met)
		return 0;
	if (modindex_row(&tree->index, name, &row) < 0)
		return -1;
	if (row)
		meet_row(tree, row, found);
	return 0;
}

struct module *modtree_fileless(struct modtree *tree, const char *name, bool builtin)
{
	struct module *module = modtree_met(tree->fileless, name);

	if (!module)
		module = modtree_meet(tree, &tree->fileless,
				      arena_strdup(&tree->arena, name));
	module->builtin |= builtin;
	return module;
}

int modtree_all(struct modtree *tree)
{
	struct trie_values rows = { 0 };
	struct module *module;
	int result;

	if (tree->all_met)
		return 0;
	result = modindex_rows(&tree->index, &rows);
	for (size_t i = 0; result == 0 && i < rows.n; i++)
		meet_row(tree, rows.items[i].text, &module);
	trie_values_free(&rows);
	tree->all_met = result == 0;
	modtree_sort(tree);
	return result;
}

/* The nearest names found so far. */
struct nearest {
	const char *name, **items;
	size_t n, max;
	unsigned distance; /* of each of them to name */
};

static void consider(struct nearest *nearest, const char *candidate)
{
	unsigned d = name_distance(nearest->name, candidate, nearest->distance);

	if (d > nearest->distance || !d)
		return;
	if (d < nearest->distance)
		nearest->n = 0;
	nearest->distance = d;
	for (size_t i = 0; i < nearest->n; i++)
		if (strcmp(nearest->items[i], candidate) == 0)
			return;
	if (nearest->n < nearest->max)
		nearest->items[nearest->n++] = candidate;
}

size_t modtree_suggest(struct modtree *tree, const char *name, const char **near,
		       size_t max)
{
	CLEANUP_FREE char *path = xasprintf("%s/modules.order", tree->dir);
	CLEANUP_FREE char *text = NULL;
	struct nearest nearest = {
		.name = name,
		.items = near,
		.max = max,
		.distance = strlen(name) < 5 ? 1 : 2, /* allow one typing error, or two */
	};
	struct module *module, *next;
	char *line, *rest;
	size_t size, i;

	HASH_ITER(hh, tree->modules, module, next)
		consider(&nearest, module->name);
	for (i = 0; i < tree->builtins.n_names; i++)
		consider(&nearest, tree->builtins.names[i]);
	text = tree->indexed ? rootfs_read(rootfs_base(tree->root), path, &size) : NULL;
	for (line = text ? strtok_r(text, "\r\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\r\n", &rest))
		consider(&nearest, module_name(&tree->arena, line));
	return nearest.n;
}
