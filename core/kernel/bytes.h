/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_BYTES_H
#define MODBOX_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Borrowed bytes. No function below reads outside of them. */
struct bytes {
	const unsigned char *data;
	size_t size;
};

/* Whether n bytes at an offset lie within. */
static inline bool bytes_hold(struct bytes bytes, uint64_t offset, uint64_t n)
{
	return offset <= bytes.size && n <= bytes.size - offset;
}

/* n bytes at an offset; fewer, or none, where they end. */
static inline struct bytes bytes_part(struct bytes bytes, uint64_t offset, uint64_t n)
{
	if (offset >= bytes.size)
		return (struct bytes){ bytes.data, 0 };
	if (n > bytes.size - offset)
		n = bytes.size - offset;
	return (struct bytes){ bytes.data + offset, (size_t)n };
}

/* A number of width bytes (at most 8) at an offset; 0 outside. */
static inline uint64_t bytes_number(struct bytes bytes, uint64_t offset, unsigned width,
				    bool big_endian)
{
	uint64_t number = 0;

	if (!bytes_hold(bytes, offset, width))
		return 0;
	for (unsigned i = 0; i < width; i++) {
		unsigned at = big_endian ? i : width - 1 - i;

		number = number << 8 | bytes.data[offset + at];
	}
	return number;
}

static inline uint32_t bytes_le32(struct bytes bytes, uint64_t offset)
{
	return (uint32_t)bytes_number(bytes, offset, 4, false);
}

/* Whether the bytes of a text stand at an offset. */
static inline bool bytes_match(struct bytes bytes, uint64_t offset, const char *text,
			       size_t n)
{
	return bytes_hold(bytes, offset, n) && memcmp(bytes.data + offset, text, n) == 0;
}

/* The string at an offset, which ends within at most max bytes; else NULL. */
static inline const char *bytes_string(struct bytes bytes, uint64_t offset, size_t max)
{
	struct bytes part = bytes_part(bytes, offset, (uint64_t)max + 1);

	return part.size && memchr(part.data, '\0', part.size) ? (const char *)part.data :
								 NULL;
}

#endif
