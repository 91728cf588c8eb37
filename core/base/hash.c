// SPDX-License-Identifier: GPL-2.0-or-later
/* The parts of uthash that the program needs only once, and the suffix filter. */
#include "base/hash.h"

unsigned hash_bytes(const void *key, size_t len)
{
	unsigned hash;

	HASH_JEN(key, len, hash);
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
