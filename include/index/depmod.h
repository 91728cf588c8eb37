/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DEPMOD_H
#define MODBOX_DEPMOD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Find depmod(8): given (NULL: not given), a path or a name to look up, else depmod;
 * names are looked up in PATH, /sbin, /usr/sbin.
 * Returns its path, which the caller frees, or NULL, reported.
 */
char *depmod_find(const char *given);

/* Find depmod where names are looked up; NULL, not reported, where there is none. */
char *depmod_look(void);

/* A text in depmod's messages, and what stands there instead. */
struct replacement {
	const char *from, *to;
};

struct depmod_call {
	const char *program;
	const char *base;   /* -b: the directory that has lib/modules/VERSION */
	const char *config; /* -C */
	const char *version;
	const int *fds; /* descriptors that depmod inherits, under their numbers */
	size_t n_fds;
	const struct replacement *replacements; /* in this order */
	size_t n_replacements;
	const char *label; /* what is indexed, as messages name it */
	bool *unread;	   /* set where it says that it could not read a module */
};

/*
 * Run depmod(8).  Its messages, on either stream, become warnings of ours.
 * Returns 0, or -1, reported: it could not be run, it failed, or a signal came, upon
 * which it was killed.
 */
int depmod_run(const struct depmod_call *call);

#endif
