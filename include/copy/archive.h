/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ARCHIVE_H
#define MODBOX_ARCHIVE_H

#include "copy/outfile.h"
#include "copy/source.h"

/* What does not come from SOURCE. */
struct archive_policy {
	uint32_t uid, gid; /* whose all files are */
	unsigned align;	   /* bytes (cpio.h) */
	bool fixed_time;   /* every file has the time ... */
	uint32_t time;	   /* ... seconds since 1970 */
};

/*
 * Write a list of files as a cpio archive to out, which was opened, in the order that the
 * list has: it was sorted (filelist_sort()).  Modes are 0644, 0755 and 0777, so that an
 * archive does not depend on who unpacked SOURCE.  Times are those of SOURCE's files, as
 * far as an archive can hold them; directories and what was made have the latest of those.
 *
 * Returns 0, or -1, reported.
 */
int archive_write(const struct filelist *list, const struct rootfs *source,
		  const struct archive_policy *policy, struct outfile *out);

#endif
