/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_OUTFILE_H
#define MODBOX_OUTFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "copy/encode.h"
#include "fs/tempfile.h"

/*
 * An output file that the user named, instead of or in addition to DEST. It appears
 * under its name once it is complete; an old file keeps its contents until then.  If
 * the name is a symbolic link, its target is replaced.  "-" is standard output; other
 * prints to it then go to standard error.  Pipes and devices are written directly.
 */
struct outfile {
	int fd;	       /* -1 until there is data, if the temporary file needs a name */
	uint64_t size; /* bytes added, before compression */
	char *label;   /* names the file in messages */
	char *name;    /* final name in temp.dir; NULL if written directly */
	struct tempfile temp;
	struct encoder *encoder; /* NULL: no compression */
	char *buffer;
	size_t used;
};

/*
 * Open path.  The caller ends with outfile_drop(), also on failure.  Returns 0, or -1
 * (reported), as do the functions below.
 */
int outfile_open(struct outfile *out, const char *path);

/* Whether two output files would get the same name, so that one is lost. */
bool outfile_same(const struct outfile *a, const struct outfile *b);

/* Whether an existing file will be replaced; *st describes it. */
bool outfile_old(const struct outfile *out, struct stat *st);

/* Compress everything added from now on. */
int outfile_encode(struct outfile *out, enum codec codec);
int outfile_add(struct outfile *out, const void *data, uint64_t size);

/* Without compression only: append the open regular file src, as copy_append() does. */
int outfile_copy(struct outfile *out, int src, const char *from, uint64_t size);

/* Complete the file and give it its name. */
int outfile_finish(struct outfile *out);

/* Free it.  An unfinished file is removed. */
void outfile_drop(struct outfile *out);

#endif
