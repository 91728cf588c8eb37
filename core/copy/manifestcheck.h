/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MANIFESTCHECK_H
#define MODBOX_MANIFESTCHECK_H

#include "copy/manifest.h"
#include "tree/modtree.h"

/*
 * Show the files added, removed or changed between two manifests on standard output,
 * and report if there are any (status 1). label names before in messages; trees belong
 * to now's kernels.
 *
 * Kernels of the same version are compared file by file.  For a kernel of another
 * version every file differs; there modules are compared by name only, wherever they
 * are and however compressed, and other files by path.  A module that is now built in
 * does not count as removed.  Files generated from the modules are ignored.
 *
 * Returns 0 if there is no difference, else -1.  A path that before lists twice is an
 * error (reported, status 2).
 */
int manifest_check(const struct manifest *before, const char *label,
		   const struct manifest *now, const struct modtree *const *trees);

#endif
