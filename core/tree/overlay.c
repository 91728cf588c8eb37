// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Overlays: roots laid over SOURCE (rootset.h).
 *
 * Their modules are known by name as soon as the tree is open, and are read when their
 * .modinfo is needed. SOURCE's indexes hold for all other modules.
 */
#include <string.h>

#include "base/message.h"
#include "config.h"
#include "tree/modscan.h"
#include "tree/overlay.h"

int overlay_add(struct modtree *tree)
{
	struct module *module, *next;

	if (!tree->root->merged)
		return 0;
	if (modwalk_overlays(tree, modscan_take, NULL) < 0)
		return -1;
	HASH_ITER(hh, tree->modules, module, next) {
		const char *row;
		char *path;

		if (modindex_row(&tree->index, module->name, &row) < 0)
			return -1;
		module->laid = true;
		if (!row)
			continue;
		path = arena_strndup(&tree->arena, row, strcspn(row, ":"));
		if (depconf_compare_given(&tree->depconf, path, module->path) > 0)
			HASH_DEL(tree->modules, module);
	}
	tree->n_overlaid = HASH_COUNT(tree->modules);
	return 0;
}

/* Directories that make a root of use, besides those that were opened. */
static const char *const useful[] = {
	"usr/lib/firmware",   "etc/modprobe.d",
	"run/modprobe.d",     "usr/local/lib/modprobe.d",
	"usr/lib/modprobe.d", "etc/depmod.d",
	"run/depmod.d",	      "usr/local/lib/depmod.d",
	"usr/lib/depmod.d",
};

static bool is_useful(const struct rootset *set, size_t i)
{
	bool found = set->used[i];

	for (size_t k = 0; !found && k < sizeof(useful) / sizeof(*useful); k++) {
		CLEANUP_FREE char *other = rootset_alike(useful[k]);

		found = rootfs_is_directory(&set->roots[i], useful[k]) > 0 ||
			(other && rootfs_is_directory(&set->roots[i], other) > 0);
	}
	return found;
}

static int look_at(struct modtree *tree, const char *path, const struct walk_entry *entry,
		   void *context)
{
	(void)tree;
	(void)path;
	(void)entry;
	(void)context;
	return 0;
}

int overlay_check(struct modtree *tree, bool last)
{
	const struct rootfs *root = tree->root;
	bool all = true;
	int result = 0;

	if (!ENABLED(FEATURE_OVERLAY) || !root->merged)
		return 0;
	for (size_t i = 1; i < root->set->n; i++)
		all &= is_useful(root->set, i);
	/* Links to it may be on the way to modules that were not requested. */
	if (!all && modwalk(tree, "", look_at, NULL) < 0)
		return -1;
	for (size_t i = 1; last && i < root->set->n; i++) {
		if (is_useful(root->set, i))
			continue;
		error(STATUS_SOURCE,
		      "the overlay %s has nothing to add: no modules of this kernel, no "
		      "firmware and no modprobe.d; give the directory that holds its lib",
		      root->set->roots[i].path);
		result = -1;
	}
	return result;
}
