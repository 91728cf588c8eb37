// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * zstd's frames (RFC 8878):
 *
 *	magic		4 bytes
 *	descriptor	bit 5: a single segment, which has no window byte
 *	window		exponent (5 bits) and mantissa (3 bits)
 *	...		content size, blocks
 */
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "module/zstdframe.h"

/* Windows of zstd --ultra -22; the decoder refuses larger ones. */
#define WINDOW_MAX (UINT64_C(128) << 20)

static const unsigned char magic[] = { 0x28, 0xb5, 0x2f, 0xfd };

const char zstd_truncated[] = "zstd frame is truncated";

const char *zstd_failure(size_t result)
{
	switch (ZSTD_getErrorCode(result)) {
	case ZSTD_error_srcSize_wrong:
		return zstd_truncated;
	case ZSTD_error_frameParameter_windowTooLarge:
		return "zstd frame needs a window of over 128 MiB; "
		       "compress it without --long";
	default:
		return "zstd frame is damaged";
	}
}

static uint64_t frame_window(const unsigned char *p, size_t size)
{
	enum { DESCRIPTOR = 4, SINGLE_SEGMENT = 1 << 5 };
	uint64_t window;

	if (size < DESCRIPTOR + 2 || memcmp(p, magic, sizeof(magic)) != 0)
		return 0; /* a skippable frame, or garbage */
	if (p[DESCRIPTOR] & SINGLE_SEGMENT)
		return ZSTD_getFrameContentSize(p, size);
	window = UINT64_C(1024) << (p[DESCRIPTOR + 1] >> 3);
	return window + window / 8 * (p[DESCRIPTOR + 1] & 7);
}

uint64_t zstd_window(const char *data, size_t size)
{
	uint64_t largest = 0, window;
	size_t frame;

	for (; size > 0; data += frame, size -= frame) {
		window = frame_window((const unsigned char *)data, size);
		if (window > largest)
			largest = window;
		frame = ZSTD_findFrameCompressedSize(data, size);
		if (ZSTD_isError(frame))
			break; /* decoding ends there */
	}
	return largest < WINDOW_MAX ? largest : WINDOW_MAX;
}

int zstd_check(const char *data, size_t size, const char **err)
{
	while (size > 0) {
		size_t frame = ZSTD_findFrameCompressedSize(data, size);

		if (ZSTD_isError(frame)) {
			*err = zstd_failure(frame);
			return -1;
		}
		data += frame;
		size -= frame;
	}
	return 0;
}
