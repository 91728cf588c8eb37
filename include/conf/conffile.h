/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_CONFFILE_H
#define MODBOX_CONFFILE_H

#include <stddef.h>

#include "base/util.h"
#include "fs/rootfs.h"

/* A configuration file of SOURCE. */
struct conf_text {
	const char *name; /* for messages: etc/modprobe.d/video.conf */
	const char *text; /* NUL-terminated */
	size_t size;
};

/* Configuration files in the order in which kmod reads them. Owns all its memory. */
struct conf_files {
	struct arena arena;
	struct conf_text *items;
	size_t n, capacity;
};

/*
 * Read the *.conf files (and *.alias, if aliases is set) of the directories dirs (n_dirs
 * of them; an entry may also be a plain file) inside root, sorted by base name. Of files
 * with the same base name, the one in the earliest directory counts. This is the order of
 * kmod's conf_files_list() and depmod's cfg_files_list(). A missing directory is skipped,
 * unless must_exist is set; so is a masked file (a link to /dev/null).
 *
 * Returns 0, or -1 and reports it (status 4).
 */
int conf_files_read(struct conf_files *files, const struct rootfs *root,
		    const char *const *dirs, size_t n_dirs, bool aliases,
		    bool must_exist);
void conf_files_free(struct conf_files *files);

/* An iterator over the lines of a configuration text; joins lines that end with "\". */
struct conf_lines {
	const struct conf_text *conf;
	size_t at;
	unsigned number;   /* number of the line returned: of its first one in the file */
	unsigned next;	   /* number of the last line read */
	unsigned dangling; /* number of a line whose "\" is followed by the end of the
			      file, an empty line or a comment; or 0 */
	char *line;	   /* owned; large enough for any line */
};

/*
 * Return the next line, or NULL at the end. The iterator owns it and frees it at the end;
 * the caller may modify it until the next call.
 */
char *conf_next_line(struct conf_lines *lines);

#endif
