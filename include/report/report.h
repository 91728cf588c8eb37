/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_REPORT_H
#define MODBOX_REPORT_H

#include <stdbool.h>

#include "base/strlist.h"
#include "plan/firmware.h"
#include "plan/plan.h"
#include "tree/modtree.h"

/* What a report is made of; all borrowed. */
struct report {
	const struct plan *plan;
	const struct modtree *tree;
	const struct firmware_list *firmware; /* NULL: it was not asked for */
	/* Module directories (usr/lib/modules/VERSION) that were reported before this. */
	const struct string_list *before;
	bool nul;   /* lines end with NUL */
	bool color; /* on a terminal that wants it */
};

/*
 * Write a report on standard output.  Write errors are found by output_finish().
 */

/* Files below the root, in load order. */
void report_paths(const struct report *report);

/* Names of modules, in load order. */
void report_names(const struct report *report);

/* What modprobe --show-depends prints: insmod, install and builtin lines. */
void report_insmod(const struct report *report);

/*
 * An indented tree of what led to what, each module once in full; drawn with UTF-8
 * where the locale in the environment says so.
 */
void report_tree(const struct report *report);

/* A graph for Graphviz. */
void report_dot(const struct report *report);

/* An object of JSON on one line, by docs/modclosure.schema.json. */
void report_json(const struct report *report);

/*
 * The list that the kernel's gen_init_cpio reads.  Errors are reported: a path that the
 * list cannot hold (status 2), a file that cannot be read (4).  Then nothing is written.
 */
void report_cpio_list(const struct report *report);

#endif
