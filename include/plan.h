/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_PLAN_H
#define MODBOX_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util.h"

/* Why a module is in a plan: the first edge that led to it. */
enum edge {
	EDGE_REQUEST, /* the user named it, or an alias of it */
	EDGE_DEPENDS, /* a hard dependency */
	EDGE_PRE,     /* softdep pre: */
	EDGE_POST,    /* softdep post: */
	EDGE_WEAKDEP,
};

/* The edge's name in output: "request", "depends", "softdep pre", ... */
const char *edge_name(enum edge edge);

struct plan_module {
	const char *name; /* with underscores */
	const char *path; /* below the module directory: kernel/fs/ext4/ext4.ko.xz */
	enum edge edge;
	const char *by;	    /* the module, or the origin of the request, that led to it */
	const char *alias;  /* the name that was looked up, where it is another, or NULL */
	uint64_t size;	    /* bytes of the file */
};

/*
 * What is to be done for one kernel.  Plain data: the plan owns its strings (in
 * its arena), and whoever gets it later borrows it const.
 */
struct plan {
	struct arena arena;
	const char *module_dir; /* below the root, no '/' at either end: usr/lib/modules */
	const char *version;	/* usr/lib/modules/<version> is the module directory */
	struct plan_module *modules; /* dependencies first */
	size_t n_modules;
	size_t n_builtin;  /* requests and dependencies that are built in */
	const char **notes; /* lines for --verbose: what each request came to, ... */
	size_t n_notes, notes_capacity;
	uint64_t bytes; /* of the modules' files */
};

/* Add a line for --verbose. */
void plan_note(struct plan *plan, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Show a plan on standard output: '#' lines that say why, and a line for each file
 * to copy, relative to the root.
 */
void plan_show(const struct plan *plan);

void plan_free(struct plan *plan);

#endif
