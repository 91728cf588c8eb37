/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_RUN_DEPMOD_H
#define MODBOX_RUN_DEPMOD_H

#include "index/depmod_root.h"

/*
 * Run the program depmod to make the indexes of a module directory, and install all of
 * them or none.  A planned module missing from the new modules.dep fails the whole set.
 * Indexes of an earlier depmod that this one did not write are removed.
 *
 * Returns 0, or -1 (reported).
 */
int run_depmod(const char *depmod, const struct depmod_target *target);

/*
 * Check, before anything is written, that depmod can run: kmod's and busybox's accept
 * only versions of the form NUMBER.NUMBER..., and TMPDIR must be usable.  Returns 0, or
 * -1 (reported).
 */
int run_depmod_check(const char *version);

#endif
