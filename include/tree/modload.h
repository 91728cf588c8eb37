/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODLOAD_H
#define MODBOX_MODLOAD_H

#include "tree/modtree.h"

enum {
	LOAD_CHECK = 1,		      /* check the structure (modreader_check()) */
	LOAD_INFO = 2,		      /* read .modinfo; checks the structure too */
	LOAD_SYMBOLS = 8 | LOAD_INFO, /* .modinfo and the exported and needed symbols */
	LOAD_VERIFY = 4, /* decompress the whole file, to find flipped bits; LOAD_INFO
			    implies it */
	LOAD_FACTS = 16, /* module->facts, for a proof */
};

#define MODULE_GONE "no such file"

/*
 * Load modules in parallel: each one's size and whatever flags ask for. A module that is
 * loaded already is not read again. To compare indexes with modules, .modinfo is also
 * read of modules that they do not cover, and the "depends" fields of uncompressed ones;
 * if those cannot be read, it is a failure only with LOAD_CHECK.
 *
 * A failure is left in module->err and not reported; MODULE_GONE if there is no such
 * file. Facts that cannot be read are no failure: their own err says so. progress, or
 * NULL, labels a counter shown on a terminal while many modules are read.
 */
void modload(struct modtree *tree, struct module **modules, size_t n, int flags,
	     const char *progress);

/* Free the loader: its readers and the strings of every module's .modinfo. */
void loader_free(struct loader *loader);

#endif
