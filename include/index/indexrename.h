/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INDEXRENAME_H
#define MODBOX_INDEXRENAME_H

#include "index/indexwrite.h"

/*
 * Modules whose path differs between SOURCE and DEST: kernel/fs/ext4.ko.xz may become
 * kernel/fs/ext4.ko.  Paths are below the module directory.
 */
struct renames {
	struct rename {
		const char *from, *to; /* borrowed */
	} * items;		       /* sorted by from */
	size_t n, capacity;
};

/* Add one; both paths are borrowed.  Call renames_sort() after the last. */
void renames_add(struct renames *renames, const char *from, const char *to);
void renames_sort(struct renames *renames);
void renames_free(struct renames *renames);

/* Rewrite the rows of modules.dep to DEST's paths.  No other index holds paths. */
void index_rename(struct index_data *facts, const struct renames *renames);

#endif
