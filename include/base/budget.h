/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_BUDGET_H
#define MODBOX_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The memory that all threads together may use for reading files: BUDGET bytes, and
 * beyond that what one file needs. Each thread has a share; zero-initialise it.
 */
struct budget_share {
	bool over; /* it may take more than the budget has */
};

/*
 * Take more bytes for the share, before allocating them. If the budget is used up, one
 * share may go over it, and the others wait. That share never waits, and comes to its
 * budget_settle(); so a thread may wait while it holds memory, and none waits forever.
 */
void budget_take(struct budget_share *share, size_t bytes);

/* Give back bytes of any share, after freeing them. */
void budget_give(size_t bytes);

/* The share's file is done: others may go over the budget. */
void budget_settle(struct budget_share *share);

#endif
