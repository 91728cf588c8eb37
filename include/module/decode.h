/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DECODE_H
#define MODBOX_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/budget.h"
#include "base/readat.h"
#include "base/strbuf.h"

/* A size in bytes that is not known in advance. */
#define SIZE_UNKNOWN UINT64_MAX

enum codec { CODEC_NONE, CODEC_GZIP, CODEC_XZ, CODEC_ZSTD };

/* Bytes needed to recognise a codec. */
#define CODEC_MAGIC 6

/*
 * Tell a file's compression by its first bytes, as libkmod and the kernel do, not by its
 * name. size: number of bytes given; at most CODEC_MAGIC are used.
 */
enum codec codec_of(const void *magic, size_t size);

/*
 * Decoder state and the buffer of compressed bytes, reused from file to file by one
 * thread.
 */
struct decoder;

/*
 * Bytes of a decoded file. A larger one is taken for a decompression bomb, unless
 * --max-module-size says otherwise. The largest modules have 15 MiB; with debug
 * information, almost 500.
 */
#define DECODED_MAX (UINT64_C(256) << 20)

/*
 * Make a decoder for files of up to max decoded bytes; 0: DECODED_MAX. share (budget.h)
 * pays for its memory; the caller settles it. Never returns NULL.
 */
struct decoder *decoder_new(uint64_t max, struct budget_share *share);
void decoder_free(struct decoder *decoder);

/* Free memory that few files need. Call it when the decoded bytes are no longer needed. */
void decoder_trim(struct decoder *decoder);

/*
 * Decode the whole file fd, of size bytes, into out, whatever that held. All checksums of
 * the format are verified.
 * Returns 0, or -1 with *err set to a constant text (see modfile.h); not reported.
 */
int decoder_decode(struct decoder *decoder, enum codec codec, int fd, uint64_t size,
		   struct strbuf *out, const char **err);

/*
 * Whether the file that decoder_decode() took last, of this codec, has more than one
 * stream, frame or member. Call it before decoder_trim().
 */
bool decoder_was_several(const struct decoder *decoder, enum codec codec);

/*
 * Decode the first stream, frame or member of data, which is borrowed during the call;
 * what follows it is ignored. If out's capacity is enough, zstd needs no window.
 * Returns as decoder_decode().
 */
int decoder_stream(struct decoder *decoder, enum codec codec, const void *data,
		   size_t size, struct strbuf *out, const char **err);

/*
 * Check that the file is complete, as far as possible without decoding: xz by its stream
 * headers, footers and indexes, zstd by its frame and block headers. gzip has no such
 * structure, so it is decoded into out.
 * Returns as decoder_decode().
 */
int decoder_check(struct decoder *decoder, enum codec codec, int fd, uint64_t size,
		  struct strbuf *out, const char **err);

#endif
