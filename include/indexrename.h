/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INDEXRENAME_H
#define MODBOX_INDEXRENAME_H

#include "image.h"
#include "indexwrite.h"

/*
 * What modules are called in DEST where SOURCE calls them otherwise: kernel/fs/ext4.ko
 * what is kernel/fs/ext4.ko.xz there.  Paths below the module directory.
 */
struct renames {
	struct rename {
		const char *from, *to; /* an image's */
	} * items;		       /* sorted by from */
	size_t n, capacity;
};

/* Collect those of one kernel, whose module directories these are, out of an image. */
void renames_collect(struct renames *renames, const struct image *image, size_t kernel,
		     const char *source_top, const char *dest_top);
void renames_free(struct renames *renames);

/* Have the rows of modules.dep call modules as DEST does; nothing else names paths. */
void index_rename(struct index_facts *facts, const struct renames *renames);

#endif
