/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_REPORT_H
#define MODBOX_REPORT_H

#include <stdbool.h>

#include "base/strlist.h"
#include "plan/firmware.h"
#include "plan/plan.h"
#include "proof/proof.h"
#include "tree/modtree.h"

/* The input of every report.  All of it is borrowed. */
struct report {
	const struct plan *plan;
	const struct modtree *tree;
	const struct firmware_list *firmware; /* NULL: not requested */
	const struct proof *proof;	      /* NULL: not requested */
	/* Module directories (usr/lib/modules/VERSION) already reported in this run. */
	const struct string_list *before;
	bool nul;   /* lines end with NUL */
	bool color; /* use ANSI colours (report_tree() only) */
	/* report_json() only: */
	bool all;	   /* all fields of .modinfo, which was read, */
	bool all_builtins; /* and of all built-in modules, not only of requested ones */
};

/*
 * Each of these writes one report to standard output.  Write errors are left for
 * output_finish() to detect.
 */

/* Paths of the module files relative to the root, in load order. */
void report_paths(const struct report *report);

/* Module names, in load order. */
void report_names(const struct report *report);

/* The output of modprobe --show-depends: insmod, install and builtin lines. */
void report_insmod(const struct report *report);

/*
 * The dependency tree, indented; each module is expanded once.  Lines are drawn with
 * UTF-8 characters if the locale (LC_ALL, LC_CTYPE or LANG) uses UTF-8.
 */
void report_tree(const struct report *report);

/* A graph for Graphviz. */
void report_dot(const struct report *report);

/* One JSON object on one line, as docs/modclosure.schema.json specifies. */
void report_json(const struct report *report);

/* A web page that needs no other file and no network (FEATURE_REPORT_HTML). */
void report_html(const struct report *report);

/*
 * A list for the kernel's gen_init_cpio.  Writes nothing and reports the error if the
 * format cannot express a path (status 2) or a file cannot be read (status 4).
 */
void report_cpio_list(const struct report *report);

#endif
