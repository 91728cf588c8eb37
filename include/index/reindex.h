/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_REINDEX_H
#define MODBOX_REINDEX_H

#include "index/shadow.h"

/*
 * Make the indexes of a module directory by depmod, the program, and put them there,
 * all or none: none where a planned module is not in the modules.dep that it made.
 * What an earlier depmod wrote and this one does not is removed.
 *
 * Returns 0, or -1, reported.
 */
int reindex(const char *depmod, const struct shadowed *of);

/*
 * Whether it can be run for this version of a kernel: kmod's depmod, and busybox's, know
 * a version by a number, a '.' and another; and it needs a TMPDIR.  Returns as reindex().
 */
int reindex_check(const char *version);

#endif
