/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TRIEFILE_H
#define MODBOX_TRIEFILE_H

#include "trie.h"

/* Returns -1, with errno EBADMSG. */
int trie_corrupt(void);

/* Whether n bytes from at are in the file, and read now; false with errno. */
bool trie_within(const struct trie *trie, size_t at, size_t n);

/* The number of four bytes, which are within. */
uint32_t trie_u32(const struct trie *trie, size_t at);

/* The string at *at, which moves behind its NUL; NULL with errno: that is missing. */
const char *trie_string(const struct trie *trie, size_t *at);

#endif
