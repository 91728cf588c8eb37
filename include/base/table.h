/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TABLE_H
#define MODBOX_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"

/* uthash's own hash function, but once in the program and not at each use. */
unsigned table_hash(const void *key, size_t len);

#define HASH_FUNCTION(key, len, hash) ((hash) = table_hash(key, len))

/* uthash's own way ends the program without a word. */
#define uthash_malloc(size) xmalloc(size)

#include <uthash.h>

/*
 * A sieve of a set of strings: where thousands are looked up and few are there, their last
 * three bytes tell most of those that are not.  '-' counts as '_'.  Zero-initialise it.
 */
enum { SIEVED = 3, SIEVE_BITS = 12 };
struct sieve {
	unsigned char bits[(1 << SIEVE_BITS) / 8];
	bool any; /* a string has fewer bytes */
};

void sieve_add(struct sieve *sieve, const char *s, size_t len);

/* Whether a string that was added may be what s is, or ends with; false: none is. */
bool sieve_holds(const struct sieve *sieve, const char *s, size_t len);

#endif
