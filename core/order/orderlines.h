/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ORDERLINES_H
#define MODBOX_ORDERLINES_H

#include <stdbool.h>
#include <stddef.h>

/* A line of a modules.order. */
struct order_line {
	const char *text; /* as it is, less its newline; borrowed */
	size_t length;	  /* bytes */
	size_t number;	  /* from 1 */
	bool ended;	  /* by a newline, as all but the last always are */
};

/*
 * Read an open modules.order, of any length, from wherever it comes, and hand each line
 * to take as soon as it is there.  shown is what messages call it.
 *
 * Returns 0, or -1, reported: it cannot be read, or a signal came (status 4); it has a
 * NUL byte or a line over 4 KiB (status 2), and so is something else; or take returned -1.
 */
int order_lines(int fd, const char *label,
		int (*take)(void *context, const struct order_line *line), void *context);

#endif
