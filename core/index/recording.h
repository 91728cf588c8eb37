/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_RECORDING_H
#define MODBOX_RECORDING_H

#include <stdbool.h>

#include "index/indexmake.h"
#include "index/indexwrite.h"
#include "tree/record.h"

/* One run's use of the record (tree/record.h). */
struct recording {
	struct modtree *tree;
	const struct rootfs *out; /* the indexes are in tree->dir of it; NULL: not yet */
	int clock; /* a file without a name there, whose times show the file system's
		      clock; -1: no record is made */
	struct timespec began; /* by that clock; zeros: unknown */
	char prefix;	       /* depgraph_policy.symbol_prefix */
};

enum recording_use {
	RECORD_NONE,
	RECORD_READ, /* write none */
	RECORD_KEEP, /* write one where one lies */
	RECORD_MAKE,
};

/* Open the record beside the indexes, unless full is set, and prepare for a new one. */
void recording_begin(struct recording *r, enum recording_use use, bool full,
		     bool verbose);

/*
 * Whether the indexes are those that were written when the record was made, and all that
 * they were made from is the same.
 */
bool recording_holds(const struct recording *r, const struct index_modules *modules,
		     const struct index_policy *policy);

/*
 * Write a new record, after the indexes.  sealed: no message was given while they were
 * made, so that the next run may leave them as they are.
 *
 * Returns 0, or -1 (reported).
 */
int recording_write(const struct recording *r, const struct index_modules *modules,
		    const struct index_policy *policy, bool sealed);

/* Write a new record with the old one's seal, if it would tell more than the old one. */
int recording_renew(const struct recording *r, const struct index_modules *modules);

/* Say on standard output how many modules the record has answered for. */
void recording_report(const struct recording *r, const struct index_modules *modules);

void recording_end(struct recording *r);

#endif
