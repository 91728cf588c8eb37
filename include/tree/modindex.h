/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODINDEX_H
#define MODBOX_MODINDEX_H

#include <stdbool.h>
#include <time.h>

#include "conf/modconf.h"
#include "fs/rootfs.h"
#include "tree/trie.h"

/*
 * The indexes that depmod wrote to a module directory. modules.alias.bin and
 * modules.symbols.bin are opened at their first use. Owns all its memory.
 */
struct modindex {
	const struct rootfs *root;
	const char *dir; /* the module directory inside root */
	struct arena arena;
	struct trie dep, alias, symbols;
	bool alias_read, symbols_read;
	time_t stamp;		 /* modules.dep.bin's modification time */
	struct timespec changed; /* its status change time */
	struct soft_rules soft;	 /* modules.softdep and modules.weakdep */
	bool has_weakdep;	 /* modules.weakdep exists (kmod 33 and later write it) */
};

/*
 * Open the indexes in root's module directory dir; both are borrowed.
 * Returns 1; 0 if modules.dep.bin or modules.alias.bin is missing (depmod writes both);
 * or -1 and reports it: an index is corrupt or unreadable (status 4).
 */
int modindex_open(struct modindex *index, const struct rootfs *root, const char *dir);
void modindex_close(struct modindex *index);

/*
 * Find the modules.dep row of a module name: "PATH: DEPENDENCY..." (paths). *row points
 * into the index; NULL if there is no such row.
 * Returns 0, or -1 and reports it: the index is corrupt.
 */
int modindex_row(struct modindex *index, const char *name, const char **row);

/* Collect all rows of modules.dep. Returns 0, or -1 and reports it. */
int modindex_rows(struct modindex *index, struct trie_values *rows);

/*
 * Whether a row of a module with this suffix (".gz") has dependencies. If none has,
 * the depmod that wrote the rows could perhaps not read such modules. An index that
 * cannot be read counts as true. Reports nothing.
 */
bool modindex_knows_suffix(const struct modindex *index, const char *suffix);

/*
 * Find the modules that export a symbol ("symbol:NAME"), or that have an alias matching a
 * normalised name, by priority.
 * Returns 0, or -1 and reports it: an index is corrupt.
 */
int modindex_symbols(struct modindex *index, const char *name,
		     struct trie_values *values);
int modindex_aliases(struct modindex *index, const char *name,
		     struct trie_values *values);

#endif
