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
#include "tree/symtable.h"

struct record_module; /* record.h */
struct record_stamp;

/*
 * A module. The tree owns it. Like libkmod's, it need not have a file: it can be built
 * in, or a name that only modprobe.d knows, by an install command or softdeps.
 */
struct module {
	const char *name;  /* with underscores */
	const char *path;  /* below the module directory; NULL: no file */
	bool builtin;	   /* no file, because it is built in */
	size_t root;	   /* number of its root: 0 for SOURCE, else an overlay's */
	bool laid;	   /* an overlay's, or its row has one that an overlay replaces */
	const char *row;   /* its dependencies in modules.dep (modrow.h); NULL: no row */
	const char *rival; /* another file of this name that depmod may choose instead */
	size_t rank;	   /* position in modules.order, set when aliases are read; else
			      SIZE_MAX */

	bool seen;	  /* modtree_refresh() met its file */
	const char *lost; /* a file that its row named and that is gone, or NULL */
	bool unread;	  /* depmod could perhaps not read it: its row says nothing */

	/* Set by modload(). The times also by modtree_refresh(). */
	bool loaded, info_loaded;
	const char *err; /* what is wrong with the file, or NULL */
	uint64_t size;	 /* bytes */
	time_t mtime;
	struct timespec changed; /* status change time */
	struct modinfo info;
	struct modsymbols *symbols;	      /* NULL unless LOAD_SYMBOLS */
	struct module_facts *facts;	      /* NULL unless LOAD_FACTS */
	const struct record_module *recorded; /* info and symbols are from the record */
	const struct record_stamp *stamp; /* of the file that was read, to be recorded */

	/* Used by a closure while it is resolved. */
	size_t node;	      /* 1 + index of its node, or 0 */
	const char *excluded; /* origin of the request that excludes it, or NULL */
	UT_hash_handle hh;
};

/* One kernel's module directory inside a root. */
struct modtree {
	struct arena arena;
	const struct rootfs *root; /* borrowed; rootfs_base() has the modules.* files */
	/* A tree of copies, in DEST: SOURCE's, which messages name.  Others: NULL. */
	const struct modtree *source;
	const char *module_dir;	  /* usr/lib/modules: no '/' at either end */
	const char *version;	  /* "." if it is not known */
	const char *dir;	  /* module_dir/version, or module_dir (modopen.h) */
	const char *fallback;	  /* why module_dir is not the usual one, or NULL */
	uint64_t max_module_size; /* bytes when decompressed; 0: DECODED_MAX (decode.h) */
	struct modconf conf;
	struct depconf depconf;
	struct builtins builtins;
	struct module *modules;	 /* by name: those known so far */
	struct module *fileless; /* by name: those without a file that lookups met */
	size_t walking;		 /* number of the root that modwalk() is in */
	size_t n_overlaid;	 /* modules of overlays, known from the start */
	bool all_met;		 /* modules holds every module, sorted by path */
	bool indexed;
	char suffix[8]; /* modtree_knows_suffix()'s last question, and its answer */
	bool suffix_known;
	bool warns_lost; /* modwalk() warns of links that lead nowhere */
	bool skipped;	 /* a modules.dep row was skipped; warned of once */
	struct modindex index;
	bool kmod30; /* indexes as of kmod 30, not 34: the root node of tries is last */
	/* How current the indexes are: refresh.h. */
	const char *outdated; /* in which way they are proved stale, or NULL */
	const char *later;    /* a selected module that is later, or gone: a remark */
	bool outdated_warned;
	bool refreshed;		/* modtree_refresh() has compared them with all files */
	bool moved;		/* status change times do not count */
	bool gone;		/* modules in them have no files */
	bool uncovered;		/* modules are gone, or modtree_is_uncovered() */
	struct loader *loader;	/* modload.h */
	struct record *record;	/* what an earlier run read (record.h); or NULL */
	const char *record_err; /* why one was passed over, or NULL */
	bool record_sought;	/* modload() looks for none */
	bool recording;		/* modules get a stamp, for a new record */
	bool passing; /* records live no longer than a generator's run: no hashes */
	struct aliases aliases; /* the modules' aliases; modscan_aliases() reads them */
	bool aliases_read;
	struct symtable symbols;   /* exported by the modules; supply_find() reads them */
	struct module **suppliers; /* by number in symbols; NULL: not read */
};

/*
 * Convert a module's path to one below the root. A relative path is relative to the
 * module directory; only external modules (depconf.h) have absolute ones. The caller
 * frees the result.
 */
char *modtree_path(const struct modtree *tree, const char *path);

/* Return a module's absolute path on the host. The caller frees it. */
char *modtree_host_path(const struct modtree *tree, const char *path);

/* Return a module's path as messages show it, in its own root. The caller frees it. */
char *modtree_show(const struct modtree *tree, const char *path);

/* Report a module's file (status 4), with its fault. Returns -1. */
int modtree_blame(const struct modtree *tree, const struct module *module,
		  const char *fault);

/*
 * Find a module by name (with underscores). *found is NULL if there is none.
 * Returns 0, or -1 and reports it: the index is corrupt.
 */
int modtree_find(struct modtree *tree, const char *name, struct module **found);

/* Return the module of a name in a table, tree->modules or tree->fileless, or NULL. */
struct module *modtree_met(struct module *table, const char *name);

/* Return the module known by now with the name of a path of len bytes, or NULL. */
struct module *modtree_of_path(const struct modtree *tree, const char *path, size_t len);

/* Add a module to a table, with nothing but a name, which is borrowed. */
struct module *modtree_meet(struct modtree *tree, struct module **table,
			    const char *name);

/* Return the module of a name that has no file. */
struct module *modtree_fileless(struct modtree *tree, const char *name, bool builtin);

/*
 * Whether a module, loaded or seen by modtree_refresh(), is later than the indexes: by its
 * modification time (in whole seconds), or by its status change time, because a package
 * manager sets the former to the time of the build. False in a tree without indexes.
 */
bool modtree_is_later(const struct modtree *tree, const struct module *module);

/*
 * Whether the indexes do not cover a module: it has no row, or is later. False in a tree
 * without indexes.
 */
bool modtree_is_uncovered(const struct modtree *tree, const struct module *module);

/* modindex_knows_suffix(), with the last answer kept. */
bool modtree_knows_suffix(struct modtree *tree, const char *suffix);

/*
 * Sort the modules by path, so that loops over them run in the same order on every host.
 */
void modtree_sort(struct modtree *tree);

/* Make tree->modules hold every module. Returns 0, or -1 and reports it. */
int modtree_all(struct modtree *tree);

/*
 * Suggest known names for one that was not found: the nearest ones, at most max of them,
 * allocated in the tree's arena. Returns their number.
 */
size_t modtree_suggest(struct modtree *tree, const char *name, const char **near,
		       size_t max);

#endif
