/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INDEXCHECK_H
#define MODBOX_INDEXCHECK_H

#include "imageindex.h"
#include "index/indexmake.h"
#include "initchecks.h"

/* The indexes of one kernel: what its checks share. */
struct index_check {
	struct initcheck *check;
	struct init_kernel *kernel;
	struct index_data data; /* as depmod would have it */
	struct index_files files;
	bool made;
};

/* Record that an index, of this name, is stale, for this reason. */
struct init_finding *index_find(struct index_check *c, const char *index,
				const char *text);

/* Add an item to such a finding, which is made with the first. */
void index_add(struct index_check *c, struct init_finding **finding, const char *index,
	       const char *text, const char *item);

/*
 * Read an index of the image (imageindex.h); that it is damaged is a finding. Returns 0,
 * or -1 and reports it.
 */
int index_check_read(struct index_check *c, struct image_index *index,
		     enum index_form form);

/*
 * Check modules.dep.bin and modules.dep (checkrows.c); exists is whether there is a .bin
 * that can be read. Returns 0, or -1 and reports it.
 */
int index_check_rows(struct index_check *c, bool *exists);

#endif
