/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_UNPACK_STREAM_H
#define MODBOX_UNPACK_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "input.h"

/*
 * One segment of an image as decompressed bytes. Each decoder stops where its stream
 * ends, so that the next segment is found.
 */
struct stream;

/* The decoder of a segment that begins with these bytes. */
struct stream_codec {
	const char *name;    /* as in struct image_segment */
	const char *refused; /* why modbox does not read it, as the end of a sentence */
	bool (*is)(const unsigned char *magic, size_t size);
	/* Each returns 0, or -1 with stream_problem() set. */
	int (*begin)(struct stream *stream);
	int (*next)(struct stream *stream);
	void (*end)(struct stream *stream);
};

/*
 * Find the codec of what begins here: at least 16 bytes, unless the file ends. Returns
 * NULL if it is none that kernels unpack.
 */
const struct stream_codec *stream_find(const unsigned char *magic, size_t size);

/* The codec "none": the segment is plain. */
extern const struct stream_codec stream_plain;

/* Make a stream of a file; it serves one segment after the other. Never NULL. */
struct stream *stream_new(struct input *in);
void stream_free(struct stream *stream);

/*
 * Begin a segment at in->p. Returns 0, or -1: stream_problem(). Until it has ended, the
 * input of a compressed one may be read further than what was asked for, by another
 * thread: it may be looked at after stream_next() returned 0 or -1, or stream_end().
 */
int stream_begin(struct stream *stream, const struct stream_codec *codec);

/*
 * Get the next bytes, borrowed until the next call. Returns 1; 0 at the end; or -1:
 * stream_problem(). A plain stream ends where the file does.
 */
int stream_next(struct stream *stream, const unsigned char **data, size_t *size);

/* End the segment, wherever it is. */
void stream_end(struct stream *stream);

/* Give back the last n bytes of a plain stream, or skip the next n. */
void stream_return(struct stream *stream, size_t n);
void stream_skip(struct stream *stream, uint64_t n);
bool stream_is_plain(const struct stream *stream);

/* What is wrong, as the end of a sentence: "is truncated". A constant text. */
const char *stream_problem(const struct stream *stream);

#endif
