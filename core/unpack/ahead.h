/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_UNPACK_AHEAD_H
#define MODBOX_UNPACK_AHEAD_H

#include <stddef.h>

struct stream;

/* Decompressing a segment on another core, some pieces ahead of their use. */
struct ahead;

/*
 * Start to decompress the segment that a stream has begun. Until ahead_stop(), use
 * nothing else of the stream. Returns NULL if there is no core or thread for it.
 */
struct ahead *ahead_start(struct stream *stream);

/* As stream_next(). */
int ahead_next(struct ahead *ahead, const unsigned char **data, size_t *size);

/* Wait for the thread, which stops after its current piece, and free all. */
void ahead_stop(struct ahead *ahead);

#endif
