/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DEPGRAPH_H
#define MODBOX_DEPGRAPH_H

#include <stdbool.h>

#include "base/message.h"
#include "tree/modtree.h"
#include "tree/symtable.h"

/* Options for resolving symbols: depmod's -e, -E, -v and -P. */
struct depgraph_policy {
	const char *label;  /* names the module directory in messages */
	enum status cycle;  /* exit status for a dependency cycle */
	bool warn_unknown;  /* about needed symbols that nothing exports ... */
	bool check_sums;    /* ... and symbols whose CRCs differ */
	bool show_needs;    /* print each dependency and its symbol on standard output */
	char symbol_prefix; /* or 0 */
};

/* A module.  Its index in the array is its number. */
struct depgraph_module {
	const struct module *module;
	uint32_t *needs; /* module numbers without duplicates, in symbol order */
	size_t n_needs, capacity;
	uint32_t users;
	uint32_t place; /* in depmod's topological order, users first */
};

/*
 * Module dependencies, computed from exported and undefined symbols as depmod does;
 * depends= fields play no part.  Zero-initialise it.  The kernel's own symbols may be
 * added to symbols before depgraph_make().
 */
struct depgraph {
	struct depgraph_module *modules;
	size_t n;
	struct symtable symbols;
};

/*
 * Build the graph of n modules, given in the order of the indexes, with their symbols
 * loaded (LOAD_SYMBOLS).  The modules are borrowed.  Returns 0, or -1 (reported) on a
 * dependency cycle.
 */
int depgraph_make(struct depgraph *graph, struct module *const *modules, size_t n,
		  const struct depgraph_policy *policy);

/*
 * Collect all direct and indirect dependencies of module i in the order of depmod's
 * rows. all and seen each hold graph->n numbers; zero seen before the first call, then
 * leave it alone.  Returns the number of dependencies.
 */
size_t depgraph_row(const struct depgraph *graph, uint32_t i, uint32_t *all,
		    uint32_t *seen);

void depgraph_free(struct depgraph *graph);

#endif
