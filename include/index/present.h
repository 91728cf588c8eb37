/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_PRESENT_H
#define MODBOX_PRESENT_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/util.h"
#include "fs/rootfs.h"

/* A module file that a module directory has. */
struct present_file {
	const char *path; /* below the module directory: kernel/fs/ext4/ext4.ko.xz */
	const char *key;  /* the same without the compression suffix, up to .ko */
	/*
	 * Where it really is: below the directory descriptor base (with below "": base
	 * is the file itself).  Differs from path where a symbolic link leads there.
	 */
	int base;
	const char *below;
	size_t top;	/* of present.tops, or NO_TOP */
	bool planned;	/* the list has it */
	bool is_source; /* it is known to be SOURCE's file of that path, whose time is: */
	time_t mtime;
	bool superseded; /* the list has the same module, compressed otherwise */
};

#define NO_TOP ((size_t)-1)

struct present_top {
	const char *name;
	bool plain; /* no link is in it, and nothing superseded */
};

struct present_link {
	int fd; /* where a symbolic link led to; owned */
	unsigned long long dev, ino;
};

/* The module files of a module directory, sorted by key, then path. */
struct present {
	struct arena arena;
	struct present_file *files;
	size_t n, capacity;
	/* The directories right below it: kernel, updates, ... */
	struct present_top *tops;
	size_t n_tops, tops_capacity;
	struct present_link *links;
	size_t n_links, links_capacity;
};

/*
 * List the module files below path, a module directory of root, open as fd: those that
 * depmod(8) would find, but that links are resolved inside root.  shown is the
 * directory as messages name it; fd is borrowed until present_free().  With clean, what a
 * killed run left (tempfile.h) is removed.
 *
 * Returns 0, or -1, reported.
 */
int present_scan(struct present *present, const struct rootfs *root, const char *path,
		 const char *shown, int fd, bool clean);

/* The file of a path, or NULL. */
struct present_file *present_find(struct present *present, const char *path);

void present_free(struct present *present);

#endif
