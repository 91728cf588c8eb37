/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DEPCHECK_H
#define MODBOX_DEPCHECK_H

#include "index/indexwrite.h"
#include "tree/modtree.h"

/*
 * Warn about each name in a module's depends= field that nothing in the tree supplies: no
 * module of that name or with that name in .modinfo, and no built-in. facts are those
 * of index_make().
 */
void depcheck_warn(const struct modtree *tree, const struct index_data *facts);

#endif
