/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ORDERLINES_H
#define MODBOX_ORDERLINES_H

#include <stdbool.h>
#include <stddef.h>

/* A line of a modules.order. */
struct order_line {
	const char *text; /* without its newline; borrowed */
	size_t length;	  /* bytes */
	size_t number;	  /* counted from 1 */
	bool ended;	  /* ends with a newline; only the last line may not */
};

/*
 * Read an open modules.order of any length, a pipe too, and pass each line to take as
 * soon as it is complete. label names the file in messages.
 *
 * Returns 0, or -1 after reporting: a read error or a signal (status 4); a NUL byte or
 * a line over 4 KiB (status 2).  Also returns -1 when take does, which reports its own
 * failure.
 */
int order_lines(int fd, const char *label,
		int (*take)(void *context, const struct order_line *line), void *context);

#endif
