// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lz4's legacy format (lz4 -l), the only one that kernels read:
 *
 *	magic		02 21 4c 18
 *	block...	u32 size, then that many bytes: 8 MiB when decoded, the last one
 *less
 *
 * Nothing marks the end. It is the end of the file, a size of 0 or one that no block can
 * have, or what follows a block of less than 8 MiB: the kernel would take that for a
 * block.
 */
#include <endian.h>
#include <string.h>

#include "codec.h"
#include "module/lz4block.h"

/* Most bytes of a block that cannot be compressed. */
enum { COMPRESSED_MAX = LZ4_BLOCK_MAX + LZ4_BLOCK_MAX / 255 + 16 };

int lz4_begin(struct stream *stream)
{
	input_skip(stream->in, 4);
	stream_room(stream, (size_t)LZ4_BLOCK_MAX + COMPRESSED_MAX);
	return 0;
}

/* Collect a block of so many bytes. Returns false if the file ends before. */
static bool collect(struct input *in, unsigned char *block, size_t size)
{
	while (size > 0) {
		size_t n = input_need(in, 1);

		if (n == 0)
			return false;
		if (n > size)
			n = size;
		memcpy(block, in->p, n);
		in->p += n;
		block += n;
		size -= n;
	}
	return true;
}

int lz4_next(struct stream *stream)
{
	struct input *in = stream->in;
	unsigned char *block = stream->out + LZ4_BLOCK_MAX;
	uint32_t size = 0;

	if (input_need(in, sizeof(size)) >= sizeof(size))
		memcpy(&size, in->p, sizeof(size));
	size = le32toh(size);
	if (size == 0 || size > COMPRESSED_MAX) {
		stream->ended = true;
		return 0;
	}
	input_skip(in, sizeof(size));
	if (!collect(in, block, size))
		return stream_fail(stream, stream_truncated);
	stream->n = lz4_block(block, size, stream->out);
	if (!stream->n)
		return stream_fail(stream, stream_damaged);
	stream->ended = stream->n < LZ4_BLOCK_MAX;
	return 0;
}
