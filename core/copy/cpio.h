/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_CPIO_H
#define MODBOX_CPIO_H

#include <stdint.h>
#include <sys/types.h>

#include "copy/outfile.h"

/* Limit of the kernel for a name with its NUL and padding, in bytes (PATH_MAX). */
#define CPIO_NAME_MAX 4096

/* An archive being written.  The caller sets every member except inode. */
struct cpio {
	struct outfile *out; /* borrowed */
	uint32_t uid, gid;
	unsigned align; /* 4, or a power of two up to 4096: files of at least this many
			   bytes start at a multiple of it */
	uint32_t inode; /* of the last entry */
};

struct cpio_entry {
	const char *name;
	mode_t mode; /* including the file type */
	uint32_t mtime;
	uint64_t size; /* bytes, below 4 GiB; for a link, of its target */
};

/*
 * Write everything before an entry's contents.  The caller then adds the contents to
 * out and calls cpio_pad().  Returns 0, or -1 (reported, status 4), also if the format
 * or the kernel cannot take the name or size.
 */
int cpio_begin(struct cpio *cpio, const struct cpio_entry *entry);
int cpio_pad(struct cpio *cpio);

/* Write the trailer.  Another archive may follow it. */
int cpio_end(struct cpio *cpio);

#endif
