/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_COPY_H
#define MODBOX_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "fs/tempfile.h"

/*
 * A file appears under its name when it is whole, or not at all; an old file of that
 * name (or a link: it is not followed) is replaced.  What the user may not preserve
 * (the owner, and then set-id bits; security.* attributes) is left, as cp -a leaves it.
 * In the functions below, dir is the directory to write to, and shown the destination
 * as messages name it.
 */

/*
 * Copy the open regular file src, from its beginning, to name: contents (reflink or
 * copy_file_range where the file system can), mode, owner, times, ACLs and extended
 * attributes.  from is what messages call src.
 *
 * Returns 0, or -1, reported (also when a signal came: interrupt.h).
 */
int copy_file(int src, const char *from, int dir, const char *name, const char *label);

/*
 * The same for contents from memory, with like's mode, owner and times
 * (NULL: 0644 less the umask, the user's own, now), and, where they were made of the open
 * file src (or -1), that one's ACLs and attributes, but for a signature of its contents.
 */
int copy_data(const void *data, size_t size, const struct stat *attrs, int src, int dir,
	      const char *name, const char *label);

/* The same for a symbolic link that leads to target. */
int copy_link(const char *target, int dir, const char *name, const char *label);

/*
 * Give a temporary file (tempfile.h) that has new contents the mode, owner, ACLs and
 * extended attributes of the open file src, and the name of that.  It is done or dropped,
 * whatever comes of it.
 */
int copy_replace_tempfile(struct tempfile *temp, int src, const char *name,
			  const char *label);

/*
 * Write contents in place of the open file old, with its mode, owner, ACLs and extended
 * attributes; the times are now.
 */
int copy_replace(const void *data, size_t size, int old, int dir, const char *name,
		 const char *label);

/* One file of a set: its name, and its contents, borrowed. */
struct copy_part {
	const char *name;
	const void *data;
	size_t size;
};

/*
 * Write files that belong together, as copy_data() with no like: all contents are
 * stored before the first of them gets its name, so that a full disk or a signal
 * leaves the old set.  shown is the directory.
 */
int copy_set(const struct copy_part *parts, size_t n, int dir, const char *label);

/*
 * Append the open regular file src, which has size bytes, to dst where it stands: a file,
 * which shares src's blocks where the file system can and the position in it is a block's
 * beginning, or a pipe.  Returns 0, or -1, reported.
 */
int copy_append(int src, const char *from, uint64_t size, int dst, const char *label);

/* Write all of data to a descriptor.  Returns 0, or -1 with errno set, also after a
 * signal. */
int copy_bytes(int fd, const void *data, size_t size);

/*
 * Give a temporary file that is whole its name, in place of an old file.  It is dropped
 * in any case.  Returns 0, or -1, reported.
 */
int copy_publish(struct tempfile *temp, const char *name, const char *label);

#endif
