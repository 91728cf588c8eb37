/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODOPEN_H
#define MODBOX_MODOPEN_H

#include "tree/modtree.h"

/* The usual directories of kernels; the first that has a version is used. */
enum { N_MODULE_DIRS = 2 };
extern const char *const module_dirs[N_MODULE_DIRS];

struct modtree_options {
	const char *module_dir;		/* NULL: usr/lib/modules, then lib/modules */
	const char *as_version;		/* for the version ".": its real name, or NULL */
	const char *const *config_dirs; /* NULL and 0: SOURCE's usual ones */
	size_t n_config_dirs;
	bool no_config;		  /* ignore modprobe.d */
	bool needs_builtin;	  /* modules.builtin and its .modinfo must exist */
	uint64_t max_module_size; /* bytes when decompressed; 0: the default */
};

/*
 * Free what was read from the modules of a tree: nothing may borrow it any more. It is
 * read again when it is needed.
 */
void modtree_forget(struct modtree *tree);

/*
 * Open the module tree of a kernel version. "." means that the directory of kernels
 * itself holds the modules of one kernel (Android, embedded systems). root is borrowed.
 * Close the tree with modtree_close(), also after a failure. Returns 0, or -1 and reports
 * it: no such tree (status 3), or unreadable or corrupt (4).
 */
int modtree_open(struct modtree *tree, const struct rootfs *root, const char *version,
		 const struct modtree_options *options);
void modtree_close(struct modtree *tree);

/*
 * Find root's kernels: the directories in module_dir (NULL: both usual places) that have
 * a modules.builtin, modules.order or kernel/; if none has, those with a module or a
 * modules.dep in them. They are sorted. The names are allocated in arena; the caller owns
 * the list. Returns 0, or -1 and reports it: no kernel found (status 3).
 */
int modtree_versions(struct string_list *versions, struct arena *arena,
		     const struct rootfs *root, const char *module_dir);

/*
 * Return the only kernel that modtree_versions() finds, allocated in arena.
 * Returns NULL and reports it: there is none, or there are several (status 3).
 */
const char *modtree_only_version(struct arena *arena, const struct rootfs *root,
				 const char *module_dir);

#endif
