/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TEMPFILE_H
#define MODBOX_TEMPFILE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * A new file that does not have its name yet.  Who opens one ends it with
 * tempfile_close(). All functions return 0, or -1 with errno set; nothing is reported.
 */
struct tempfile {
	int fd;
	int dir;       /* where it will be; borrowed */
	mode_t mode;   /* as created */
	char temp[48]; /* its temporary name; "" while it has none */
};

int tempfile_open(struct tempfile *temp, int dir, mode_t mode);

/* The same with a temporary name from the beginning. */
int tempfile_open_named(struct tempfile *temp, int dir, mode_t mode);

/* A symbolic link to target in place of a file; it has a temporary name. */
int tempfile_symlink(struct tempfile *temp, int dir, const char *target);

/* Give a temporary file that has no name this one, where that is free: the temporary file
 * is done. */
int tempfile_link(const struct tempfile *temp, const char *name);

/* Give it a temporary name. */
int tempfile_name(struct tempfile *temp);

/* Give a temporary file that has a temporary name this one, replacing a file: it is done.
 */
int tempfile_rename(struct tempfile *temp, const char *name);

/*
 * From now on, and until it is dropped, its temporary name is removed where memory runs
 * out: for who allocates meanwhile.  The temporary file stays where it is.
 */
void tempfile_watch(const struct tempfile *temp);

/* Close it, and remove it where it is not done. */
void tempfile_close(struct tempfile *temp);

/* Whether name is a temporary name, which only a killed run leaves. */
bool tempfile_is_name(const char *name);

/*
 * Remove the file of such a name if no run holds it any more.  A link cannot be held:
 * links says that the caller knows of no other run that writes to dir.
 */
void tempfile_remove_stale(int dir, const char *name, bool links);

/* Remove all such files of a directory. */
void tempfile_sweep(int dir, bool links);

#endif
