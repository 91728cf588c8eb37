/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_OUTFILE_H
#define MODBOX_OUTFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "copy/encode.h"
#include "fs/tempfile.h"

/*
 * A file that the user named to be written, beside DEST or in place of it.  It gets its
 * name when it is whole; until then an old file of that name stays (where a link leads to
 * it: that file is replaced, not the link).  "-" is standard output, which is then taken
 * from whoever prints: that goes to standard error.  A pipe or device is written as it is.
 */
struct outfile {
	int fd; /* -1: where a temporary file has a name, until there is something to
		   write */
	uint64_t size; /* bytes that were added, before compression */
	char *label;   /* as messages name it */
	char *name;    /* in draft.dir; NULL: it has one already, and no draft */
	struct tempfile temp;
	struct encoder *encoder; /* NULL: what is added is written as it is */
	char *buffer;
	size_t used;
};

/* Returns 0, or -1, reported, as the functions below.  outfile_drop() ends it. */
int outfile_open(struct outfile *out, const char *path);

/* Whether two will get one name: the first would be lost. */
bool outfile_same(const struct outfile *a, const struct outfile *b);

/* Whether there is a file that it will replace, and which. */
bool outfile_old(const struct outfile *out, struct stat *st);

/* Compress all that will be added. */
int outfile_encode(struct outfile *out, enum codec codec);
int outfile_add(struct outfile *out, const void *data, uint64_t size);

/* Where nothing compresses: add the open regular file src, as copy_append(). */
int outfile_copy(struct outfile *out, int src, const char *from, uint64_t size);

/* It is whole: give it its name. */
int outfile_finish(struct outfile *out);

/* Free it.  If it is not finished, there is none. */
void outfile_drop(struct outfile *out);

#endif
