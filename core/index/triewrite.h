/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TRIEWRITE_H
#define MODBOX_TRIEWRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/util.h"

/*
 * An index in depmod's .bin format (trie.c), while it is made.  Zero-initialise it.
 * Owns all but the strings that are added, which are borrowed until it is freed.
 */
struct trie_writer {
	struct arena arena;
	struct trie_branch *root;
};

/*
 * Add a value to a key.  A key's values go by priority, and of the same priority the
 * last one that was added comes first, as depmod has it.
 * Returns 0; 1 where the key had a value of that priority; or -1, with nothing added: an
 * index cannot hold such a key (too long, or not ASCII).
 */
int triewrite_add(struct trie_writer *writer, const char *key, const char *value,
		  uint32_t priority);

/*
 * Append the file's contents to out, which is empty.
 * Returns 0, or -1: it is too large for the format (256 MiB).
 */
int triewrite_finish(struct trie_writer *writer, struct strbuf *out);
void triewrite_free(struct trie_writer *writer);

#endif
