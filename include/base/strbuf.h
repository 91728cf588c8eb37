/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_STRBUF_H
#define MODBOX_STRBUF_H

#include <stddef.h>
#include <stdint.h>

struct budget_share; /* budget.h */

/*
 * A growing buffer for the contents of a file. Zero-initialise it. Reuse it from file to
 * file: mapping fresh pages costs more than most of the work done on them.
 */
struct strbuf {
	char *data;
	size_t size, capacity;
	struct budget_share *share; /* pays for what strbuf_reserve() allocates, or NULL */
};

/* Make room for n more bytes and return their place; the caller adds n to size. */
char *strbuf_room(struct strbuf *out, size_t n);

void strbuf_add(struct strbuf *out, const void *data, size_t n);
void strbuf_add_text(struct strbuf *out, const char *text); /* without the NUL */
void strbuf_add_u32(struct strbuf *out, uint32_t number);   /* big-endian */
void strbuf_free(struct strbuf *out);

/*
 * Make the capacity at least this many bytes, for contents whose size a file decides.
 * Returns 0, or -1 with *err set to a constant text (see readat.h); not reported.
 */
int strbuf_reserve(struct strbuf *out, uint64_t capacity, const char **err);

/* Free a buffer that has grown larger than most files need. */
void strbuf_trim(struct strbuf *out);

#endif
