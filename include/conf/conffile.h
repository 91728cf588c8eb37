/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_CONFFILE_H
#define MODBOX_CONFFILE_H

#include <stddef.h>

#include "base/util.h"
#include "fs/rootfs.h"

/* A configuration file of SOURCE. */
struct conf_text {
	const char *name; /* as in messages: etc/modprobe.d/video.conf */
	const char *text; /* a NUL stands behind it */
	size_t size;
};

/* Configuration files in the order in which kmod reads them.  Owns all. */
struct conf_files {
	struct arena arena;
	struct conf_text *items;
	size_t n, capacity;
};

/*
 * Read the *.conf files (and *.alias, with aliases) of the directories dirs (n_dirs;
 * a plain file stands for itself) inside root, sorted by base name; of two with the
 * same base name the one of the earlier directory counts.  This is the order of
 * kmod's conf_files_list() and depmod's cfg_files_list().  A directory that is not
 * there is passed over, unless it must_exist; so is a file that is masked (a link
 * to /dev/null).
 *
 * Returns 0, or -1, reported (status 4).
 */
int conf_files_read(struct conf_files *files, const struct rootfs *root,
		    const char *const *dirs, size_t n_dirs, bool aliases,
		    bool must_exist);
void conf_files_free(struct conf_files *files);

/* A reader of the lines of a configuration text, continued ones ("\" at the end) joined. */
struct conf_lines {
	const struct conf_text *conf;
	size_t at;
	unsigned number;   /* of the line last returned: its first one in the file */
	unsigned next;	   /* of the last line read */
	unsigned dangling; /* the one that a "\" continues into nothing: the end of the
			      file, an empty line or a comment; or 0 */
	char *line;	   /* owned: room for any line */
};

/*
 * The next line, or NULL at the end.  The reader owns it, and it may be written to
 * until the next call; the end frees it.
 */
char *conf_next_line(struct conf_lines *lines);

#endif
