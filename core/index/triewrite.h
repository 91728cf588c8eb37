/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TRIEWRITE_H
#define MODBOX_TRIEWRITE_H

#include <stdint.h>

#include "base/strbuf.h"
#include "base/util.h"

/*
 * An index in depmod's .bin format (trie.c) under construction.  Zero-initialise it.
 * Owns everything but the strings added, which are borrowed until triewrite_free().
 */
struct trie_writer {
	struct arena arena;
	struct trie_branch *root;
};

/*
 * Add a value to a key.  A key's values are sorted by priority; of equal priority the
 * last added comes first, as in depmod.  Returns 0; 1 if the key already had a value of
 * that priority; or -1, with nothing added, if the format cannot hold the key (too long
 * or not ASCII).
 */
int triewrite_add(struct trie_writer *writer, const char *key, const char *value,
		  uint32_t priority);

/* The order of nodes in the file: that of kmod 34, or of kmod 30. */
enum trie_order { ROOT_FIRST, ROOT_LAST };

/*
 * Append the file's contents to out, which must be empty.  Returns 0, or -1 (not
 * reported) if it exceeds the format's limit of 256 MiB; then nothing was appended.
 */
int triewrite_finish(struct trie_writer *writer, enum trie_order order,
		     struct strbuf *out);
void triewrite_free(struct trie_writer *writer);

#endif
