/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ENCODE_H
#define MODBOX_ENCODE_H

#include "module/decode.h"

/*
 * Streaming compression of files that a kernel reads: a module or an initramfs.
 *
 * gzip output is one member without name and time. xz output is one LZMA2 stream with a
 * 1 MiB dictionary and CRC32, because the kernel's xz_dec supports neither CRC64 nor
 * every filter. zstd output is one frame with a checksum and a window of at most 4 MiB.
 * Output depends on the input bytes alone, not on how they are split into writes.
 * CODEC_NONE passes data through.
 */
struct encoder;

/*
 * Look up a codec: gzip, xz, zstd or none.  Returns 0, or -1 (not reported) if unknown.
 */
int encoder_codec(const char *name, enum codec *codec);

/* The Kconfig symbol that this build lacks for the codec, or NULL. */
const char *encoder_missing(enum codec codec);

/* Create an encoder for use by one thread.  It reuses its memory for the next stream. */
struct encoder *encoder_new(enum codec codec);
void encoder_free(struct encoder *encoder);

/*
 * Begin a stream. put receives the output piece by piece and returns 0, or -1
 * (reported). size is the number of input bytes, or SIZE_UNKNOWN.
 *
 * Each function returns 0, or -1 (reported) if put fails or memory runs out (status 4).
 * After a failure, begin a new stream.
 */
int encoder_begin(struct encoder *encoder, uint64_t size,
		  int (*put)(void *context, const void *data, size_t size),
		  void *context);
int encoder_write(struct encoder *encoder, const void *data, size_t size);
int encoder_end(struct encoder *encoder);

#endif
