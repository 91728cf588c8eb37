/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SIZES_H
#define MODBOX_SIZES_H

#include <stddef.h>
#include <stdint.h>

#include "report/report.h"

/* Modules, bytes of their files, and bytes of memory after loading. */
struct cost {
	size_t modules;
	uint64_t bytes, memory;
};

/* A request, its closure, and the part of it that no other request needs. */
struct size_row {
	const struct plan_name *name;
	size_t number; /* index among the requests */
	struct cost total, saved;
};

struct sizes {
	struct size_row *rows; /* of all requests, the largest saving first */
	size_t *users;	       /* for each module: number of requests that reach it */
	struct cost all;       /* of the plan */
};

/*
 * Print a row for each request: the total size of its closure, and the part that no other
 * request needs, i.e. the saving if the request is dropped.  The largest saving comes
 * first.  Columns: modules, bytes of files, bytes of memory.
 */
void report_sizes(const struct report *report);

/*
 * The same rows as data, for report_html() alone (FEATURE_REPORT_HTML). They borrow the
 * plan; sizes_free() frees the rest.
 */
void sizes_make(struct sizes *sizes, const struct plan *plan);
void sizes_free(struct sizes *sizes);

/*
 * Like report_sizes(), for files with other sizes in DEST: sizes holds the bytes of each
 * file, in the plan's order.  Reads each module's memory size from tree, which must be
 * the tree that the plan was resolved against.
 */
void sizes_show(const struct plan *plan, struct modtree *tree, const uint64_t *sizes);

#endif
