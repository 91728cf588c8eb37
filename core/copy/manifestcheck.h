/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MANIFESTCHECK_H
#define MODBOX_MANIFESTCHECK_H

#include "copy/manifest.h"
#include "tree/modtree.h"

/*
 * Show on standard output what was added, removed or changed between two manifests, and
 * report (status 1) where anything did.  shown names the one of before; trees are those
 * of now's kernels.
 *
 * Kernels of one version are compared file by file.  A kernel in place of one of another
 * version has other files altogether: there it counts which modules are there, by their
 * names, wherever they are now and however compressed, and which other files; a module
 * that is built in now is not missed.  What is made of the modules is left out.
 *
 * Returns 0 where nothing did, or -1; reported too (status 2) where before has a path
 * twice.
 */
int manifest_check(const struct manifest *before, const char *label,
		   const struct manifest *now, const struct modtree *const *trees);

#endif
