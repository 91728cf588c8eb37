// SPDX-License-Identifier: GPL-2.0-or-later
/* Hash tables are uthash's; this is what need not be in the program once for each. */
#include "base/hash.h"

unsigned hash_bytes(const void *key, size_t len)
{
	unsigned hash;

	HASH_JEN(key, len, hash);
	return hash;
}

/* Which of a suffix_filter's bits is that of strings that end so */
static unsigned place(unsigned char a, unsigned char b, unsigned char c)
{
	return (a | (unsigned)b << 8 | (unsigned)c << 16) * 2654435761u >>
	       (32 - SUFFIX_BITS);
}

/* c, or where it is one of '-' and '_' the other one as well: which is 0 or 1 */
static unsigned char variant(char c, unsigned which)
{
	if (c == '-' || c == '_')
		return which ? '-' : '_';
	return (unsigned char)c;
}

void suffix_filter_add(struct suffix_filter *suffix_filter, const char *s, size_t len)
{
	const char *end = s + len;
	unsigned i, bit;

	if (len < SUFFIX_BYTES) {
		suffix_filter->any = true;
		return;
	}
	for (i = 0; i < 1 << SUFFIX_BYTES; i++) {
		bit = place(variant(end[-3], i & 1), variant(end[-2], i >> 1 & 1),
			    variant(end[-1], i >> 2));
		suffix_filter->bits[bit / 8] |= (unsigned char)(1u << bit % 8);
	}
}

bool suffix_filter_holds(const struct suffix_filter *suffix_filter, const char *s,
			 size_t len)
{
	const unsigned char *end = (const unsigned char *)s + len;
	unsigned bit;

	if (suffix_filter->any || len < SUFFIX_BYTES)
		return suffix_filter->any;
	bit = place(end[-3], end[-2], end[-1]);
	return suffix_filter->bits[bit / 8] >> bit % 8 & 1;
}
