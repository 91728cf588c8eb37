/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_UNPACK_SINKMAKE_H
#define MODBOX_UNPACK_SINKMAKE_H

#include "base/strbuf.h"
#include "sink.h"
#include "wanted.h"

struct sink {
	const struct rootfs *root;
	const char *parent;
	struct wanted wanted;
	uint64_t max, decoded, written; /* bytes */
	size_t n_entries, n_names, n_made;
	struct image_listing *listing; /* or NULL */
	struct image_segment segment;  /* the current one */
	char *problem;
	bool limited;	    /* it is --max-unpacked */
	struct strbuf path; /* of the current entry */
	struct strbuf at;   /* the open directory's path */
	int dir;	    /* it, or -1 */
	bool moved;	    /* that path may lead elsewhere now */
	int file;	    /* the current entry, being written; or -1 */
	const char *name;   /* its name in dir */
	mode_t umask;
	time_t mtime;
};

/*
 * Put a path into a buffer, without empty components and ".". Returns the number of its
 * components, or -1 if one is "..".
 */
int sink_clean(struct strbuf *to, const char *path);

/* Report that the copy cannot be written, by errno. Returns -1. */
int sink_cannot_write(const struct sink *sink);

/*
 * Make what the entry is, at the path in sink->path; for a file, sink->file is then open.
 * Returns 1, 0 if it must be left out, or -1 (sink.h).
 */
int sink_make(struct sink *sink, const struct sink_entry *entry);

#endif
