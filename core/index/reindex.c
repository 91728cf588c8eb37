// SPDX-License-Identifier: GPL-2.0-or-later
/* Indexing a module directory whose modules have changed, as depmod does. */
#include <string.h>

#include "base/message.h"
#include "index/indextree.h"
#include "index/reindex.h"
#include "tree/modopen.h"

int reindex_open(struct modtree *tree, const struct rootfs *root, const char *top,
		 const char *version, uint64_t max_module_size)
{
	*tree = (struct modtree){
		.root = root,
		.version = version,
		.all_met = true,
		.max_module_size = max_module_size,
	};
	tree->dir = arena_strdup(&tree->arena, top);
	tree->module_dir =
		arena_strndup(&tree->arena, top, (size_t)(strrchr(top, '/') - top));
	return depconf_read(&tree->depconf, root, version);
}

int reindex(struct modtree *tree, const struct string_list *without, bool *published,
	    bool record, bool verbose)
{
	CLEANUP_FREE char *label = rootfs_show(tree->root, tree->dir);
	const struct index_tree_job job = {
		.tree = tree,
		.graph = { .label = label, .cycle = STATUS_MISSING },
		.write = { .unfound = STATUS_MISSING },
		.without = without,
		.published = published,
		.record = record,
		.verbose = verbose,
	};

	return index_tree(&job);
}
