/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INDEXWRITE_H
#define MODBOX_INDEXWRITE_H

#include <stdbool.h>

#include "base/message.h"
#include "base/strbuf.h"
#include "base/util.h"
#include "fs/fileset.h"

/* Values of modules, in output order. */
struct index_list {
	struct index_item {
		uint32_t module; /* module number */
		const char *value;
	} * items;
	size_t n, capacity;
};

/*
 * The contents of depmod's indexes, collected from modules (indexmake.h) or from other
 * indexes (indexfilter.h).  Owns its arena and lists; strings may belong to the tree
 * that they came from.
 */
struct index_data {
	struct arena arena;
	struct index_module {
		const char *name; /* with underscores */
		const char *row;  /* of modules.dep: "PATH: DEPENDENCY..." */
	} * modules;		  /* in depmod's order; the index is the module number */
	size_t n, capacity;
	struct index_list aliases; /* as in the modules */
	struct index_list symbols; /* in the order of depmod's hash table */
	struct index_list softdeps, weakdeps;
	struct index_list devnames;	 /* "vhci c10:137" */
	char *builtin, *builtin_modinfo; /* contents of those files, or NULL */
	size_t builtin_size, builtin_modinfo_size;
};

void index_list_add(struct index_list *list, uint32_t module, const char *value);
void index_data_free(struct index_data *facts);

/* Which indexes to write, and how to treat problems. */
struct index_policy {
	bool no_weakdep;      /* omit modules.weakdep, as kmod 30 does */
	bool root_last;	      /* .bin files in kmod 30's order of nodes, not kmod 34's */
	bool text_only;	      /* omit the .bin files */
	bool warn_duplicates; /* depmod's -w */
	enum status unfound; /* exit status to latch if modprobe could not find a module */
};

/* Bytes: an offset in a .bin index has 28 bits. */
enum { INDEX_MAX = 0x0fffffff };

/* Report that an index has more than INDEX_MAX bytes (status 4). Returns -1. */
int index_too_large(const char *name);

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

/* Whether index_write() makes an index. */
bool index_is_written(const struct index *index, const struct index_policy *policy);

/* Indexes in memory, in the order that depmod writes them.  Owns everything. */
struct index_files {
	struct strbuf contents[INDEXES];
	struct copy_part parts[INDEXES];
	size_t n;
};

/*
 * Make the indexes in memory; facts is borrowed for the call.  Aliases with unbalanced
 * brackets and names that an index cannot hold are left out with a warning.  Returns 0,
 * or -1 (reported) if an index exceeds its format's limit.
 */
int index_write(struct index_files *files, const struct index_data *facts,
		const struct index_policy *policy);
void index_files_free(struct index_files *files);

#endif
