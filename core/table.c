// SPDX-License-Identifier: GPL-2.0-or-later
/* Hash tables are uthash's; this is what need not be in the program once for each. */
#include "table.h"

unsigned table_hash(const void *key, size_t len)
{
	unsigned hash;

	HASH_JEN(key, len, hash);
	return hash;
}

static unsigned fold(char c)
{
	return (unsigned char)(c == '-' ? '_' : c);
}

/* Which of a sieve's bits */
static unsigned place(const char *s, size_t len)
{
	unsigned sum = (unsigned)len * 37;

	if (len)
		sum += fold(s[len / 4]) * 5 + fold(s[len / 2]) * 149 +
		       fold(s[len - 1 - len / 8]) * 1021;
	return sum % (8 * sizeof(((struct sieve *)NULL)->bits));
}

void sieve_add(struct sieve *sieve, const char *s, size_t len)
{
	unsigned bit = place(s, len);

	sieve->bits[bit / 8] |= (unsigned char)(1u << bit % 8);
}

bool sieve_holds(const struct sieve *sieve, const char *s, size_t len)
{
	unsigned bit = place(s, len);

	return sieve->bits[bit / 8] >> bit % 8 & 1;
}
