/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_CPIO_H
#define MODBOX_CPIO_H

#include <stdint.h>
#include <sys/types.h>

#include "copy/outfile.h"

/* The longest name that the kernel takes, with its NUL and padding (PATH_MAX). */
#define CPIO_NAME_MAX 4096

/* An archive that is being written.  All but inode is set by whoever opens it. */
struct cpio {
	struct outfile *out; /* borrowed */
	uint32_t uid, gid;
	unsigned align; /* 4, or a power of two up to 4096: contents of files of so many
			   bytes begin at such an offset */
	uint32_t inode; /* the last entry's number */
};

struct cpio_entry {
	const char *name;
	mode_t mode; /* with the file's type */
	uint32_t mtime;
	uint64_t size; /* bytes of its contents, below 4 GiB; of a link: of its target */
};

/*
 * Add what comes before an entry's contents; they are to be added to out next, then
 * cpio_pad() called.  Returns 0, or -1, reported: status 4, also for a name or contents
 * that the format, or the kernel, cannot take.
 */
int cpio_begin(struct cpio *cpio, const struct cpio_entry *entry);
int cpio_pad(struct cpio *cpio);

/* End the archive: another may follow it. */
int cpio_end(struct cpio *cpio);

#endif
