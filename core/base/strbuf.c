// SPDX-License-Identifier: GPL-2.0-or-later
/* Growing buffers, in which the index writer makes its files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/budget.h"
#include "base/readat.h"
#include "base/strbuf.h"
#include "base/util.h"
#include "config.h"

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
	if (!out->data || n > out->capacity - out->size)
		strbuf_room(out, n);
	memcpy(out->data + out->size, data, n);
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
	if (ENABLED(FEATURE_THREADS) && out->share)
		budget_give(out->capacity);
	*out = (struct strbuf){ .share = out->share };
}

int strbuf_reserve(struct strbuf *out, uint64_t capacity, const char **err)
{
	/* Grow by at least half, so that growing from file to file stays cheap. */
	uint64_t want = out->capacity + out->capacity / 2;
	char *data = NULL;

	if (capacity <= out->capacity)
		return 0;
	if (want < capacity)
		want = capacity;
	if (want <= SIZE_MAX / 2) {
		if (ENABLED(FEATURE_THREADS) && out->share)
			budget_take(out->share, (size_t)want - out->capacity);
		data = realloc(out->data, want);
		if (ENABLED(FEATURE_THREADS) && !data && out->share)
			budget_give((size_t)want - out->capacity);
	}
	if (!data) {
		*err = read_failure(ENOMEM);
		return -1;
	}
	out->data = data;
	out->capacity = want;
	return 0;
}

void strbuf_trim(struct strbuf *out)
{
	enum { KEPT = 8 << 20 };

	if (out->capacity > KEPT)
		strbuf_free(out);
}
