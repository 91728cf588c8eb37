/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODLOAD_H
#define MODBOX_MODLOAD_H

#include "tree/modtree.h"

enum {
	LOAD_CHECK = 1, /* check the structure (modreader_check()) */
	LOAD_INFO = 2,	/* read .modinfo, which checks the structure too */
	LOAD_SYMBOLS = 8 |
		       LOAD_INFO, /* that, and the symbols that it exports and needs */
	LOAD_VERIFY =
		4, /* decode all, so that a flipped bit is found; LOAD_INFO does it */
};

/*
 * Load modules, in parallel: their size, and what flags ask for.  What is loaded already
 * is not loaded again.  Failures are left in why, not reported.  tree->stale is set where
 * an indexed module is gone or newer than the index by whole seconds. progress, or NULL,
 * is shown on a terminal while many modules are read.
 */
void modload(struct modtree *tree, struct module **modules, size_t n, int flags,
	     const char *progress);

/* Free what loading left: readers, and the strings of all modules' .modinfo. */
void loader_free(struct loader *loader);

#endif
