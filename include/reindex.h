/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_REINDEX_H
#define MODBOX_REINDEX_H

#include "shadow.h"

/*
 * Make the indexes of a module directory by depmod, the program, and put them there,
 * all or none: none where a planned module is not in the modules.dep that it made.
 * What an earlier depmod wrote and this one does not is removed.
 *
 * Returns 0, or -1, reported.
 */
int reindex(const char *depmod, const struct shadowed *of);

#endif
