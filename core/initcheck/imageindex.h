/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_IMAGEINDEX_H
#define MODBOX_IMAGEINDEX_H

#include "base/hash.h"
#include "fs/rootfs.h"
#include "tree/trie.h"

/* A row of modules.dep, or an entry of another index: its key and value. */
struct index_entry {
	const char *key;   /* a module's name; else key and value as one text */
	const char *value; /* "PATH: DEPENDENCY...", or NULL */
	UT_hash_handle hh;
};

/* An index, as the image has it, or as depmod would write it. */
struct image_index {
	const char *name; /* "modules.dep.bin" */
	bool exists;
	bool corrupt;
	char *text; /* of one that is no .bin */
	struct trie trie;
	struct arena arena;
	struct index_entry *entries;
};

enum index_form {
	INDEX_ROWS,  /* modules.dep.bin: entries are rows by their module's name */
	INDEX_PAIRS, /* another .bin */
	INDEX_TEXT,  /* not made into entries */
};

/*
 * Read an index in a directory below root, if it is there. Free it with
 * image_index_free(), also after a failure. Returns 0, or -1 and reports it.
 */
int image_index_read(struct image_index *index, const struct rootfs *root,
		     const char *dir, enum index_form form);

/* Make entries of the bytes of a .bin, which are copied, as INDEX_PAIRS. Returns 0, or -1
 * if they are damaged. */
int image_index_take(struct image_index *index, const char *data, size_t size);

/* Make entries of the text: of rows of modules.dep, or of lines. */
void image_index_split_rows(struct image_index *index);
void image_index_split_lines(struct image_index *index);

void image_index_free(struct image_index *index);

#endif
