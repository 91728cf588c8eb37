// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Decompressing a kernel: gzip, xz and zstd by module/decode.c, lz4 by unlz4.c, and
 * lzma's older format here by liblzma:
 *
 *	5d		lc, lp and pb, as kbuild's lzma -9 has them
 *	u32		size of the dictionary
 *	u64		decoded size, or all ones
 *	...		data
 *
 * All is in memory already; only the stream at its beginning is decoded.
 */
#include <errno.h>
#include <lzma.h>

#include "config.h"
#include "kernel/unpack.h"

static const char lz4_magic[] = { 0x02, 0x21, 0x4c, 0x18 };

static bool is_lzma(struct bytes data)
{
	enum { HEADER = 13, LC_LP_PB = 0x5d };
	uint64_t size = bytes_number(data, 5, 8, false);
	uint32_t dictionary = (uint32_t)bytes_number(data, 1, 4, false);

	return data.size > HEADER && data.data[0] == LC_LP_PB && dictionary >= 4096 &&
	       (dictionary & (dictionary - 1)) == 0 &&
	       (size == UINT64_MAX || (size > 0 && size <= IMAGE_MAX));
}

const char *unpack_codec(struct bytes data)
{
	switch (codec_of(data.data, data.size)) {
	case CODEC_GZIP: /* its method too: deflate */
		return bytes_match(data, 2, "\x08", 1) ? "gzip" : NULL;
	case CODEC_XZ:
		return "xz";
	case CODEC_ZSTD:
		return "zstd";
	case CODEC_NONE:
		break;
	}
	if (bytes_match(data, 0, lz4_magic, sizeof(lz4_magic)))
		return "lz4";
	return is_lzma(data) ? "lzma" : NULL;
}

/* Decode until the stream ends. */
static int run_lzma(lzma_stream *lzma, struct strbuf *out, const char **err)
{
	enum { STEP = 4 << 20 };
	lzma_ret ret = LZMA_OK;

	while (ret == LZMA_OK) {
		if (out->size > IMAGE_MAX) {
			*err = "lzma data is larger than any kernel";
			return -1;
		}
		if (strbuf_reserve(out, out->size + STEP, err) < 0)
			return -1;
		lzma->next_out = (uint8_t *)out->data + out->size;
		lzma->avail_out = STEP;
		ret = lzma_code(lzma, LZMA_FINISH);
		out->size += STEP - lzma->avail_out;
	}
	if (ret != LZMA_STREAM_END)
		*err = "lzma data is truncated or damaged";
	return ret == LZMA_STREAM_END ? 0 : -1;
}

static int unlzma(struct bytes data, struct strbuf *out, const char **err)
{
	lzma_stream lzma = LZMA_STREAM_INIT;
	int result;

	if (!ENABLED(FEATURE_MODULE_XZ)) {
		*err = "compressed with lzma; this modbox was built without "
		       "FEATURE_MODULE_XZ";
		return -1;
	}
	if (lzma_alone_decoder(&lzma, IMAGE_MAX) != LZMA_OK) {
		*err = read_failure(ENOMEM);
		return -1;
	}
	lzma.next_in = data.data;
	lzma.avail_in = data.size;
	out->size = 0;
	result = run_lzma(&lzma, out, err);
	lzma_end(&lzma);
	return result;
}

int unpack(struct decoder *decoder, struct bytes data, uint64_t hint, struct strbuf *out,
	   const char **err)
{
	enum codec codec = codec_of(data.data, data.size);

	if (hint > 0 && hint <= IMAGE_MAX && strbuf_reserve(out, hint, err) < 0)
		return -1;
	if (codec != CODEC_NONE)
		return decoder_stream(decoder, codec, data.data, data.size, out, err);
	if (bytes_match(data, 0, lz4_magic, sizeof(lz4_magic)))
		return unlz4(data, out, err);
	if (is_lzma(data))
		return unlzma(data, out, err);
	*err = "not compressed by gzip, xz, lzma, zstd or lz4";
	return -1;
}

char *unpack_text(struct arena *arena, struct bytes data, size_t *size)
{
	enum { TEXT_MAX = 4 << 20 };
	struct budget_share share = { 0 };
	struct strbuf text = { 0 };
	struct decoder *decoder = decoder_new(TEXT_MAX, &share);
	const char *ignored;
	char *copy = NULL;

	if (unpack(decoder, data, 0, &text, &ignored) == 0) {
		copy = arena_strndup(arena, text.data, text.size);
		*size = text.size;
	}
	strbuf_free(&text);
	decoder_free(decoder);
	budget_settle(&share);
	return copy;
}
