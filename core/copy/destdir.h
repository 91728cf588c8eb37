/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DESTDIR_H
#define MODBOX_DESTDIR_H

#include <stdbool.h>

#include "fs/rootfs.h"

/*
 * The directories of DEST that files are written to: opened through rootfs, by their
 * whole path, so that no link in DEST leads out of it, and made where they are missing.
 */
struct destdir {
	const struct rootfs *source, *dest; /* borrowed */
	const char *plain; /* what is made below it is like SOURCE's directory; borrowed */
	char *path;	   /* the directory last entered, below either root; */
	int fd;		   /* opened in DEST; -1: none */
	bool sweep; /* remove what killed runs left there (tempfile.h): no other writes */
};

/*
 * Open the directory path of DEST, which the caller closes.
 * Returns -1, reported, but for a signal.
 */
int destdir_open(const struct destdir *dir, const char *path);

/*
 * Open the directory of a file of DEST.  It is kept for the next file, and closed by
 * destdir_close().  Returns -1, reported.
 */
int destdir_enter(struct destdir *dir, const char *file);
void destdir_close(struct destdir *dir);

#endif
