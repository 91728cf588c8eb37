/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_WALK_H
#define MODBOX_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "fs/rootfs.h"

/* A directory that is being walked; its parents are the way to it. */
struct walk_dir {
	const struct walk_dir *parent; /* NULL: the walk began here */
	int fd;
	int depth;   /* 0: the walk began here */
	bool linked; /* a link led to it or to a parent */
	/*
	 * Where its files really are: below the target of the last link (-1: the walk's
	 * start), by their path from byte skip on.
	 */
	int base;
	size_t skip;
};

/* An entry of a directory.  All is borrowed until the call returns. */
struct walk_entry {
	const struct walk_dir *dir;
	const char *path;   /* from the walk's path on */
	const char *name;   /* its last component */
	unsigned char type; /* DT_REG, DT_DIR, DT_LNK ...; DT_UNKNOWN never */
	/* file() and enter(): what a link leads to, resolved in the root. */
	int target; /* O_PATH, or -1: it is no link; the callee may take it over: -1 */
	struct stat st; /* of target */
};

/* What a walk calls.  Each returns -1, reported, to end the walk. */
struct walk_calls {
	/* For every entry, before a link is resolved: 1 to go on with it, 0 to skip it. */
	int (*see)(void *context, const struct walk_entry *entry);
	/* For a regular file, or a link to one: 0. */
	int (*file)(void *context, struct walk_entry *entry);
	/* For a directory, or a link to one: 1 to enter it, 0 to leave it out. */
	int (*enter)(void *context, struct walk_entry *entry);
	/* Report by errno that a path cannot be read; returns -1. */
	int (*failed)(void *context, const char *path);
	/* For a link that leads nowhere, which is skipped; may be NULL. */
	void (*lost)(void *context, const struct walk_entry *entry);
};

/*
 * Get the facts of a file: the target's, for a link. Returns 0, or -1 with errno. Reports
 * nothing.
 */
int walk_stat(const struct walk_entry *entry, struct stat *st);

/*
 * Walk the directory fd, which is taken over.  Its path below the root is top, and that
 * of its entries begins with path ("": with their names).  Links that lead nowhere are
 * skipped.
 * Returns 0, or -1, reported by one of the calls.
 */
int walk(const struct rootfs *root, const char *top, const char *path, int fd,
	 const struct walk_calls *calls, void *context);

#endif
