/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_UNPACK_NEWC_H
#define MODBOX_UNPACK_NEWC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sink.h"
#include "stream.h"

/* Bytes of a magic number, and of a header. */
enum { NEWC_MAGIC = 6, NEWC_HEADER = 110 };

/* Whether an archive begins with these bytes, as many as NEWC_MAGIC. */
bool newc_begins(const unsigned char *bytes, size_t size);

/*
 * Read the archives of a segment whose stream has begun: one if it is plain, else all.
 * *decoded gets its decompressed bytes.
 *
 * Returns 1; 0 if the first bytes are no archive's, and then the sink has nothing of it;
 * or -1 (sink.h).
 */
int newc_read(struct sink *sink, struct stream *stream, uint64_t *decoded);

#endif
