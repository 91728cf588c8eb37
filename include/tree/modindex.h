/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODINDEX_H
#define MODBOX_MODINDEX_H

#include <stdbool.h>
#include <time.h>

#include "conf/modconf.h"
#include "fs/rootfs.h"
#include "tree/trie.h"

/*
 * The indexes that depmod left in a module directory.  A .bin is read when it is
 * first asked.  Owns all.
 */
struct modindex {
	const struct rootfs *root;
	const char *dir; /* the module directory inside root */
	struct arena arena;
	struct trie dep, alias, symbols;
	bool alias_read, symbols_read;
	time_t stamp;		/* modules.dep.bin's modification time */
	struct soft_rules soft; /* modules.softdep and modules.weakdep */
	bool has_weakdep;	/* modules.weakdep is there: made by kmod 33 or later */
};

/*
 * Open the indexes of the module directory dir of root; both are borrowed.
 * Returns 1; 0 where modules.dep.bin or modules.alias.bin is not there (an indexed
 * tree has both); or -1, reported: corrupt or unreadable (status 4).
 */
int modindex_open(struct modindex *index, const struct rootfs *root, const char *dir);
void modindex_close(struct modindex *index);

/*
 * The row of modules.dep for a module name: "PATH: DEPENDENCY..." (paths).  *row
 * points into the index, or is NULL.
 * Returns 0, or -1, reported: the index is corrupt.
 */
int modindex_row(struct modindex *index, const char *name, const char **row);

/* All rows of modules.dep.  Returns 0, or -1, reported. */
int modindex_rows(struct modindex *index, struct trie_values *rows);

/*
 * The modules of which a normalised name is a symbol ("symbol:NAME") or an alias, by
 * priority.
 * Returns 0, or -1, reported: an index is corrupt.
 */
int modindex_symbols(struct modindex *index, const char *name,
		     struct trie_values *values);
int modindex_aliases(struct modindex *index, const char *name,
		     struct trie_values *values);

#endif
