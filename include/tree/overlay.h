/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_OVERLAY_H
#define MODBOX_OVERLAY_H

#include "tree/modtree.h"

/*
 * Add the modules of overlays to an indexed tree. Of two modules of one name, SOURCE's
 * stays only if an override or search line of depmod.d prefers it.
 * Returns 0, or -1 and reports it.
 */
int overlay_add(struct modtree *tree);

/*
 * Check that each overlay is of use: it has modules of this kernel, firmware or
 * configuration, or a link leads to it. Call it for each kernel once that is resolved; an
 * overlay must be of use for one of them, up to the last.
 * Returns 0, or -1 and reports it (status 3).
 */
int overlay_check(struct modtree *tree, bool last);

#endif
