/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FIRMWARE_H
#define MODBOX_FIRMWARE_H

#include <stddef.h>

#include "modtree.h"
#include "plan.h"
#include "util.h"

/* A firmware file that a module asks for. */
struct firmware {
	const char *name;   /* as the firmware= field has it; wildcards possible */
	const char *module; /* that asks for it first */
	bool builtin;	    /* module is built in */
	const char *path;   /* what the kernel would load, below the root; NULL: not there */
};

/* Sorted by name, each file once.  Owns all. */
struct firmware_list {
	struct arena arena;
	struct firmware *items;
	size_t n, capacity;
};

/*
 * List the firmware that a plan's modules ask for (firmware= in their .modinfo, which
 * is read where it was not), and, with builtins, what all built-in modules ask for, and
 * look each up in tree's root by the kernel's search order: updates/VERSION, updates,
 * VERSION, and the firmware directory itself; in all of them plain, then in all .zst,
 * then in all .xz (drivers/base/firmware_loader).
 * Returns 0, or -1, reported.
 */
int firmware_read(struct firmware_list *list, struct modtree *tree, const struct plan *plan,
		  bool builtins);
void firmware_free(struct firmware_list *list);

#endif
