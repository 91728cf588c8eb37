/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TRIEFILE_H
#define MODBOX_TRIEFILE_H

#include "trie.h"

/* The format's numbers: trie.c tells what they are. */
#define TRIE_MAGIC 0xb007f457u
#define TRIE_VERSION 0x00020001u
#define NODE_PREFIX 0x80000000u
#define NODE_VALUES 0x40000000u
#define NODE_CHILDREN 0x20000000u
#define NODE_OFFSET 0x0fffffffu

/* Returns -1, with errno EBADMSG. */
int trie_corrupt(void);

/* Whether n bytes from at are in the file, and read now; false with errno. */
bool trie_within(const struct trie *trie, size_t at, size_t n);

/* The number of four bytes, which are within. */
uint32_t trie_u32(const struct trie *trie, size_t at);

/* The string at *at, which moves behind its NUL; NULL with errno: that is missing. */
const char *trie_string(const struct trie *trie, size_t *at);

#endif
