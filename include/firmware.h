/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FIRMWARE_H
#define MODBOX_FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>

#include "modtree.h"
#include "plan.h"
#include "util.h"

/* A firmware file that a module asks for. */
struct firmware {
	const char *name;    /* below the kernel's firmware directories, uncompressed */
	const char *pattern; /* the firmware= field with wildcards that matches, or NULL */
	const char *module;  /* that asks for it first */
	bool builtin;	     /* module is built in */
	const char *path; /* what the kernel would load, below the root; NULL: nothing */
	size_t number;	  /* its place in the order of asking */
};

/* Sorted by name, each name once.  Owns all. */
struct firmware_list {
	struct arena arena;
	struct firmware *items;
	size_t n, capacity;
};

/*
 * List the firmware that a plan's modules ask for (firmware= in their .modinfo, which
 * is read where it was not), and, with builtins, what all built-in modules ask for.
 *
 * Each is looked up in tree's root by the kernel's order (drivers/base/firmware_loader):
 * the directories updates/VERSION, updates, VERSION and "" below lib/firmware; in all of
 * them as it is, then in all of them as .zst, then as .xz.  Each directory is taken
 * together with its namesake below usr/lib/firmware, which is where a package's firmware
 * is before lib becomes a link to usr/lib.  An empty file is none, nor is one whose name
 * is absolute or has a ".." in it.
 *
 * A field with wildcards, '*' and '?' as the shell has them, stands for every file that
 * it matches, compressed or not; the item is the field itself (pattern and name) where
 * it matches none.
 *
 * Returns 0, or -1, reported: a module cannot be read (status 4).
 */
int firmware_read(struct firmware_list *list, struct modtree *tree,
		  const struct plan *plan, bool builtins);
void firmware_free(struct firmware_list *list);

#endif
