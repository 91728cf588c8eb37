// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A block of lz4 consists of sequences:
 *
 *	token		high 4 bits: number of literals, low 4 bits: length of match - 4
 *	more...		15 literals: add bytes, up to one that is not 255
 *	literals
 *	offset		u16, little-endian: the match begins so many bytes before
 *	more...		15 + 4 bytes of match: as above
 *
 * The last sequence of a block ends after its literals. A match may overlap its copy.
 */
#include <stdbool.h>
#include <string.h>

#include "module/lz4block.h"

enum { LEAST_MATCH = 4, MORE = 15 };

struct lz4 {
	const unsigned char *in, *end;
	unsigned char *out;
	size_t size; /* of out so far */
};

static bool take_length(struct lz4 *lz4, size_t *length)
{
	unsigned char more = 255;

	if (*length != MORE)
		return true;
	while (more == 255) {
		if (lz4->in == lz4->end || *length > LZ4_BLOCK_MAX)
			return false;
		more = *lz4->in++;
		*length += more;
	}
	return true;
}

static bool take_literals(struct lz4 *lz4, size_t length)
{
	if (!take_length(lz4, &length) || length > (size_t)(lz4->end - lz4->in) ||
	    length > LZ4_BLOCK_MAX - lz4->size)
		return false;
	memcpy(lz4->out + lz4->size, lz4->in, length);
	lz4->in += length;
	lz4->size += length;
	return true;
}

static bool take_match(struct lz4 *lz4, size_t length)
{
	unsigned char *to = lz4->out + lz4->size;
	size_t offset;

	if (lz4->end - lz4->in < 2)
		return false;
	offset = lz4->in[0] | (size_t)lz4->in[1] << 8;
	lz4->in += 2;
	if (!take_length(lz4, &length))
		return false;
	length += LEAST_MATCH;
	if (offset == 0 || offset > lz4->size || length > LZ4_BLOCK_MAX - lz4->size)
		return false;
	/* Byte by byte: what is copied may be what was just written. */
	lz4->size += length;
	for (; length--; to++)
		*to = *(to - offset);
	return true;
}

size_t lz4_block(const unsigned char *in, size_t n, unsigned char *out)
{
	struct lz4 lz4 = { in, in + n, out, 0 };

	while (lz4.in < lz4.end) {
		unsigned token = *lz4.in++;

		if (!take_literals(&lz4, token >> 4))
			return 0;
		if (lz4.in == lz4.end)
			return lz4.size; /* the last sequence has no match */
		if (!take_match(&lz4, token & 15))
			return 0;
	}
	return 0;
}
