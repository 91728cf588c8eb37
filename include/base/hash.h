/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_HASH_H
#define MODBOX_HASH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"

/* uthash's own hash function, but once in the program and not at each use. */
unsigned hash_bytes(const void *key, size_t len);

#define HASH_FUNCTION(key, len, hash) ((hash) = hash_bytes(key, len))

/* uthash's own way ends the program without a word. */
#define uthash_malloc(size) xmalloc(size)

#include <uthash.h>

/*
 * A suffix_filter of a set of strings: where thousands are looked up and few are there,
 * their last three bytes tell most of those that are not.  '-' counts as '_'.
 * Zero-initialise it.
 */
enum { SUFFIX_BYTES = 3, SUFFIX_BITS = 12 };
struct suffix_filter {
	unsigned char bits[(1 << SUFFIX_BITS) / 8];
	bool any; /* a string has fewer bytes */
};

void suffix_filter_add(struct suffix_filter *suffix_filter, const char *s, size_t len);

/* Whether a string that was added may be what s is, or ends with; false: none is. */
bool suffix_filter_holds(const struct suffix_filter *suffix_filter, const char *s,
			 size_t len);

#endif
