/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SIZES_H
#define MODBOX_SIZES_H

#include "report/report.h"

/*
 * Print a row for each request: the total size of its closure, and the part that no other
 * request needs, i.e. the saving if the request is dropped.  The largest saving comes
 * first.  Columns: modules, bytes of files, bytes of memory.
 */
void report_sizes(const struct report *report);

/*
 * Like report_sizes(), for files with other sizes in DEST: sizes holds the bytes of each
 * file, in the plan's order.  Reads each module's memory size from tree, which must be
 * the tree that the plan was resolved against.
 */
void sizes_show(const struct plan *plan, struct modtree *tree, const uint64_t *sizes);

#endif
