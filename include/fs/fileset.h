/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FILESET_H
#define MODBOX_FILESET_H

#include "fs/tempfile.h"

/*
 * A file of a set that belongs together: all get their names, or what was there stays.
 * Make temp by copy_prepare() or copy_prepare_data(). Before it is made, its descriptor
 * and that of kept are -1.
 */
struct fileset_item {
	struct tempfile temp;
	const char *name, *label; /* its name, and how messages show it; borrowed */
	struct kept kept;	  /* what it replaces */
	bool published;
};

/*
 * Give the files of a set their names. From here on signals are ignored: half a set is
 * worse than a new one. Returns 0, or -1 and reports it; then, too, fileset_close()
 * brings back what was there.
 */
int fileset_publish(struct fileset_item *items, size_t n);

/*
 * Close a set. Unless complete is set, bring back what its files replaced; that this
 * fails is reported. Allocates no memory.
 */
void fileset_close(struct fileset_item *items, size_t n, bool complete);

/* One file of copy_set(); name and contents are borrowed. */
struct copy_part {
	const char *name;
	const void *data;
	size_t size;
};

/*
 * Write files that belong together, each as copy_data() with attrs NULL. All contents are
 * written before the first file gets its name, so that a full disk or a signal leaves the
 * old set; if a file cannot get its name, those before it are taken back. label names the
 * directory. Returns as copy_file().
 */
int copy_set(const struct copy_part *parts, size_t n, int dir, const char *label);

#endif
