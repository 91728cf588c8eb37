/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ORDER_H
#define MODBOX_ORDER_H

#include <stddef.h>

/* A borrowed text; size in bytes. */
struct order_text {
	const char *text;
	size_t size;
};

/*
 * Reduce a modules.order to the modules in a module directory.
 *
 * modules are their n paths below that directory.  A line names a module if the paths
 * are equal, ignoring the compression suffix and treating '-' and '_' in the file name
 * as equal.  Matching lines of source are kept verbatim and in order.  They are
 * followed by the lines of old, the directory's previous modules.order, for modules
 * that source does not list.
 *
 * Returns NUL-terminated text that the caller frees; *size gets its length in bytes.
 */
char *order_cut(struct order_text source, struct order_text old,
		const char *const *modules, size_t n, size_t *size);

#endif
