/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DEST_H
#define MODBOX_DEST_H

#include "conffile.h"
#include "plan.h"
#include "rootfs.h"

/*
 * Carry a plan out into the directory tree dest: the modules, modules.builtin and
 * modules.builtin.modinfo, the filtered modules.order, the indexes; then remove what
 * a copied module supersedes.  In that order, so that whatever fails, the indexes that
 * DEST has lead to files that are there.
 * The module directory is locked (flock) while it is written, so that runs at once
 * follow each other.  depmod is the program, from depmod_find(); conf its only
 * configuration (NULL: none), SOURCE's depmod.d.
 *
 * Returns 0, or -1, reported.
 */
int dest_write(const struct plan *plan, const struct rootfs *source,
	       const struct rootfs *dest, const char *depmod,
	       const struct conf_files *conf);

#endif
