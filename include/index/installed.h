/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INSTALLED_H
#define MODBOX_INSTALLED_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/util.h"
#include "fs/rootfs.h"

/* A module file that a module directory has. */
struct installed_file {
	const char *path; /* below the module directory: kernel/fs/ext4/ext4.ko.xz */
	const char *key;  /* the same without the compression suffix, up to .ko */
	/*
	 * Where it really is: below the directory descriptor base (with below "": base
	 * is the file itself).  Differs from path where a symbolic link leads there.
	 */
	int base;
	const char *below;
	size_t top;	/* of installed.tops, or NO_TOP */
	bool planned;	/* the list has it */
	bool is_source; /* it is known to be SOURCE's file of that path, whose time is: */
	time_t mtime;
	bool superseded; /* the list has the same module, compressed otherwise */
};

#define NO_TOP ((size_t)-1)

struct installed_top {
	const char *name;
	bool plain; /* no link is in it, and nothing superseded */
};

struct installed_link {
	int fd; /* where a symbolic link led to; owned */
	unsigned long long dev, ino;
};

/* The module files of a module directory, sorted by key, then path. */
struct installed {
	struct arena arena;
	struct installed_file *files;
	size_t n, capacity;
	/* The directories right below it: kernel, updates, ... */
	struct installed_top *tops;
	size_t n_tops, tops_capacity;
	struct installed_link *links;
	size_t n_links, links_capacity;
};

/*
 * List the module files below path, a module directory of root, open as fd: those that
 * depmod(8) would find, but that links are resolved inside root.  shown is the
 * directory as messages name it; fd is borrowed until installed_free().  With clean, what
 * a killed run left (tempfile.h) is removed.
 *
 * Returns 0, or -1, reported.
 */
int installed_scan(struct installed *installed, const struct rootfs *root,
		   const char *path, const char *label, int fd, bool clean);

/* The file of a path, or NULL. */
struct installed_file *installed_find(struct installed *installed, const char *path);

void installed_free(struct installed *installed);

#endif
