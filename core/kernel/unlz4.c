// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lz4's legacy format, which kbuild uses for kernels (lz4 -l):
 *
 *	magic		02 21 4c 18
 *	block...	u32 size, then that many bytes: up to 8 MiB when decoded
 *
 * All numbers are little-endian. Nothing marks the end: it is the end of the data, or a
 * size that cannot be one. kbuild appends a u32 with the decoded size, which is such.
 */
#include "kernel/unpack.h"
#include "module/lz4block.h"

int unlz4(struct bytes data, struct strbuf *out, const char **err)
{
	uint64_t at = 4, size;

	out->size = 0;
	for (; bytes_hold(data, at, 4); at += 4 + size) {
		size_t decoded;

		size = bytes_le32(data, at);
		if (size == 0 || !bytes_hold(data, at + 4, size))
			break;
		if (out->size > IMAGE_MAX) {
			*err = "lz4 data is larger than any kernel";
			return -1;
		}
		if (strbuf_reserve(out, out->size + LZ4_BLOCK_MAX, err) < 0)
			return -1;
		decoded = lz4_block(data.data + at + 4, size,
				    (unsigned char *)out->data + out->size);
		if (!decoded) {
			*err = "lz4 data is damaged";
			return -1;
		}
		out->size += decoded;
	}
	/* Behind the last block is nothing, or the decoded size. */
	if (out->size == 0 ||
	    (at + 4 <= data.size && bytes_le32(data, at) != out->size)) {
		*err = "lz4 data is truncated or damaged";
		return -1;
	}
	return 0;
}
