/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DEPGRAPH_H
#define MODBOX_DEPGRAPH_H

#include <stdbool.h>

#include "base/message.h"
#include "index/symtable.h"
#include "tree/modtree.h"

/* What is said of symbols while they are resolved: depmod's -e, -E, -v and -P. */
struct depgraph_policy {
	const char *label; /* the module directory, as messages name it */
	enum status cycle; /* what a cycle makes of the exit status */
	bool warn_unknown; /* of needed symbols that nothing exports ... */
	bool check_sums;   /* ... and of those whose CRC is another */
	bool show_needs;   /* on standard output: what needs what, and for which symbol */
	char symbol_prefix; /* or 0 */
};

/* A module, its place in the array being its number. */
struct depgraph_module {
	const struct module *module;
	uint32_t *needs; /* numbers, in the order of its symbols, each once */
	size_t n_needs, capacity;
	uint32_t users;
	uint32_t place; /* in depmod's topological order: users before what they use */
};

/*
 * Which module needs which, by the symbols that they export and need: depmod's way,
 * that is independent of what depends= says.  Zero-initialise it.  Symbols of the kernel
 * may be added to symbols before the graph is made.
 */
struct depgraph {
	struct depgraph_module *modules;
	size_t n;
	struct symtable symbols;
};

/*
 * Make the graph of n modules, which have their symbols (LOAD_SYMBOLS) and are borrowed,
 * in the order in which indexes list them. Returns 0, or -1, reported: modules need each
 * other in a ring.
 */
int depgraph_make(struct depgraph *graph, struct module *const *modules, size_t n,
		  const struct depgraph_policy *policy);

/*
 * All modules that module i needs, directly or not, as depmod lists them in a row.
 * all and seen have room for as many numbers as there are modules; seen is zeroed before
 * the first call, and left to this function.  Returns how many there are.
 */
size_t depgraph_row(const struct depgraph *graph, uint32_t i, uint32_t *all,
		    uint32_t *seen);

void depgraph_free(struct depgraph *graph);

#endif
