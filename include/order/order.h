/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ORDER_H
#define MODBOX_ORDER_H

#include <stddef.h>

/* A text that somebody else holds. */
struct order_text {
	const char *text;
	size_t size;
};

/*
 * Cut a modules.order to the modules that a module directory has.
 *
 * modules are their paths below it.  A line names one of them where the paths agree,
 * compression suffixes aside, and '-' and '_' alike in the file name.  Such lines of
 * source are kept as they are, in their order; then those of old, the directory's
 * previous modules.order, that name a module which source does not know.
 *
 * Returns the text, which the caller frees, NUL-terminated; *size gets its bytes.
 */
char *order_cut(struct order_text source, struct order_text old,
		const char *const *modules, size_t n, size_t *size);

#endif
