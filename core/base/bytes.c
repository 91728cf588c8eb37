// SPDX-License-Identifier: GPL-2.0-or-later
/* Contents that grow: what the index writer makes its files in. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/util.h"

char *bytes_room(struct bytes_out *out, size_t n)
{
	if (!out->data || n > out->capacity - out->size) {
		size_t least = out->size + n;

		out->capacity = least + least / 2 + 4096;
		out->data = xreallocarray(out->data, out->capacity, 1);
	}
	return out->data + out->size;
}

void bytes_add(struct bytes_out *out, const void *data, size_t n)
{
	memcpy(bytes_room(out, n), data, n);
	out->size += n;
}

void bytes_add_text(struct bytes_out *out, const char *text)
{
	bytes_add(out, text, strlen(text));
}

void bytes_add_u32(struct bytes_out *out, uint32_t number)
{
	const unsigned char data[] = { (unsigned char)(number >> 24),
				       (unsigned char)(number >> 16),
				       (unsigned char)(number >> 8),
				       (unsigned char)number };

	bytes_add(out, data, sizeof(data));
}

void bytes_free(struct bytes_out *out)
{
	free(out->data);
	*out = (struct bytes_out){ 0 };
}
