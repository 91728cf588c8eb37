/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODTREE_H
#define MODBOX_MODTREE_H

#include <stdbool.h>
#include <stdint.h>

#include "aliases.h"
#include "answer.h"
#include "builtin.h"
#include "depconf.h"
#include "elfsymbols.h"
#include "modconf.h"
#include "modfile.h"
#include "modindex.h"
#include "options.h"
#include "table.h"

/* A module of a tree.  The tree owns it. */
struct module {
	const char *name;  /* with underscores */
	const char *path;  /* below the module directory */
	const char *row;   /* indexed: its dependencies in modules.dep, paths */
	const char *rival; /* a file of the same name that depmod may take as well */
	size_t rank; /* its place in modules.order, once aliases were read; SIZE_MAX: none
		      */

	/* After modload(). */
	bool loaded, info_loaded;
	const char *why; /* what is wrong with its file, or NULL */
	uint64_t size;	 /* bytes */
	time_t mtime;
	struct modinfo info;
	struct modsymbols *symbols; /* NULL: they were not asked for */

	/* A closure's, while it is resolved. */
	size_t node;	      /* 1 + its index there, or 0 */
	const char *excluded; /* the origin of the request that excludes it, or NULL */
	UT_hash_handle hh;
};

/* One kernel's module directory inside a root. */
struct modtree {
	struct arena arena;
	const struct rootfs *root; /* borrowed */
	const char *module_dir;	   /* usr/lib/modules: no '/' at either end */
	const char *version;
	const char *dir;	  /* module_dir/version */
	const char *fallback;	  /* why module_dir is not the usual one, or NULL */
	uint64_t max_module_size; /* bytes when decompressed; 0: DECODED_MAX (decode.h) */
	struct modconf conf;
	struct depconf depconf;
	struct builtins builtins;
	struct module *modules; /* by name: those met so far */
	bool all_met;		/* those are all, sorted by path */
	bool indexed;
	bool passed_over; /* indexed: a row was, as not of a module here */
	struct modindex index;
	const char *stale;     /* indexed: why the indexes turned out not to be trusted */
	struct loader *loader; /* modload.h */
	struct aliases aliases; /* of its modules, */
	bool aliases_read;	/* once modscan_aliases() read them */
};

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
 * List the names in the directory path of root, sorted, but for those that begin with a
 * dot.  They are allocated in arena, the list is the caller's.
 * Returns 0, or -1 with errno, not reported: names has what could be read.
 */
int modtree_list(struct string_list *names, struct arena *arena,
		 const struct rootfs *root, const char *path);

/*
 * Where a module's path leads, below the root: from the module directory, or from the
 * root itself where the path is absolute, which only external modules (depconf.h) have.
 * The caller frees it.
 */
char *modtree_path(const struct modtree *tree, const char *path);

/*
 * Find the kernels of root: the directories in module_dir (NULL: its usual places) that
 * hold a modules.builtin, sorted.  They are allocated in arena, the list is the caller's.
 * Returns 0, or -1, reported: there is none (status 3).
 */
int modtree_versions(struct string_list *versions, struct arena *arena,
		     const struct rootfs *root, const char *module_dir);

/* Give the indexes up: from now on the modules themselves are read. */
int modtree_unindex(struct modtree *tree);

/*
 * The module of a name (with underscores).  *found is NULL where there is none.
 * Returns 0, or -1, reported: the index is corrupt.
 */
int modtree_find(struct modtree *tree, const char *name, struct module **found);

/* What a name came to.  Free modules with lookup_free(). */
struct lookup {
	enum answer answer;
	struct module **modules;
	size_t n, capacity;
	const char *builtin;
	const char *blacklisted; /* by selection_drop_blacklisted(): what it came to, of
				    which nothing is left; or NULL */
};

/*
 * Look a normalised name or alias up, as kmod_module_new_from_lookup() does: aliases
 * of modprobe.d, module name, symbol, commands of modprobe.d, alias, built-in name,
 * built-in alias; the first of these that matches answers, with all its matches.  An
 * alias of modprobe.d matches even where it leads to nothing: the answer is none.
 * Without indexes aliases need all modules to be read once; quietly left out where
 * FEATURE_ALIAS_SCAN is not built in.
 *
 * Returns 0, or -1, reported.
 */
int modtree_lookup(struct modtree *tree, const char *name, struct lookup *result);
void lookup_free(struct lookup *result);

/* Add a module to an answer, unless it is there; append where it cannot be. */
void lookup_add(struct lookup *result, struct module *module);
void lookup_append(struct lookup *result, struct module *module);

/* Meet all modules: tree->modules then holds every one.  Returns 0, or -1, reported. */
int modtree_all(struct modtree *tree);

/*
 * The known names nearest to one that was not found, max of those that are equally near
 * at most, in the tree's arena.  Returns how many they are.
 */
size_t modtree_suggest(struct modtree *tree, const char *name, const char **near,
		       size_t max);

#endif
