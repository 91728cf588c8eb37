// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lz4's legacy format, which kbuild uses for kernels (lz4 -l):
 *
 *	magic		02 21 4c 18
 *	block...	u32 size, then that many bytes: up to 8 MiB when decoded
 *
 * All numbers are little-endian. Nothing marks the end: it is the end of the data, or a
 * size that cannot be one. kbuild appends a u32 with the decoded size, which is such.
 *
 * A block consists of sequences:
 *
 *	token		high 4 bits: number of literals, low 4 bits: length of match - 4
 *	more...		15 literals: add bytes, up to one that is not 255
 *	literals
 *	offset		u16: the match begins so many bytes before
 *	more...		15 + 4 bytes of match: as above
 *
 * The last sequence of a block ends after its literals. A match may overlap its copy.
 */
#include "kernel/unpack.h"

enum { BLOCK_MAX = 8 << 20, LEAST_MATCH = 4, MORE = 15 };

/* One block: in is consumed; out has room for BLOCK_MAX more bytes. */
struct lz4 {
	struct bytes in;
	size_t at;
	unsigned char *out;
	size_t size; /* of out so far */
};

static bool take_length(struct lz4 *lz4, size_t *length)
{
	unsigned char more = 255;

	if (*length != MORE)
		return true;
	while (more == 255) {
		if (lz4->at >= lz4->in.size || *length > BLOCK_MAX)
			return false;
		more = lz4->in.data[lz4->at++];
		*length += more;
	}
	return true;
}

static bool take_literals(struct lz4 *lz4, size_t length)
{
	if (!take_length(lz4, &length) || !bytes_hold(lz4->in, lz4->at, length) ||
	    length > BLOCK_MAX - lz4->size)
		return false;
	memcpy(lz4->out + lz4->size, lz4->in.data + lz4->at, length);
	lz4->at += length;
	lz4->size += length;
	return true;
}

static bool take_match(struct lz4 *lz4, size_t length)
{
	size_t offset = (size_t)bytes_number(lz4->in, lz4->at, 2, false);
	unsigned char *to = lz4->out + lz4->size;
	const unsigned char *from;

	if (!bytes_hold(lz4->in, lz4->at, 2))
		return false;
	lz4->at += 2;
	if (!take_length(lz4, &length))
		return false;
	length += LEAST_MATCH;
	if (offset == 0 || offset > lz4->size || length > BLOCK_MAX - lz4->size)
		return false;
	/* Byte by byte: what is copied may be what was just written. */
	from = to - offset;
	for (size_t i = 0; i < length; i++)
		to[i] = from[i];
	lz4->size += length;
	return true;
}

static bool decode_block(struct lz4 *lz4)
{
	while (lz4->at < lz4->in.size) {
		unsigned token = lz4->in.data[lz4->at++];

		if (!take_literals(lz4, token >> 4))
			return false;
		if (lz4->at == lz4->in.size)
			return true; /* the last sequence has no match */
		if (!take_match(lz4, token & 15))
			return false;
	}
	return false;
}

int unlz4(struct bytes data, struct strbuf *out, const char **err)
{
	uint64_t at = 4, size;

	out->size = 0;
	for (; bytes_hold(data, at, 4); at += 4 + size) {
		struct lz4 lz4 = { 0 };

		size = bytes_le32(data, at);
		if (size == 0 || !bytes_hold(data, at + 4, size))
			break;
		if (out->size > IMAGE_MAX) {
			*err = "lz4 data is larger than any kernel";
			return -1;
		}
		if (strbuf_reserve(out, out->size + BLOCK_MAX, err) < 0)
			return -1;
		lz4.in = bytes_part(data, at + 4, size);
		lz4.out = (unsigned char *)out->data + out->size;
		if (!decode_block(&lz4)) {
			*err = "lz4 data is damaged";
			return -1;
		}
		out->size += lz4.size;
	}
	/* Behind the last block is nothing, or the decoded size. */
	if (out->size == 0 ||
	    (at + 4 <= data.size && bytes_le32(data, at) != out->size)) {
		*err = "lz4 data is truncated or damaged";
		return -1;
	}
	return 0;
}
