/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ENCODE_H
#define MODBOX_ENCODE_H

#include "module/decode.h"

/*
 * Compression as a stream, of what a kernel is to read: a module or an initramfs.
 *
 * gzip is one member without a name and a time; xz one stream of LZMA2 alone, with a
 * dictionary of 1 MiB and CRC32, for the kernel's decoder (xz_dec) knows no CRC64 and not
 * every filter; zstd one frame with a check sum and a window of at most 4 MiB.  The same
 * input makes the same bytes, however it is cut into pieces, whenever and wherever.
 * CODEC_NONE passes on what it gets.
 */
struct encoder;

/* The codec of a name: gzip, xz, zstd or none.  Returns 0, or -1 where it is no such. */
int encoder_codec(const char *name, enum codec *codec);

/* The Kconfig symbol that this modbox lacks to compress so, or NULL. */
const char *encoder_missing(enum codec codec);

/* An encoder, for one thread.  What it allocates it keeps from stream to stream. */
struct encoder *encoder_new(enum codec codec);
void encoder_free(struct encoder *encoder);

/*
 * Begin a stream.  put gets what becomes of it, piece by piece, and returns 0, or -1,
 * reported.  size is how many bytes will be written, or SIZE_UNKNOWN.
 *
 * Each of these returns 0, or -1, reported: put's failure, or memory's (status 4).  A
 * stream that failed is left as it is; the next may begin.
 */
int encoder_begin(struct encoder *encoder, uint64_t size,
		  int (*put)(void *context, const void *data, size_t size),
		  void *context);
int encoder_write(struct encoder *encoder, const void *data, size_t size);
int encoder_end(struct encoder *encoder);

#endif
