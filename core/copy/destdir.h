/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DESTDIR_H
#define MODBOX_DESTDIR_H

#include <stdbool.h>

#include "fs/rootfs.h"

/*
 * The directories of DEST that receive files.  Each is opened through rootfs by its
 * full path, so no link can lead out of DEST, and created if missing.
 */
struct destdir {
	const struct rootfs *source, *dest; /* borrowed */
	const char *plain; /* directories created below it resemble SOURCE's; borrowed */
	const char *top, *source_top; /* a directory of DEST and its model, or NULL: the
					 models have the same paths; borrowed */
	char *path; /* the directory entered last, relative to either root */
	int fd;	    /* that directory in DEST, open, or -1 */
	bool sweep; /* remove leftovers of killed runs (tempfile.h); requires the lock */
};

/*
 * Open the directory path of DEST; the caller closes it.  Returns -1 on failure,
 * reported unless it was a signal.
 */
int destdir_open(const struct destdir *dir, const char *path);

/*
 * Open the parent directory of a file in DEST. The descriptor is reused for the next
 * file and closed by destdir_close().  Returns -1 as destdir_open() does.
 */
int destdir_enter(struct destdir *dir, const char *file);
void destdir_close(struct destdir *dir);

#endif
