/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_COPY_H
#define MODBOX_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "fs/tempfile.h"

/*
 * Writing files. A file appears under its name when it is complete, or not at all; an
 * existing file or link of that name is replaced (links are not followed). Attributes
 * that the user may not set (owner, and then set-id bits; security.*) are skipped, as in
 * cp -a. Below, dir is the directory to write to, name the file in it, and label the
 * destination in messages.
 */

/*
 * Copy the open regular file src, from its beginning, to name: contents (by reflink or
 * copy_file_range where possible), mode, owner and times; with xattrs, also ACLs and
 * extended attributes. from is src's name in messages.
 *
 * Returns 0, or -1 and reports it (also after a signal: interrupt.h).
 */
int copy_file(int src, const char *from, int dir, const char *name, const char *label,
	      bool xattrs);

/*
 * Copy the contents of the open file src to a temporary file in dir, with the mode, owner
 * and times in attrs, and the ACLs and extended attributes of the open file like, which
 * src was made from, except a signature of its contents. copy_publish() gives it its
 * name. On failure, reported, no file is left. Returns 0, or -1.
 */
int copy_prepare(struct tempfile *temp, int src, const struct stat *attrs, int like,
		 int dir, const char *label);

/*
 * The same for size bytes from memory, which were made from the open file src (or -1);
 * attrs NULL: as in copy_data().
 */
int copy_prepare_data(struct tempfile *temp, const void *data, size_t size,
		      const struct stat *attrs, int src, int dir, const char *label);

/*
 * Write size bytes from memory to name, with the mode, owner and times in attrs (NULL:
 * 0644 less the umask, the user's own, now). If the data was made from the open file src
 * (else -1), copy its ACLs and extended attributes, except a signature of its contents.
 * Returns as copy_file().
 */
int copy_data(const void *data, size_t size, const struct stat *attrs, int src, int dir,
	      const char *name, const char *label);

/* Create a symbolic link to target. Returns as copy_file(). */
int copy_link(const char *target, int dir, const char *name, const char *label);

/*
 * Replace the open file src, whose name is given, by a temporary file (tempfile.h) with
 * new contents: copy src's mode, owner, ACLs and extended attributes to it and rename it.
 * The temporary file is closed in any case. Returns as copy_file().
 */
int copy_replace_tempfile(struct tempfile *temp, int src, const char *name,
			  const char *label);

/*
 * Replace the open file old by new contents, with its mode, owner, ACLs and extended
 * attributes; the times are now. Returns as copy_file().
 */
int copy_replace(const void *data, size_t size, int old, int dir, const char *name,
		 const char *label);

/*
 * Append the open regular file src, of size bytes, to dst at its position. dst is a pipe,
 * or a file, which then shares src's blocks if the file system can and the position is at
 * a block boundary. Returns 0, or -1 and reports it.
 */
int copy_append(int src, const char *from, uint64_t size, int dst, const char *label);

/*
 * Write all of data to a descriptor. Returns 0, or -1 with errno, also after a signal;
 * not reported.
 */
int copy_bytes(int fd, const void *data, size_t size);

/*
 * Give a complete temporary file its name, replacing an old file. The temporary file is
 * closed in any case. Returns 0, or -1 and reports it.
 */
int copy_publish(struct tempfile *temp, const char *name, const char *label);

#endif
