/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FIRMWAREFIND_H
#define MODBOX_FIRMWAREFIND_H

#include "fs/rootfs.h"
#include "plan/firmware.h"

/* An existing directory. */
struct firmware_place {
	const char *path; /* below the root */
	size_t base;	  /* index of its base in the list's bases */
};

/* The directories that one kernel searches, in its order. The caller frees places. */
struct firmware_search {
	const struct rootfs *root;
	struct firmware_list *list;
	struct firmware_place *places;
	size_t n, capacity;
	bool failed; /* a directory or file could not be read; reported */
};

/*
 * Find the directories that the kernel of a version ("." if it is not known) searches, or
 * dirs in their place. Returns 0, or -1 and reports it.
 */
int firmware_find_open(struct firmware_search *search, const char *version,
		       const struct string_list *dirs);

/*
 * Find the file of each item of the list; an item with wildcards becomes one for each
 * file that matches. Failures are reported, and set search->failed.
 */
void firmware_find_all(struct firmware_search *search);

/* Add an item to the list. */
void firmware_list_add(struct firmware_list *list, const struct firmware *item);

#endif
