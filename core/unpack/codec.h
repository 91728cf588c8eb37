/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_UNPACK_CODEC_H
#define MODBOX_UNPACK_CODEC_H

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "stream.h"

/* What decoders of a byte stream put into stream->out at most. */
enum { STREAM_SIZE = 256 << 10 };

/* What decoders share: stream.c, streamlz4.c, streambz2.c. */
struct stream {
	struct input *in;
	const struct stream_codec *codec;
	const char *problem;
	bool ended;
	unsigned char *out; /* decompressed bytes, of this segment alone */
	size_t room;	    /* its size */
	size_t n;	    /* bytes in it after a decoder's next() */
	z_stream gzip;
	lzma_stream lzma;
	ZSTD_DStream *zstd;
	void *bzip2;	     /* a bz_stream */
	struct ahead *ahead; /* what decompresses it meanwhile, or NULL */
};

extern const char stream_truncated[], stream_damaged[], stream_no_memory[];

/* Set the problem. Returns -1. */
int stream_fail(struct stream *stream, const char *problem);

/*
 * Fill stream->out as far as it goes; stream->n are its bytes. Returns 1; 0 at the end;
 * or -1 with the problem set. A failure behind decompressed bytes is met next time.
 */
int stream_decode(struct stream *stream);

/* Make room for so many bytes in stream->out. */
void stream_room(struct stream *stream, size_t size);

/* lz4's legacy format: streamlz4.c */
int lz4_begin(struct stream *stream);
int lz4_next(struct stream *stream);

/* streambz2.c */
bool bzip2_is(const unsigned char *magic, size_t size);
int bzip2_begin(struct stream *stream);
int bzip2_next(struct stream *stream);
void bzip2_end(struct stream *stream);

#endif
