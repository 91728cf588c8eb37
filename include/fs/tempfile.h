/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TEMPFILE_H
#define MODBOX_TEMPFILE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * A new file that does not have its name yet. Close it with tempfile_close(). Unless
 * noted, the functions return 0, or -1 with errno; they report nothing.
 */
struct tempfile {
	int fd;
	int dir;       /* its directory; borrowed */
	mode_t mode;   /* as created */
	char temp[48]; /* temporary name; "": nameless */
};

/*
 * Open a temporary file in dir, which is borrowed: nameless, or with a temporary name if
 * the file system has no nameless files.
 */
int tempfile_open(struct tempfile *temp, int dir, mode_t mode);

/* Open a temporary file that has a temporary name from the start. */
int tempfile_open_named(struct tempfile *temp, int dir, mode_t mode);

/* Make a symbolic link to target under a temporary name. */
int tempfile_symlink(struct tempfile *temp, int dir, const char *target);

/* Link a nameless temporary file to name if that is free; this completes it. */
int tempfile_link(const struct tempfile *temp, const char *name);

/* Give a nameless temporary file a temporary name. */
int tempfile_name(struct tempfile *temp);

/*
 * Rename a temporary file from its temporary name to name, replacing a file; this
 * completes it.
 */
int tempfile_rename(struct tempfile *temp, const char *name);

/*
 * If memory runs out before the file is closed, remove its temporary name. For callers
 * that allocate meanwhile; the struct must not move.
 */
void tempfile_watch(const struct tempfile *temp);

/* Close a temporary file, and remove it if it is not complete. */
void tempfile_close(struct tempfile *temp);

/* What a new file replaces, for the case that others of its set fail. */
struct kept {
	struct tempfile file; /* under a temporary name; close it with tempfile_close() */
	bool none;	      /* there was none */
};

/*
 * Keep the file or link of this name in dir, which is borrowed, if it can be linked: not
 * on FAT, for example. Close kept->file in any case.
 */
void kept_make(struct kept *kept, int dir, const char *name);

/*
 * Bring it back in the place of the new file, or remove that if there was none; a file
 * that could not be kept is lost. Returns 0, or -1 with errno.
 */
int kept_restore(struct kept *kept, const char *name);

/* Whether name is a temporary name; only a killed run leaves one behind. */
bool tempfile_is_name(const char *name);

/*
 * Remove a file with a temporary name if no run has it locked. Links cannot be locked: if
 * links is set, they are removed too, and no other run may be writing to dir.
 */
void tempfile_remove_stale(int dir, const char *name, bool links);

/* Call tempfile_remove_stale() for each temporary name in a directory. */
void tempfile_sweep(int dir, bool links);

#endif
