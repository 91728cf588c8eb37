/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODTREE_H
#define MODBOX_MODTREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/strlist.h"
#include "conf/depconf.h"
#include "conf/modconf.h"
#include "module/elfsymbols.h"
#include "module/modfile.h"
#include "tree/aliases.h"
#include "tree/builtin.h"
#include "tree/modindex.h"

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
	const char *err; /* what is wrong with its file, or NULL */
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
	bool skipped; /* indexed: a row was, as not of a module here */
	struct modindex index;
	const char *stale;     /* indexed: why the indexes turned out not to be trusted */
	struct loader *loader; /* modload.h */
	struct aliases aliases; /* of its modules, */
	bool aliases_read;	/* once modscan_aliases() read them */
};

/*
 * Where a module's path leads, below the root: from the module directory, or from the
 * root itself where the path is absolute, which only external modules (depconf.h) have.
 * The caller frees it.
 */
char *modtree_path(const struct modtree *tree, const char *path);

/*
 * The module of a name (with underscores).  *found is NULL where there is none.
 * Returns 0, or -1, reported: the index is corrupt.
 */
int modtree_find(struct modtree *tree, const char *name, struct module **found);

/* Put the modules in the order in which all are visited, the same on every host. */
void modtree_sort(struct modtree *tree);

/* Meet all modules: tree->modules then holds every one.  Returns 0, or -1, reported. */
int modtree_all(struct modtree *tree);

/*
 * The known names nearest to one that was not found, max of those that are equally near
 * at most, in the tree's arena.  Returns how many they are.
 */
size_t modtree_suggest(struct modtree *tree, const char *name, const char **near,
		       size_t max);

#endif
