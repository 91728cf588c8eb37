/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_OVERRIDE_H
#define MODBOX_OVERRIDE_H

#include <stdbool.h>

#include "install/candidate.h"
#include "tree/modtree.h"

/*
 * Say which modules of a tree candidates override, and warn of those that depmod would
 * pass over, by the rules of its depmod.d. The tree is of reindex_open(), and of no other
 * use afterwards. rivals: warn too of those that no rule orders, as whoever makes the
 * indexes does. Returns 0, or -1 and reports it.
 */
int overrides_report(struct modtree *tree, const struct candidates *candidates,
		     bool rivals);

#endif
