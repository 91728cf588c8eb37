/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ORDERFILTER_H
#define MODBOX_ORDERFILTER_H

#include <stdio.h>

#include "order/nameset.h"

/* What to do with the lines of the order and the set. */
enum order_task {
	ORDER_KEEP,    /* write, verbatim, the lines that name a module of the set */
	ORDER_DROP,    /* write all other lines */
	ORDER_SORT,    /* write the set in the order's sequence */
	ORDER_MISSING, /* write the modules of the set that the order lacks */
	ORDER_CHECK,   /* report modules that only one of the two has */
};

struct order_filter {
	enum order_task task;
	bool nul;	/* end lines with NUL */
	bool normalize; /* KEEP, DROP: fix line endings, drop duplicates */
	FILE *out;
	const char *to; /* names out in messages; borrowed */
	/* Zero at first: */
	struct nameset set, written;
	const char *label; /* names the order in messages; borrowed */
	bool unended;	   /* the last line written still lacks its newline */
};

/*
 * Read an open modules.order, named label in messages.  Call it several times to read
 * several files as one order.  Returns 0, or -1 (reported).
 */
int order_filter_read(struct order_filter *filter, int fd, const char *label);

/*
 * Write or report the results that need the whole order, and flush.  Returns 0, or -1
 * (reported) on a write error.
 */
int order_filter_finish(struct order_filter *filter);
void order_filter_free(struct order_filter *filter);

#endif
