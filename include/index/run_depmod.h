/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_RUN_DEPMOD_H
#define MODBOX_RUN_DEPMOD_H

#include "index/depmod_root.h"

/*
 * Make the indexes of a module directory by depmod, the program, and put them there,
 * all or none: none where a planned module is not in the modules.dep that it made.
 * What an earlier depmod wrote and this one does not is removed.
 *
 * Returns 0, or -1, reported.
 */
int run_depmod(const char *depmod, const struct depmod_target *target);

/*
 * Whether it can be run for this version of a kernel: kmod's depmod, and busybox's, know
 * a version by a number, a '.' and another; and it needs a TMPDIR.  Returns as
 * run_depmod().
 */
int run_depmod_check(const char *version);

#endif
