/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TRIEFILE_H
#define MODBOX_TRIEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* An index in depmod's .bin format; its contents are not trusted. Owns all its memory. */
struct trie {
	unsigned char *data;
	size_t size;
	int fd;	    /* read block by block from here, or -1 */
	bool *have; /* blocks read so far; NULL: all */
};

/* Constants of the format, which trie.c describes. */
#define TRIE_MAGIC 0xb007f457u
#define TRIE_VERSION 0x00020001u
#define NODE_PREFIX 0x80000000u
#define NODE_VALUES 0x40000000u
#define NODE_CHILDREN 0x20000000u
#define NODE_OFFSET 0x0fffffffu

/*
 * Make a trie of a file's contents: data and size from read_whole(). Takes over
 * data. Free the trie with trie_free() even after a failure.
 * Returns 0, or -1 with errno EBADMSG: not an index of a version that we read.
 */
int trie_init(struct trie *trie, char *data, size_t size);

/*
 * Make a trie of an open file of size bytes; searches read the blocks they need. Takes
 * over *fd and sets it to -1. Free the trie with trie_free() even after a failure.
 * Returns 0, or -1 with errno, as trie_search().
 */
int trie_open(struct trie *trie, int *fd, off_t size);

void trie_free(struct trie *trie);

/* Whether the root node comes first, as kmod 34 writes it; kmod 30 writes it last. */
bool trie_root_first(const struct trie *trie);

/* Set errno to EBADMSG and return -1. */
int trie_corrupt(void);

/*
 * Make sure that the n bytes at offset at are inside the file and have been read. Returns
 * false with errno set.
 */
bool trie_within(const struct trie *trie, size_t at, size_t n);

/* Whether the file contains a text, or cannot be read. */
bool trie_contains(const struct trie *trie, const char *text);

/* Return the big-endian number at an offset that trie_within() has checked. */
uint32_t trie_u32(const struct trie *trie, size_t at);

/*
 * Return the string at *at and move *at past its NUL. Returns NULL with errno if it has
 * no NUL.
 */
const char *trie_string(const struct trie *trie, size_t *at);

#endif
