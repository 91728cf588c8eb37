/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DRAFT_H
#define MODBOX_DRAFT_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * A new file that does not have its name yet.  Who opens one ends it with draft_drop().
 * All functions return 0, or -1 with errno set; nothing is reported.
 */
struct draft {
	int fd;
	int dir;       /* where it will be; borrowed */
	mode_t mode;   /* as created */
	char temp[48]; /* its temporary name; "" while it has none */
};

int draft_open(struct draft *draft, int dir, mode_t mode);

/* The same with a temporary name from the beginning. */
int draft_open_named(struct draft *draft, int dir, mode_t mode);

/* A symbolic link to target in place of a file; it has a temporary name. */
int draft_symlink(struct draft *draft, int dir, const char *target);

/* Give a draft that has no name this one, where that is free: the draft is done. */
int draft_link(const struct draft *draft, const char *name);

/* Give it a temporary name. */
int draft_name(struct draft *draft);

/* Give a draft that has a temporary name this one, replacing a file: it is done. */
int draft_rename(struct draft *draft, const char *name);

/*
 * From now on, and until it is dropped, its temporary name is removed where memory runs
 * out: for who allocates meanwhile.  The draft stays where it is.
 */
void draft_watch(const struct draft *draft);

/* Close it, and remove it where it is not done. */
void draft_drop(struct draft *draft);

/* Whether name is a draft's temporary name, which only a killed run leaves. */
bool draft_is_temp(const char *name);

/*
 * Remove the file of such a name if no run holds it any more.  A link cannot be held:
 * links says that the caller knows of no other run that writes to dir.
 */
void draft_remove_stale(int dir, const char *name, bool links);

/* Remove all such files of a directory. */
void draft_sweep(int dir, bool links);

#endif
