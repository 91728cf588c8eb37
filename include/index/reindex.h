/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_REINDEX_H
#define MODBOX_REINDEX_H

#include "base/strlist.h"
#include "tree/modtree.h"

/*
 * Open a kernel's module directory, top below root, as depmod sees it: without indexes,
 * with root's depmod.d, and no module met yet. root and version are borrowed.
 * max_module_size: bytes when decompressed; 0: the default. Close it with
 * modtree_close(), also after a failure. Returns 0, or -1 and reports it.
 */
int reindex_open(struct modtree *tree, const struct rootfs *root, const char *top,
		 const char *version, uint64_t max_module_size);

/*
 * Make the indexes of its modules again, as depmod does: all are replaced, or none.
 * without: paths of files that are to go, or NULL. *published is set when the indexes
 * are in place, even if the record then fails.
 * record: also write a record of the modules (record.h); one that is there is used, and
 * renewed. verbose: say so on standard output. Returns 0, or -1 and reports it.
 */
int reindex(struct modtree *tree, const struct string_list *without, bool *published,
	    bool record, bool verbose);

#endif
