// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Compress data into formats that the kernel can read.
 *
 * Each library provides one step: consume some input and fill the output buffer as far
 * as possible.  Everything else is shared.
 */
#define ZLIB_CONST
#include <lzma.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/message.h"
#include "base/util.h"
#include "config.h"
#include "copy/encode.h"

enum {
	OUT_SIZE = 64 << 10, /* bytes */
	GZIP_LEVEL = 6,	     /* level 9 makes modules 1% smaller in ten times the time */
	GZIP_FORMAT = 16,    /* added to windowBits to select gzip's format */
	GZIP_MEMORY = 8,     /* zlib's default */
	XZ_PRESET = 6,
	XZ_DICTIONARY = 1 << 20, /* bytes; the kernel build uses this for modules */
	ZSTD_LEVEL = 9, /* level 19: 9% smaller, 15 times slower, slower than xz */
};

struct encoder {
	enum codec codec;
	int (*put)(void *context, const void *data, size_t size);
	void *context;
	lzma_stream xz;
	z_stream gzip;
	bool gzip_ready;
	ZSTD_CCtx *zstd;
	unsigned char out[OUT_SIZE];
};

/* The input left, and the outcome of the last step. */
struct step {
	const unsigned char *data;
	size_t size;
	bool finish; /* no input follows */
	size_t made; /* bytes in out */
	bool at_end; /* the stream is complete */
};

static const struct {
	const char *name;
	bool enabled;
	const char *symbol;
} codecs[] = {
	[CODEC_NONE] = { "none", true, NULL },
	[CODEC_GZIP] = { "gzip", ENABLED(FEATURE_COMPRESS_GZIP),
			 "FEATURE_COMPRESS_GZIP" },
	[CODEC_XZ] = { "xz", ENABLED(FEATURE_COMPRESS_XZ), "FEATURE_COMPRESS_XZ" },
	[CODEC_ZSTD] = { "zstd", ENABLED(FEATURE_COMPRESS_ZSTD),
			 "FEATURE_COMPRESS_ZSTD" },
};

int encoder_codec(const char *name, enum codec *codec)
{
	for (unsigned i = 0; i < sizeof(codecs) / sizeof(*codecs); i++) {
		if (strcmp(name, codecs[i].name) == 0) {
			*codec = (enum codec)i;
			return 0;
		}
	}
	return -1;
}

const char *encoder_missing(enum codec codec)
{
	return codecs[codec].enabled ? NULL : codecs[codec].symbol;
}

struct encoder *encoder_new(enum codec codec)
{
	struct encoder *encoder = xcalloc(1, sizeof(*encoder));

	encoder->codec = codec;
	encoder->xz = (lzma_stream)LZMA_STREAM_INIT;
	return encoder;
}

void encoder_free(struct encoder *encoder)
{
	if (!encoder)
		return;
	if (ENABLED(FEATURE_COMPRESS_XZ))
		lzma_end(&encoder->xz);
	if (ENABLED(FEATURE_COMPRESS_GZIP) && encoder->gzip_ready)
		deflateEnd(&encoder->gzip);
	if (ENABLED(FEATURE_COMPRESS_ZSTD))
		ZSTD_freeCCtx(encoder->zstd);
	free(encoder);
}

static bool xz_begin(struct encoder *encoder)
{
	lzma_options_lzma options;
	const lzma_filter filters[] = { { LZMA_FILTER_LZMA2, &options },
					{ LZMA_VLI_UNKNOWN, NULL } };

	if (lzma_lzma_preset(&options, XZ_PRESET))
		return false;
	options.dict_size = XZ_DICTIONARY;
	return lzma_stream_encoder(&encoder->xz, filters, LZMA_CHECK_CRC32) == LZMA_OK;
}

static bool xz_step(struct encoder *encoder, struct step *step)
{
	lzma_stream *xz = &encoder->xz;
	lzma_ret ret;

	xz->next_in = step->data;
	xz->avail_in = step->size;
	xz->next_out = encoder->out;
	xz->avail_out = OUT_SIZE;
	ret = lzma_code(xz, step->finish ? LZMA_FINISH : LZMA_RUN);
	step->data = xz->next_in;
	step->size = xz->avail_in;
	step->made = OUT_SIZE - xz->avail_out;
	step->at_end = ret == LZMA_STREAM_END;
	return ret == LZMA_OK || ret == LZMA_STREAM_END;
}

static bool gzip_begin(struct encoder *encoder)
{
	int ret;

	if (encoder->gzip_ready)
		ret = deflateReset(&encoder->gzip);
	else
		ret = deflateInit2(&encoder->gzip, GZIP_LEVEL, Z_DEFLATED,
				   MAX_WBITS + GZIP_FORMAT, GZIP_MEMORY,
				   Z_DEFAULT_STRATEGY);
	encoder->gzip_ready = ret == Z_OK;
	return encoder->gzip_ready;
}

static bool gzip_step(struct encoder *encoder, struct step *step)
{
	/* zlib counts in unsigned int. */
	uInt size = step->size < UINT32_C(1) << 30 ? (uInt)step->size : UINT32_C(1) << 30;
	bool last = step->finish && size == step->size;
	z_stream *gzip = &encoder->gzip;
	int ret;

	gzip->next_in = step->data;
	gzip->avail_in = size;
	gzip->next_out = encoder->out;
	gzip->avail_out = OUT_SIZE;
	ret = deflate(gzip, last ? Z_FINISH : Z_NO_FLUSH);
	step->data = gzip->next_in;
	step->size -= size - gzip->avail_in;
	step->made = OUT_SIZE - gzip->avail_out;
	step->at_end = ret == Z_STREAM_END;
	return ret == Z_OK || ret == Z_STREAM_END;
}

static bool zstd_begin(struct encoder *encoder, uint64_t size)
{
	if (!encoder->zstd)
		encoder->zstd = ZSTD_createCCtx();
	return encoder->zstd &&
	       !ZSTD_isError(ZSTD_CCtx_reset(encoder->zstd,
					     ZSTD_reset_session_and_parameters)) &&
	       !ZSTD_isError(ZSTD_CCtx_setParameter(encoder->zstd,
						    ZSTD_c_compressionLevel,
						    ZSTD_LEVEL)) &&
	       !ZSTD_isError(
		       ZSTD_CCtx_setParameter(encoder->zstd, ZSTD_c_checksumFlag, 1)) &&
	       (size == SIZE_UNKNOWN ||
		!ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(encoder->zstd, size)));
}

static bool zstd_step(struct encoder *encoder, struct step *step)
{
	ZSTD_inBuffer in = { step->data, step->size, 0 };
	ZSTD_outBuffer out = { encoder->out, OUT_SIZE, 0 };
	size_t left = ZSTD_compressStream2(encoder->zstd, &out, &in,
					   step->finish ? ZSTD_e_end : ZSTD_e_continue);

	step->data += in.pos;
	step->size -= in.pos;
	step->made = out.pos;
	step->at_end = step->finish && left == 0;
	return !ZSTD_isError(left);
}

static bool take_step(struct encoder *encoder, struct step *step)
{
	if (ENABLED(FEATURE_COMPRESS_XZ) && encoder->codec == CODEC_XZ)
		return xz_step(encoder, step);
	if (ENABLED(FEATURE_COMPRESS_GZIP) && encoder->codec == CODEC_GZIP)
		return gzip_step(encoder, step);
	return ENABLED(FEATURE_COMPRESS_ZSTD) && zstd_step(encoder, step);
}

static int fail(void)
{
	error(STATUS_IO, "not enough memory to compress");
	return -1;
}

static int encoder_run(struct encoder *encoder, const void *data, size_t size,
		       bool finish)
{
	struct step step = { .data = data, .size = size, .finish = finish };

	while (finish ? !step.at_end : step.size > 0) {
		if (!take_step(encoder, &step))
			return fail();
		if (step.made &&
		    encoder->put(encoder->context, encoder->out, step.made) < 0)
			return -1;
	}
	return 0;
}

int encoder_begin(struct encoder *encoder, uint64_t size,
		  int (*put)(void *context, const void *data, size_t size), void *context)
{
	bool ready = encoder->codec == CODEC_NONE;

	encoder->put = put;
	encoder->context = context;
	if (ENABLED(FEATURE_COMPRESS_XZ) && encoder->codec == CODEC_XZ)
		ready = xz_begin(encoder);
	if (ENABLED(FEATURE_COMPRESS_GZIP) && encoder->codec == CODEC_GZIP)
		ready = gzip_begin(encoder);
	if (ENABLED(FEATURE_COMPRESS_ZSTD) && encoder->codec == CODEC_ZSTD)
		ready = zstd_begin(encoder, size);
	return ready ? 0 : fail();
}

int encoder_write(struct encoder *encoder, const void *data, size_t size)
{
	if (encoder->codec == CODEC_NONE)
		return size ? encoder->put(encoder->context, data, size) : 0;
	return encoder_run(encoder, data, size, false);
}

int encoder_end(struct encoder *encoder)
{
	return encoder->codec == CODEC_NONE ? 0 : encoder_run(encoder, NULL, 0, true);
}
