/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DEPMOD_H
#define MODBOX_DEPMOD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Find depmod(8). given is a path, a name to look up, or NULL for "depmod".  Names are
 * looked up in PATH, then /sbin and /usr/sbin.  Returns a path that the caller frees,
 * or NULL (reported).
 */
char *depmod_find(const char *given);

/* Look up "depmod" in the same places.  Returns NULL, not reported, if there is none. */
char *depmod_look(void);

/* Text to replace in depmod's messages. */
struct replacement {
	const char *from, *to;
};

struct depmod_call {
	const char *program;
	const char *base;   /* -b: contains lib/modules/VERSION */
	const char *config; /* -C */
	const char *version;
	const int *fds; /* descriptors to inherit under the same numbers */
	size_t n_fds;
	const struct replacement *replacements; /* applied in this order */
	size_t n_replacements;
	const char *label; /* names the directory being indexed in messages */
	bool *unread;	   /* set if depmod says that it could not read a module */
};

/*
 * Run depmod(8) and relay its output, on either stream, as warnings.  Returns 0, or -1
 * (reported) if it cannot be run or fails, or if a signal arrives; depmod is killed
 * then.
 */
int depmod_run(const struct depmod_call *call);

#endif
