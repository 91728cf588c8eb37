/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TEMPDIR_H
#define MODBOX_TEMPDIR_H

#include <sys/types.h>

/*
 * A private directory in TMPDIR (/tmp), of mode 0700. It stays locked while it is used;
 * an unlocked one is left over from a killed run, and the next run of this user removes
 * it.
 */
struct tempdir {
	char *path;   /* absolute; NULL: there is none */
	char *parent; /* TMPDIR */
	int lock;     /* path, open and locked */
	struct tempdir *next;
};

/*
 * Make one, which must not move. tempdir_remove() removes it with all that is in it, and
 * so does running out of memory; a struct that is all zero is none.
 * Returns 0, or -1 and reports it (status 4).
 */
int tempdir_make(struct tempdir *dir);
void tempdir_remove(struct tempdir *dir);

/* Report that files below a parent cannot be written, with errno (status 4). Returns -1. */
int tempdir_failed(const char *parent);

/*
 * Make the parent directories of a path below the directory fd. path is changed
 * meanwhile. Returns 0, or -1 with errno; not reported.
 */
int tempdir_parents(int fd, char *path);

#endif
