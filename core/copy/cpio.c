// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Write the archive that the kernel unpacks as its initramfs, in cpio's "newc" format
 * (Documentation/driver-api/early-userspace/buffer-format.rst, init/initramfs.c).
 *
 *	header	"070701", then thirteen numbers of eight hexadecimal digits:
 *		inode mode uid gid nlink mtime size devmajor devminor rdevmajor rdevminor
 *		namesize check
 *	name	namesize bytes including a NUL, padded to a multiple of 4 counted from
 *		the start of the header
 *	data	size bytes, padded to a multiple of 4
 *
 * The last entry is named TRAILER!!!. The kernel skips NULs after it and continues at a
 * multiple of 4 with another archive, compressed or not.
 *
 * To align data, the name is padded with extra NULs, which namesize counts: the kernel,
 * cpio and bsdtar read the name up to the first NUL. But the kernel silently skips an
 * entry whose namesize exceeds PATH_MAX; if the padding would not fit, the data stays
 * unaligned.  NULs between entries would suit the kernel, but cpio complains about
 * them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/message.h"
#include "copy/cpio.h"

#define TRAILER "TRAILER!!!"

enum {
	HEADER = 110, /* bytes */
	WORD = 4,
	BLOCK = 512, /* bytes; archives are padded to a multiple, as cpio does */
};

static char nuls[CPIO_NAME_MAX]; /* never written; not const, to stay out of the file */

/* Bytes from at to the next multiple of align, a power of two. */
static unsigned gap(uint64_t at, unsigned align)
{
	return (unsigned)(-at & (align - 1));
}

static int add_nuls(struct cpio *cpio, unsigned align)
{
	return outfile_add(cpio->out, nuls, gap(cpio->out->size, align));
}

/* Bytes of the entry's name with its NULs. */
static size_t name_size(const struct cpio *cpio, const struct cpio_entry *entry)
{
	size_t size = strlen(entry->name) + 1;
	unsigned more = gap(cpio->out->size + HEADER + size, cpio->align);

	if (S_ISREG(entry->mode) && entry->size >= cpio->align && cpio->align > WORD &&
	    size + more <= CPIO_NAME_MAX)
		size += more;
	return size;
}

static int cpio_put(struct cpio *cpio, const struct cpio_entry *entry)
{
	size_t size = name_size(cpio, entry), length = strlen(entry->name);
	char header[HEADER + 1];

	snprintf(header, sizeof(header),
		 "070701%08X%08X%08X%08X%08X%08X%08X%032X%08X%08X", ++cpio->inode,
		 (unsigned)entry->mode, cpio->uid, cpio->gid,
		 S_ISDIR(entry->mode) ? 2 : 1, entry->mtime, (unsigned)entry->size, 0,
		 (unsigned)size, 0);
	if (outfile_add(cpio->out, header, HEADER) < 0 ||
	    outfile_add(cpio->out, entry->name, length) < 0 ||
	    outfile_add(cpio->out, nuls, size - length) < 0)
		return -1;
	return cpio_pad(cpio);
}

int cpio_begin(struct cpio *cpio, const struct cpio_entry *entry)
{
	if (entry->size > UINT32_MAX) {
		error(STATUS_IO,
		      "%s has %" PRIu64
		      " bytes; files in a cpio archive must be below 4 GiB",
		      entry->name, entry->size);
		return -1;
	}
	if (strlen(entry->name) >= CPIO_NAME_MAX) {
		error(STATUS_IO, "%s: path longer than the kernel's limit of 4095 bytes",
		      entry->name);
		return -1;
	}
	if (strcmp(entry->name, TRAILER) == 0) {
		error(STATUS_IO,
		      "%s: this name marks the end of a cpio archive; rename the file",
		      entry->name);
		return -1;
	}
	return cpio_put(cpio, entry);
}

int cpio_pad(struct cpio *cpio)
{
	return add_nuls(cpio, WORD);
}

int cpio_end(struct cpio *cpio)
{
	struct cpio end = { .out = cpio->out, .align = WORD, .inode = UINT32_MAX };

	/* Inode 0, as in cpio's trailer. */
	if (cpio_put(&end, &(struct cpio_entry){ .name = TRAILER }) < 0)
		return -1;
	return add_nuls(cpio, BLOCK);
}
