/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_BYTESCAN_H
#define MODBOX_BYTESCAN_H

#include <endian.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/*
 * Find a byte in a block of SCANNED bytes: returns a bit for each position, the first
 * one's lowest. memchr(3) takes several times as long on short lines: it starts again for
 * each of them, and the processor cannot predict where they end.
 */
enum { SCANNED = 64 };

static inline uint64_t scan_words(const char *block, unsigned char byte)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), low = 0x7f * ones;
	uint64_t marks = 0, word;
	unsigned i;

	for (i = 0; i < SCANNED; i += sizeof(word)) {
		memcpy(&word, block + i, sizeof(word));
		word = le64toh(word) ^ byte * ones;
		word = ~(((word & low) + low) | word) >> 7 & ones;
		/* gather the lowest bit of each byte in the highest byte */
		marks |= (word * UINT64_C(0x0102040810204080)) >> 56 << i;
	}
	return marks;
}

static inline uint64_t scan_bytes(const char *block, unsigned char byte)
{
#ifdef __SSE2__
	const __m128i all = _mm_set1_epi8((char)byte);
	uint64_t marks = 0;
	unsigned i;

	for (i = 0; i < SCANNED; i += sizeof(all)) {
		__m128i part;

		memcpy(&part, block + i, sizeof(part));
		marks |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(part, all))
			 << i;
	}
	return marks;
#else
	return scan_words(block, byte);
#endif
}

#endif
