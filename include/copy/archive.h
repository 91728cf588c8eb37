/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ARCHIVE_H
#define MODBOX_ARCHIVE_H

#include "copy/outfile.h"
#include "copy/source.h"

/* Attributes that do not come from SOURCE. */
struct archive_policy {
	uint32_t uid, gid; /* owner of every file */
	unsigned align;	   /* bytes (cpio.h) */
	bool fixed_time;   /* give every file ... */
	uint32_t time;	   /* ... this time, in seconds since 1970 */
};

/*
 * Write a list, sorted by filelist_sort(), as a cpio archive to out, which must be
 * open.  Modes are 0644, 0755 and 0777, so the archive does not depend on the umask of
 * whoever unpacked SOURCE. Files keep SOURCE's times, clamped to the format's range;
 * directories and generated files get the latest of them.
 *
 * Returns 0, or -1 (reported).
 */
int archive_write(const struct filelist *list, const struct rootfs *source,
		  const struct archive_policy *policy, struct outfile *out);

#endif
