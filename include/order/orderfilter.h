/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ORDERFILTER_H
#define MODBOX_ORDERFILTER_H

#include <stdio.h>

#include "order/nameset.h"

/* What is done with an order and a set. */
enum order_task {
	ORDER_KEEP,    /* write the lines that name a module of the set, as they are */
	ORDER_DROP,    /* the others */
	ORDER_SORT,    /* write the set, in the order's order */
	ORDER_MISSING, /* write what of the set the order does not name */
	ORDER_CHECK,   /* report what one of them names and the other does not */
};

struct order_filter {
	enum order_task task;
	bool nul;	/* end lines with NUL */
	bool normalize; /* KEEP, DROP: mend the ends of lines, leave out duplicates */
	FILE *out;
	const char *to; /* what messages call out */
	/* Zero at first: */
	struct nameset set, written;
	const char *label; /* what messages call the order; borrowed */
	bool unended;	   /* the line written last has no end yet */
};

/*
 * Read an open modules.order, which messages call shown; several are taken as one.
 * Returns 0, or -1, reported.
 */
int order_filter_read(struct order_filter *filter, int fd, const char *label);

/*
 * Write or report what only the end tells, and flush.
 * Returns 0, or -1, reported: not all could be written.
 */
int order_filter_finish(struct order_filter *filter);
void order_filter_free(struct order_filter *filter);

#endif
