/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODOPEN_H
#define MODBOX_MODOPEN_H

#include "tree/modtree.h"

struct modtree_options {
	const char *module_dir;		/* NULL: usr/lib/modules, else lib/modules */
	const char *const *config_dirs; /* NULL and 0: SOURCE's own */
	size_t n_config_dirs;
	bool no_config;		  /* no modprobe.d at all */
	uint64_t max_module_size; /* bytes when decompressed; 0: the usual */
};

/*
 * Open the tree of version.  root is borrowed.
 * Returns 0, or -1, reported: no such tree (status 3), unreadable or corrupt (4).
 */
int modtree_open(struct modtree *tree, const struct rootfs *root, const char *version,
		 const struct modtree_options *options);
void modtree_close(struct modtree *tree);

/*
 * Find the kernels of root: the directories in module_dir (NULL: its usual places, both)
 * that hold a modules.builtin, sorted.  They are allocated in arena, the list is the
 * caller's.  Returns 0, or -1, reported: there is none (status 3).
 */
int modtree_versions(struct string_list *versions, struct arena *arena,
		     const struct rootfs *root, const char *module_dir);

/*
 * The only one of these kernels, allocated in arena.
 * Returns NULL, reported, if there is none, or several (status 3).
 */
const char *modtree_only_version(struct arena *arena, const struct rootfs *root,
				 const char *module_dir);

/* Give the indexes up: from now on the modules themselves are read. */
int modtree_unindex(struct modtree *tree);

#endif
