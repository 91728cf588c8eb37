/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DECODE_H
#define MODBOX_DECODE_H

#include <stdint.h>

#include "base/buffer.h"

/* A number of bytes that is not known beforehand. */
#define SIZE_UNKNOWN UINT64_MAX

enum codec { CODEC_NONE, CODEC_GZIP, CODEC_XZ, CODEC_ZSTD };

/* The first bytes of a file that tell its codec. */
#define CODEC_MAGIC 6

/*
 * How a file is compressed: by its first bytes, as libkmod and the kernel tell, not
 * by its name.  size: how many of them there are, at most CODEC_MAGIC count.
 */
enum codec codec_of(const void *magic, size_t size);

/* The decoders and the compressed bytes; kept from file to file, for one thread. */
struct decoder;

/*
 * Bytes of a decoded file: above this it is taken for a trap, unless --max-module-size
 * says otherwise.  The largest modules have 15 MiB; with debug information, near 500.
 */
#define DECODED_MAX (UINT64_C(256) << 20)

/* A decoder for files of up to max bytes when decoded; 0: DECODED_MAX. */
struct decoder *decoder_new(uint64_t max);
void decoder_free(struct decoder *decoder);

/*
 * Decode all of the file fd, of size bytes, into out.  *decoded gets how many bytes
 * that made.  Every check sum of the format is verified.
 * Returns 0, or -1 with *err set to a constant text (see modfile.h); not reported.
 */
int decoder_decode(struct decoder *decoder, enum codec codec, int fd, uint64_t size,
		   struct buffer *out, size_t *decoded, const char **err);

/*
 * Check that the file is whole, to its end, as far as can be told without decoding:
 * xz by its stream headers, footers and indexes, zstd by its frame and block headers.
 * gzip has nothing of the kind: it is decoded into out.
 * Returns as decoder_decode().
 */
int decoder_check(struct decoder *decoder, enum codec codec, int fd, uint64_t size,
		  struct buffer *out, const char **err);

#endif
