// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The parts of uthash that the program needs only once, kmod's hash, and the suffix
 * filter.
 */
#include <string.h>

#include "base/hash.h"

unsigned hash_bytes(const void *key, size_t len)
{
	unsigned hash;

	HASH_JEN(key, len, hash);
	return hash;
}

/* Two bytes, little-endian; kmod reads them in host order. */
static uint32_t pair(const char *p)
{
	return (uint32_t)(unsigned char)p[0] | (uint32_t)(unsigned char)p[1] << 8;
}

uint32_t kmod_hash(const char *name)
{
	size_t len = strlen(name), n;
	uint32_t hash = (uint32_t)len;

	for (n = len / 4; n > 0; n--, name += 4) {
		hash += pair(name);
		hash = hash << 16 ^ (pair(name + 2) << 11 ^ hash);
		hash += hash >> 11;
	}
	switch (len % 4) {
	case 3:
		hash += pair(name);
		hash ^= hash << 16;
		hash ^= (uint32_t)(signed char)name[2] << 18;
		hash += hash >> 11;
		break;
	case 2:
		hash += pair(name);
		hash ^= hash << 11;
		hash += hash >> 17;
		break;
	case 1:
		hash += (uint32_t)(signed char)name[0];
		hash ^= hash << 10;
		hash += hash >> 1;
		break;
	}
	hash ^= hash << 3;
	hash += hash >> 5;
	hash ^= hash << 4;
	hash += hash >> 17;
	hash ^= hash << 25;
	hash += hash >> 6;
	return hash;
}

/* The filter's bit for strings that end with these bytes. */
static unsigned place(unsigned char a, unsigned char b, unsigned char c)
{
	return (a | (unsigned)b << 8 | (unsigned)c << 16) * 2654435761u >>
	       (32 - SUFFIX_BITS);
}

/* Variant 0 or 1 of c: '_' and '-' if c is one of the two, else c. */
static unsigned char variant(char c, unsigned which)
{
	if (c == '-' || c == '_')
		return which ? '-' : '_';
	return (unsigned char)c;
}

void suffix_filter_add(struct suffix_filter *filter, const char *s, size_t len)
{
	const char *end = s + len;
	unsigned i, bit;

	if (len < SUFFIX_BYTES) {
		filter->any = true;
		return;
	}
	for (i = 0; i < 1 << SUFFIX_BYTES; i++) {
		bit = place(variant(end[-3], i & 1), variant(end[-2], i >> 1 & 1),
			    variant(end[-1], i >> 2));
		filter->bits[bit / 8] |= (unsigned char)(1u << bit % 8);
	}
}

bool suffix_filter_holds(const struct suffix_filter *filter, const char *s, size_t len)
{
	const unsigned char *end = (const unsigned char *)s + len;
	unsigned bit;

	if (filter->any || len < SUFFIX_BYTES)
		return filter->any;
	bit = place(end[-3], end[-2], end[-1]);
	return filter->bits[bit / 8] >> bit % 8 & 1;
}
