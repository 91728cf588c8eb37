/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INSTALLED_H
#define MODBOX_INSTALLED_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/util.h"
#include "fs/rootfs.h"

/* A module file in a module directory. */
struct installed_file {
	const char *path; /* below the module directory: kernel/fs/ext4/ext4.ko.xz;
			     absolute: of an external directory, without base and below */
	const char *key;  /* path without the compression suffix, up to .ko */
	/*
	 * The real location: below, relative to the descriptor base.  If below is "",
	 * base is the file itself.  Differs from path if a symbolic link leads there.
	 */
	int base;
	const char *below;
	size_t top;	/* index in installed.tops, or NO_TOP */
	bool planned;	/* in the list of files to copy */
	bool is_source; /* known to equal SOURCE's file of this path, with mtime: */
	time_t mtime;
	bool superseded; /* the list has this module in another compression */
};

#define NO_TOP ((size_t)-1)

struct installed_top {
	const char *name;
	bool plain; /* contains no links and no superseded files */
};

struct installed_link {
	int fd; /* target of a symbolic link; owned */
	unsigned long long dev, ino;
};

/* The module files of a module directory, sorted by key, then by path. */
struct installed {
	struct arena arena;
	struct installed_file *files;
	size_t n, capacity;
	/* Direct subdirectories: kernel, updates, ... */
	struct installed_top *tops;
	size_t n_tops, tops_capacity;
	struct installed_link *links;
	size_t n_links, links_capacity;
	bool linked; /* the scan followed a link: a new file may have several paths */
};

/*
 * List the module files below path, a module directory of root that is open as fd: the
 * files that depmod(8) would find, except that links are resolved inside root. label
 * names the directory in messages; fd is borrowed until installed_free().  With clean,
 * temporary files of killed runs (tempfile.h) are removed.
 *
 * Returns 0, or -1 (reported).
 */
int installed_scan(struct installed *installed, const struct rootfs *root,
		   const char *path, const char *label, int fd, bool clean);

/*
 * Add n module files that were written after the scan, unless they are in the list:
 * borrowed paths below the module directory, whose descriptor is fd, or absolute ones.
 * Files below it that a scan would not find are not added.  If installed->linked, call
 * this for absolute ones only.
 */
void installed_add(struct installed *installed, int fd, const char *const *paths,
		   size_t n);

/* The file with this path, or NULL. */
struct installed_file *installed_find(struct installed *installed, const char *path);

void installed_free(struct installed *installed);

#endif
