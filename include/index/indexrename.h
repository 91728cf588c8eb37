/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INDEXRENAME_H
#define MODBOX_INDEXRENAME_H

#include "index/indexwrite.h"

/*
 * What modules are called in DEST where SOURCE calls them otherwise: kernel/fs/ext4.ko
 * what is kernel/fs/ext4.ko.xz there.  Paths below the module directory.
 */
struct renames {
	struct rename {
		const char *from, *to; /* borrowed */
	} * items;		       /* sorted by from */
	size_t n, capacity;
};

/* Add one, both borrowed; sort them once all are there. */
void renames_add(struct renames *renames, const char *from, const char *to);
void renames_sort(struct renames *renames);
void renames_free(struct renames *renames);

/* Have the rows of modules.dep call modules as DEST does; nothing else names paths. */
void index_rename(struct index_data *facts, const struct renames *renames);

#endif
