/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TRIEFILE_H
#define MODBOX_TRIEFILE_H

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

/* The format's numbers: trie.c tells what they are. */
#define TRIE_MAGIC 0xb007f457u
#define TRIE_VERSION 0x00020001u
#define NODE_PREFIX 0x80000000u
#define NODE_VALUES 0x40000000u
#define NODE_CHILDREN 0x20000000u
#define NODE_OFFSET 0x0fffffffu

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

/* Returns -1, with errno EBADMSG. */
int trie_corrupt(void);

/* Whether n bytes from at are in the file, and read now; false with errno. */
bool trie_within(const struct trie *trie, size_t at, size_t n);

/* The number of four bytes, which are within. */
uint32_t trie_u32(const struct trie *trie, size_t at);

/* The string at *at, which moves behind its NUL; NULL with errno: that is missing. */
const char *trie_string(const struct trie *trie, size_t *at);

#endif
