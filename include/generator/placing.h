/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_PLACING_H
#define MODBOX_PLACING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"
#include "fs/rootfs.h"
#include "tree/symtable.h"

struct placed; /* placing.c */

/*
 * Files on their way to DEST, as dracut-install puts them there.  Directories and links
 * are made at once, files are copied by placing_finish().
 */
struct placing {
	struct rootfs source, dest;
	const char *sysroot; /* of the source, without '/' at its end; or "" */
	int log;	     /* the log file, or -1 */
	const char *log_path;
	bool dry_run; /* nothing is written; names go to standard output */
	bool hmac;    /* copy .NAME.hmac too */
	bool no_xattr;
	bool verbose;
	struct arena arena;
	struct symtable done;  /* paths in DEST */
	struct placed **files; /* in the order of the log */
	size_t n, capacity;
};

/*
 * Put a file into DEST; both are absolute paths, src perhaps one below the sysroot. If it
 * is a link, so is the copy, and what it leads to is put beside it. What DEST has already
 * is kept. Returns 0, or 1: src does not exist, which is not reported, or an error, which
 * is.
 */
int placing_add(struct placing *p, const char *src, const char *dst);

/* Return a path without the sysroot that it begins with, if it does. */
const char *placing_strip(const struct placing *p, const char *path);

/*
 * Copy the files, on all cores, and write the log. Returns 0, or -1 and reports it. Frees
 * all but the roots and the log's descriptor.
 */
int placing_finish(struct placing *p);

#endif
