/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INDEXWRITE_H
#define MODBOX_INDEXWRITE_H

#include <stdbool.h>

#include "base/message.h"
#include "base/strbuf.h"
#include "base/util.h"
#include "fs/copy.h"

/* Values of modules, in the order in which they are written. */
struct index_list {
	struct index_item {
		uint32_t module; /* its number */
		const char *value;
	} * items;
	size_t n, capacity;
};

/*
 * All that depmod's indexes are made of, wherever it comes from: the modules themselves
 * (indexmake.h), or other indexes (indexfilter.h).  Owns
 * what is in its arena, and the lists; strings may be those of a tree that it is made of.
 */
struct index_data {
	struct arena arena;
	struct index_module {
		const char *name; /* with underscores */
		const char *row;  /* of modules.dep: "PATH: DEPENDENCY..." */
	} * modules;		  /* in depmod's order, which numbers them */
	size_t n, capacity;
	struct index_list aliases; /* as modules have them */
	struct index_list symbols; /* in the order of depmod's table */
	struct index_list softdeps, weakdeps;
	struct index_list devnames;	 /* "vhci c10:137" */
	char *builtin, *builtin_modinfo; /* those files; NULL: there is none */
	size_t builtin_size, builtin_modinfo_size;
};

void index_list_add(struct index_list *list, uint32_t module, const char *value);
void index_data_free(struct index_data *facts);

/* Which indexes, and what is said of them. */
struct index_policy {
	bool no_weakdep;      /* no modules.weakdep: kmod 30 */
	bool text_only;	      /* no .bin */
	bool warn_duplicates; /* depmod's -w */
	enum status unfound;  /* latched for a module that modprobe will not find */
};

/* The indexes that kmod's depmod makes, in its order. */
struct index_making;
struct index {
	const char *name;
	void (*write)(struct index_making *m); /* NULL: only depmod(8) makes them */
	bool is_trie;
	bool always; /* every depmod makes it; others came with kmod 27 and 33 */
};
enum { INDEXES = 11 };
extern const struct index indexes[INDEXES];

/* Indexes in memory, in the order in which depmod writes them.  Owns all. */
struct index_files {
	struct strbuf contents[INDEXES];
	struct copy_part parts[INDEXES];
	size_t n;
};

/*
 * Make the indexes.  facts is borrowed while this runs.  Aliases whose brackets do not
 * pair, and names that an index cannot hold, are left out with a warning.
 * Returns 0, or -1, reported: one is too large for its format.
 */
int index_write(struct index_files *files, const struct index_data *facts,
		const struct index_policy *policy);
void index_files_free(struct index_files *files);

#endif
