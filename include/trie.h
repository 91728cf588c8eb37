/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TRIE_H
#define MODBOX_TRIE_H

#include <stddef.h>
#include <stdint.h>

/* An index in depmod's .bin format, in memory.  Nothing in it is trusted. */
struct trie {
	unsigned char *data; /* owned; a NUL stands behind it */
	size_t size;
};

struct trie_value {
	uint32_t priority;
	const char *text;
};

/* What a search found, by priority.  The strings point into the trie. */
struct trie_values {
	struct trie_value *items;
	size_t n, capacity;
};

/*
 * Take over size bytes of a file's contents (as read_whole() returns them).
 * Returns 0, or -1 with errno EBADMSG: not an index of the version that we read.
 */
int trie_init(struct trie *trie, char *data, size_t size);
void trie_free(struct trie *trie);

/*
 * Find the values of key; keys that hold wildcards match as libkmod matches them
 * (fnmatch).  values is filled anew; free it with trie_values_free().
 * Returns 0, or -1 with errno EBADMSG where the index is corrupt.
 */
int trie_search(const struct trie *trie, const char *key, struct trie_values *values);

/* Collect all values. */
int trie_all(const struct trie *trie, struct trie_values *values);

void trie_values_free(struct trie_values *values);

#endif
