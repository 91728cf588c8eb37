/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FIRMWARE_H
#define MODBOX_FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strlist.h"
#include "base/util.h"
#include "plan/plan.h"
#include "tree/modtree.h"

/* The treatment of firmware that SOURCE does not have. */
enum firmware_missing {
	FIRMWARE_COUNT, /* one warning for all */
	FIRMWARE_WARN,	/* a warning for each */
	FIRMWARE_ERROR, /* status 1 */
	FIRMWARE_IGNORE,
};

/* The firmware to list, and the directories to search; firmwareopts.h fills it in. */
struct firmware_options {
	int wanted;		     /* list firmware at all */
	int builtins;		     /* include the firmware of all built-in modules */
	struct string_list files;    /* these too; only these, unless wanted is set */
	struct string_list dirs;     /* replace the usual ones; no leading '/' */
	struct string_list excluded; /* shell patterns of names; '*' also matches '/' */
	const char *missing;	     /* the word, as it was given, or NULL */
	int on_missing;		     /* enum firmware_missing, once it is checked */
};

/* Whether the options ask for any firmware. */
static inline bool firmware_is_wanted(const struct firmware_options *options)
{
	return options->wanted || options->files.n;
}

/*
 * The usual directories: lib/firmware, which the kernel searches, and usr/lib/firmware.
 */
extern const char *const firmware_bases[2];

/* A firmware file that a module or --firmware-file requests. */
struct firmware {
	const char *name;    /* below the kernel's firmware directories, uncompressed */
	const char *pattern; /* the wildcard that matched, or NULL */
	const char *module;  /* the first that requests it; NULL: --firmware-file does */
	bool builtin;	     /* module is built in */
	const char *path; /* the file the kernel would load, below the root; NULL: none */
	size_t base;	  /* index in the list's bases of the directory that path is in */
	uint64_t size;	  /* bytes of that file */
	/* A directory or an empty file has that name; the kernel loads neither: */
	bool directory, empty;
	const char *lost; /* the link that keeps us from it, or NULL */
	size_t number;	  /* position in the order of requests */
};

/* The module that requests a file, or the option, for messages. */
static inline const char *firmware_origin(const struct firmware *item)
{
	return item->module ? item->module : "--firmware-file";
}

/* Sorted by name, without duplicates. Owns all its memory. */
struct firmware_list {
	struct arena arena;
	/*
	 * Directories that stand for the kernel's lib/firmware: those searched, then
	 * firmware_bases.
	 */
	struct string_list bases;
	struct firmware *items;
	size_t n, capacity;
};

/*
 * List the firmware that options->files names, and the firmware that a plan's modules
 * request (firmware= in .modinfo, which is read here if it was not yet).
 *
 * Each name is looked up in tree's root in the kernel's order
 * (drivers/base/firmware_loader): in updates/VERSION, updates, VERSION and "" below
 * lib/firmware; first uncompressed in all of them, then as .zst in all, then as .xz. Each
 * directory is combined with the same one below usr/lib/firmware, where packages have
 * their firmware before lib becomes a link to usr/lib. options->dirs replace both. As in
 * the kernel, an empty file does not count, nor does a name that is absolute or contains
 * "..".
 *
 * A name with wildcards ('*', '?' and '[...]', as in the shell) that is no file's own
 * name stands for every file that matches, compressed or not. If none matches, the item
 * is the wildcard itself (pattern and name).
 *
 * Returns 0, or -1 and reports it: a module, one of options->dirs or another existing
 * directory that may hold firmware cannot be read (status 4).
 */
int firmware_read(struct firmware_list *list, struct modtree *tree,
		  const struct plan *plan, const struct firmware_options *options);
void firmware_free(struct firmware_list *list);

#endif
