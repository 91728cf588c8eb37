/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_BYTES_H
#define MODBOX_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* The contents of a file to be, which grow at their end.  Zero-initialise it. */
struct bytes_out {
	char *data;
	size_t size, capacity;
};

/* Make room for n more bytes, and return where they go; the size is the caller's to
 * raise. */
char *bytes_room(struct bytes_out *out, size_t n);

void bytes_add(struct bytes_out *out, const void *data, size_t n);
void bytes_add_text(struct bytes_out *out, const char *text); /* without its NUL */
void bytes_add_u32(struct bytes_out *out, uint32_t number);   /* big-endian */
void bytes_free(struct bytes_out *out);

#endif
