// SPDX-License-Identifier: GPL-2.0-or-later
/* Where a module ends, and its signature begins: needs no mbedTLS. */
#include <stdint.h>
#include <string.h>

#include "trailer.h"

static const char marker[] = SIGNATURE_MARKER;
enum { MARKER = sizeof(marker) - 1 };

static uint32_t big_endian(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

enum signature_state trailer_read(const unsigned char *file, size_t size, size_t *before,
				  size_t *message)
{
	static const unsigned char zeros[TRAILER_LENGTH];
	const unsigned char *trailer;
	size_t length;

	if (size <= MARKER || memcmp(file + size - MARKER, marker, MARKER) != 0)
		return SIGNATURE_NONE;
	size -= MARKER;
	if (size <= TRAILER)
		return SIGNATURE_MALFORMED;
	size -= TRAILER;
	trailer = file + size;
	length = big_endian(trailer + TRAILER_LENGTH);
	if (length >= size)
		return SIGNATURE_MALFORMED;
	if (trailer[TRAILER_ID_TYPE] != TRAILER_PKCS7)
		return SIGNATURE_FOREIGN;
	if (memcmp(trailer, zeros, TRAILER_ID_TYPE) != 0 ||
	    memcmp(trailer + TRAILER_ID_TYPE + 1, zeros,
		   TRAILER_LENGTH - TRAILER_ID_TYPE - 1) != 0)
		return SIGNATURE_MALFORMED;
	*before = size - length;
	*message = length;
	return SIGNATURE_GOOD;
}

size_t signature_content(const void *file, size_t size)
{
	size_t before, length;

	return trailer_read(file, size, &before, &length) == SIGNATURE_GOOD ? before :
									      size;
}
