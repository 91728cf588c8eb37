/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_HASH_H
#define MODBOX_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

/* uthash's own hash function, once in the program instead of inlined at each use. */
unsigned hash_bytes(const void *key, size_t len);

#define HASH_FUNCTION(key, len, hash) ((hash) = hash_bytes(key, len))

/* uthash itself would exit without a message. */
#define uthash_malloc(size) xmalloc(size)

#include <uthash.h>

/*
 * The hash of kmod's tables, whose order some of depmod's output follows: Paul Hsieh's
 * SuperFastHash (WebKit's variant), with the same result on any byte order.  For sorting
 * only: collisions are easy to construct.
 */
uint32_t kmod_hash(const char *name);

/*
 * A filter in front of a set of strings. Where thousands are looked up and few are in the
 * set, their last three bytes rule out most of the others. '-' counts as '_'.
 * Zero-initialise it.
 */
enum { SUFFIX_BYTES = 3, SUFFIX_BITS = 12 };
struct suffix_filter {
	unsigned char bits[(1 << SUFFIX_BITS) / 8];
	bool any; /* a string is too short: no filtering */
};

void suffix_filter_add(struct suffix_filter *filter, const char *s, size_t len);

/* Whether the set may hold s or a suffix of it. false is certain. */
bool suffix_filter_holds(const struct suffix_filter *filter, const char *s, size_t len);

#endif
