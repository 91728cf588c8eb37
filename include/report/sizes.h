/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SIZES_H
#define MODBOX_SIZES_H

#include "report/report.h"

/*
 * Print a row for each request: what it and all that it needs come to, and how much of
 * that no other request needs, which is what leaving it out would save.  The greatest
 * saving stands first.  Columns: modules, bytes of files, bytes of memory.
 */
void report_sizes(const struct report *report);

/*
 * The same where modules have other sizes in DEST: sizes holds the bytes of each file, in
 * the plan's order.  Reads the modules' .modinfo from tree, which the plan was made of.
 */
void sizes_show(const struct plan *plan, struct modtree *tree, const uint64_t *sizes);

#endif
