// SPDX-License-Identifier: GPL-2.0-or-later
/* Growing buffers, in which the index writer makes its files. */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/util.h"

char *strbuf_room(struct strbuf *out, size_t n)
{
	if (!out->data || n > out->capacity - out->size) {
		size_t least = out->size + n;

		out->capacity = least + least / 2 + 4096;
		out->data = xreallocarray(out->data, out->capacity, 1);
	}
	return out->data + out->size;
}

void strbuf_add(struct strbuf *out, const void *data, size_t n)
{
	memcpy(strbuf_room(out, n), data, n);
	out->size += n;
}

void strbuf_add_text(struct strbuf *out, const char *text)
{
	strbuf_add(out, text, strlen(text));
}

void strbuf_add_u32(struct strbuf *out, uint32_t number)
{
	const unsigned char data[] = { (unsigned char)(number >> 24),
				       (unsigned char)(number >> 16),
				       (unsigned char)(number >> 8),
				       (unsigned char)number };

	strbuf_add(out, data, sizeof(data));
}

void strbuf_free(struct strbuf *out)
{
	free(out->data);
	*out = (struct strbuf){ 0 };
}
