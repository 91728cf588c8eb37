/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TRIE_H
#define MODBOX_TRIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* An index in depmod's .bin format.  Nothing in it is trusted.  Owns all. */
struct trie {
	unsigned char *data;
	size_t size;
	int fd;	    /* where it is read from, block by block, or -1 */
	bool *have; /* which blocks; NULL: all */
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
 * Take over size bytes of a file's contents (as read_whole() returns them).  Whatever it
 * returns, trie_free() frees.
 * Returns 0, or -1 with errno EBADMSG: not an index of the version that we read.
 */
int trie_init(struct trie *trie, char *data, size_t size);

/*
 * The same for a file of size bytes, of which searches read what they need.  Takes over
 * *fd, which it makes -1, whatever it returns: 0, or -1 with errno, as trie_search().
 */
int trie_open(struct trie *trie, int *fd, off_t size);

void trie_free(struct trie *trie);

/*
 * Find the values of key; keys that hold wildcards match as libkmod matches them
 * (fnmatch).  values is filled anew; free it with trie_values_free().
 * Returns 0, or -1 with errno: EBADMSG where the index is corrupt.
 */
int trie_search(const struct trie *trie, const char *key, struct trie_values *values);

/* Collect all values. */
int trie_all(const struct trie *trie, struct trie_values *values);

void trie_values_free(struct trie_values *values);

#endif
