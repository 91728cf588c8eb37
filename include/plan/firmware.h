/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FIRMWARE_H
#define MODBOX_FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strlist.h"
#include "base/util.h"
#include "plan/plan.h"
#include "tree/modtree.h"

/* What to list, and where to look; firmwareopts.h has the options. */
struct firmware_options {
	int wanted;		 /* any at all */
	int builtins;		 /* what all built-in modules ask for, too */
	struct string_list dirs; /* inside the root, without '/' before, for the usual */
	struct string_list excluded; /* shell patterns of names; '*' stands for '/' too */
	const char *missing;	     /* "warn", "error" or "ignore" */
};

/* The usual directories: lib/firmware, where the kernel looks, and usr/lib/firmware. */
extern const char *const firmware_bases[2];

/* A firmware file that a module asks for. */
struct firmware {
	const char *name;    /* below the kernel's firmware directories, uncompressed */
	const char *pattern; /* the firmware= field with wildcards that matches, or NULL */
	const char *module;  /* that asks for it first */
	bool builtin;	     /* module is built in */
	const char *path; /* what the kernel would load, below the root; NULL: nothing */
	size_t base;	  /* which directory of the list's bases path is in */
	uint64_t size;	  /* bytes of that file */
	size_t number;	  /* its place in the order of asking */
};

/* Sorted by name, each name once.  Owns all. */
struct firmware_list {
	struct arena arena;
	/* For the kernel's lib/firmware: those searched, then firmware_bases. */
	struct string_list bases;
	struct firmware *items;
	size_t n, capacity;
};

/*
 * List the firmware that a plan's modules ask for (firmware= in their .modinfo, which
 * is read where it was not).
 *
 * Each is looked up in tree's root by the kernel's order (drivers/base/firmware_loader):
 * the directories updates/VERSION, updates, VERSION and "" below lib/firmware; in all of
 * them as it is, then in all of them as .zst, then as .xz.  Each directory is taken
 * together with its namesake below usr/lib/firmware, which is where a package's firmware
 * is before lib becomes a link to usr/lib; or below each of options->dirs, instead of
 * both.  An empty file is none, nor is one whose name is absolute or has a ".." in it.
 *
 * A field with wildcards, '*' and '?' as the shell has them, stands for every file that
 * it matches, compressed or not; the item is the field itself (pattern and name) where
 * it matches none.
 *
 * Returns 0, or -1, reported: a module, one of options->dirs, or what else
 * is there and may hold firmware cannot be read (status 4).
 */
int firmware_read(struct firmware_list *list, struct modtree *tree,
		  const struct plan *plan, const struct firmware_options *options);
void firmware_free(struct firmware_list *list);

#endif
