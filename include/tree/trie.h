/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TRIE_H
#define MODBOX_TRIE_H

#include <stddef.h>
#include <stdint.h>

#include "tree/triefile.h"

struct trie_value {
	uint32_t priority;
	const char *text;
};

/* Search results, by priority. The strings point into the trie. */
struct trie_values {
	struct trie_value *items;
	size_t n, capacity;
};

/*
 * Find the values of key. Keys with wildcards match as in libkmod (fnmatch). values is
 * overwritten; free it with trie_values_free().
 * Returns 0, or -1 with errno: EBADMSG if the index is corrupt. Reports nothing.
 */
int trie_search(const struct trie *trie, const char *key, struct trie_values *values);

/* Collect all values. Returns as trie_search(). */
int trie_all(const struct trie *trie, struct trie_values *values);

/*
 * Call take for each value, in the order of the keys; both texts are borrowed, the value
 * as long as the trie. Returns as trie_search().
 */
typedef void trie_taker(void *context, const char *key, const char *value);
int trie_each(const struct trie *trie, trie_taker *take, void *context);

void trie_values_free(struct trie_values *values);

#endif
