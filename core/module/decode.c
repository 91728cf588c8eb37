// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Decompressing module files.
 *
 * Decoding is nearly all the cost of scanning a kernel's modules, so everything reusable
 * is kept: the decoders with their dictionaries, the buffer for the compressed file and
 * (in the caller) the one for the decoded file, which grows while decoding. Sizes that a
 * file claims are not trusted. Only zstd's is used, as a hint: with room for everything
 * it decodes in one go.
 *
 * As in xz(1), zstd(1) and gzip(1), a file may hold several streams, frames or members,
 * with padding (xz) or skippable frames (zstd) between them. Trailing garbage is an
 * error, except for gzip: gzip(1) ignores it, and so does gzread(3), which modprobe uses.
 * Of data in memory, decoder_stream() takes the first stream alone: in a kernel image,
 * anything may follow.
 */
#define ZLIB_CONST
#include <errno.h>
#include <lzma.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/budget.h"
#include "base/util.h"
#include "config.h"
#include "module/decode.h"
#include "module/zstdframe.h"

/* Memory limit for xz: files made by xz -9 take 65 MiB; custom settings can take more. */
#define XZ_MEMORY_MAX (UINT64_C(512) << 20)
/* xz -6 and zstd -19 have dictionaries of 8 MiB. */
#define DICTIONARY_KEPT ((size_t)16 << 20)

struct decoder {
	uint64_t max;
	struct strbuf in;
	const unsigned char *data; /* the compressed bytes: in.data, or the caller's */
	uint64_t size;
	bool single;  /* take only the first stream */
	bool members; /* gzip: there was more than one */
	lzma_stream xz;
	z_stream gzip;
	bool gzip_ready;
	ZSTD_DStream *zstd;
	struct budget_share *share;
	size_t dictionary; /* bytes taken for xz's and zstd's memory */
};

struct decoder *decoder_new(uint64_t max, struct budget_share *share)
{
	struct decoder *decoder = xcalloc(1, sizeof(*decoder));

	decoder->max = max ? max : DECODED_MAX;
	decoder->xz = (lzma_stream)LZMA_STREAM_INIT;
	decoder->share = decoder->in.share = share;
	return decoder;
}

/* Take memory for a dictionary; it stays allocated for the next file. */
static void take_dictionary(struct decoder *decoder, uint64_t bytes)
{
	if (bytes <= decoder->dictionary)
		return;
	budget_take(decoder->share, (size_t)bytes - decoder->dictionary);
	decoder->dictionary = (size_t)bytes;
}

static void free_dictionaries(struct decoder *decoder)
{
	if (!ENABLED(MODULE_DECODERS))
		return;
	if (ENABLED(FEATURE_MODULE_XZ))
		lzma_end(&decoder->xz);
	if (ENABLED(FEATURE_MODULE_ZSTD))
		ZSTD_freeDStream(decoder->zstd);
	decoder->zstd = NULL;
	budget_give(decoder->dictionary);
	decoder->dictionary = 0;
}

void decoder_trim(struct decoder *decoder)
{
	strbuf_trim(&decoder->in);
	if (decoder->dictionary > DICTIONARY_KEPT)
		free_dictionaries(decoder);
}

void decoder_free(struct decoder *decoder)
{
	if (!decoder)
		return;
	free_dictionaries(decoder);
	if (ENABLED(FEATURE_MODULE_GZIP) && decoder->gzip_ready)
		inflateEnd(&decoder->gzip);
	strbuf_free(&decoder->in);
	free(decoder);
}

static int fail(const char **err, const char *text)
{
	*err = text;
	return -1;
}

static int check_size(const struct decoder *decoder, uint64_t size, const char **err)
{
	return size <= decoder->max ? 0 :
				      fail(err, "larger than --max-module-size allows");
}

/*
 * Make room behind the decoded bytes. *room gets its size: at most one byte more than
 * allowed in total, so that the caller notices too large a file.
 */
static int more_room(const struct decoder *decoder, struct strbuf *out, size_t *room,
		     const char **err)
{
	enum { LEAST = 1 << 20 };

	if (check_size(decoder, out->size, err) < 0 ||
	    (out->size == out->capacity &&
	     strbuf_reserve(out, out->size + LEAST, err) < 0))
		return -1;
	*room = out->capacity - out->size;
	if (*room > decoder->max - out->size)
		*room = (size_t)(decoder->max - out->size) + 1;
	return 0;
}

static int xz_fail(lzma_ret ret, const char **err)
{
	switch (ret) {
	case LZMA_BUF_ERROR:
		return fail(err, "xz stream is truncated");
	case LZMA_MEM_ERROR:
		return fail(err, read_failure(ENOMEM));
	case LZMA_MEMLIMIT_ERROR:
		return fail(err, "not enough memory to decompress the xz stream");
	case LZMA_OPTIONS_ERROR:
		return fail(err, "xz stream needs a filter that is not supported");
	default:
		return fail(err, "xz stream is damaged");
	}
}

/*
 * liblzma needs more memory than it was allowed: take that, and allow it.  Returns
 * LZMA_OK or LZMA_MEMLIMIT_ERROR.
 */
static lzma_ret xz_allow(struct decoder *decoder)
{
	uint64_t need = lzma_memusage(&decoder->xz);

	if (need > XZ_MEMORY_MAX)
		return LZMA_MEMLIMIT_ERROR;
	take_dictionary(decoder, need);
	return lzma_memlimit_set(&decoder->xz, need);
}

/* Whether the last stream, by its footer and index, begins after the file does. */
static bool xz_is_several(const struct decoder *decoder)
{
	const uint8_t *data = decoder->data;
	uint64_t limit = XZ_MEMORY_MAX;
	size_t end = decoder->size, at;
	lzma_stream_flags footer;
	lzma_index *index;
	bool several;

	while (end > LZMA_STREAM_HEADER_SIZE && data[end - 1] == 0)
		end--;
	end = (end + 3) & ~(size_t)3; /* padding is a multiple of four */
	if (end > decoder->size || end < (size_t)2 * LZMA_STREAM_HEADER_SIZE ||
	    lzma_stream_footer_decode(&footer, data + end - LZMA_STREAM_HEADER_SIZE) !=
		    LZMA_OK ||
	    footer.backward_size > end - (size_t)2 * LZMA_STREAM_HEADER_SIZE)
		return false;
	at = end - LZMA_STREAM_HEADER_SIZE - (size_t)footer.backward_size;
	if (lzma_index_buffer_decode(&index, &limit, NULL, data, &at, end) != LZMA_OK)
		return false;
	several = lzma_index_stream_size(index) < end;
	lzma_index_end(index, NULL);
	return several;
}

static int xz_decode(struct decoder *decoder, struct strbuf *out, const char **err)
{
	lzma_stream *xz = &decoder->xz;
	lzma_ret ret = lzma_stream_decoder(xz, decoder->dictionary + 1,
					   decoder->single ? 0 : LZMA_CONCATENATED);
	size_t room;

	if (ret != LZMA_OK)
		return xz_fail(ret, err);
	xz->next_in = decoder->data;
	xz->avail_in = decoder->size;
	out->size = 0;
	while (ret != LZMA_STREAM_END) {
		if (more_room(decoder, out, &room, err) < 0)
			return -1;
		xz->next_out = (uint8_t *)out->data + out->size;
		xz->avail_out = room;
		ret = lzma_code(xz, LZMA_FINISH);
		out->size += room - xz->avail_out;
		if (ret == LZMA_MEMLIMIT_ERROR)
			ret = xz_allow(decoder);
		if (ret != LZMA_OK && ret != LZMA_STREAM_END)
			return xz_fail(ret, err);
	}
	return 0;
}

/*
 * Feed liblzma's decoder of stream headers, footers and indexes with the blocks it asks
 * for.
 */
static int xz_check(struct decoder *decoder, int fd, uint64_t size, const char **err)
{
	lzma_stream *xz = &decoder->xz;
	lzma_index *index = NULL;
	unsigned char data[4096];
	uint64_t position = 0;
	lzma_ret ret = lzma_file_info_decoder(xz, &index, decoder->dictionary + 1, size);

	xz->avail_in = 0;
	while (ret == LZMA_OK || ret == LZMA_SEEK_NEEDED) {
		if (ret == LZMA_SEEK_NEEDED) {
			position = xz->seek_pos;
			xz->avail_in = 0;
		}
		if (xz->avail_in == 0 && position < size) {
			size_t n = sizeof(data);

			if (n > size - position)
				n = size - position;
			if (read_at(fd, data, n, position, err) < 0)
				return -1;
			position += n;
			xz->next_in = data;
			xz->avail_in = n;
		}
		ret = lzma_code(xz, LZMA_RUN);
		if (ret == LZMA_MEMLIMIT_ERROR)
			ret = xz_allow(decoder);
	}
	if (ret != LZMA_STREAM_END)
		return ret == LZMA_FORMAT_ERROR || ret == LZMA_DATA_ERROR ?
			       fail(err, "xz stream is truncated or damaged") :
			       xz_fail(ret, err);
	lzma_index_end(index, NULL);
	return 0;
}

/*
 * Decode the first frame in one go into the room that out has, without a window: a
 * kernel's is 128 MiB. Returns whether it fits and is whole.
 */
static bool zstd_at_once(struct decoder *decoder, struct strbuf *out)
{
	size_t frame = ZSTD_findFrameCompressedSize(decoder->data, decoder->size);
	size_t ret = frame;

	if (!ZSTD_isError(frame))
		ret = ZSTD_decompressDCtx(decoder->zstd, out->data, out->capacity,
					  decoder->data, frame);
	if (ZSTD_isError(ret))
		return false;
	out->size = ret;
	return true;
}

static int zstd_decode(struct decoder *decoder, struct strbuf *out, const char **err)
{
	ZSTD_inBuffer in = { decoder->data, decoder->size, 0 };
	unsigned long long hint = ZSTD_getFrameContentSize(in.src, in.size);
	size_t ret = 1;

	if (!decoder->zstd)
		decoder->zstd = ZSTD_createDStream();
	if (!decoder->zstd || ZSTD_isError(ZSTD_initDStream(decoder->zstd)))
		return fail(err, read_failure(ENOMEM));
	/* With room for the whole file, zstd allocates no window. */
	if (hint <= decoder->max && strbuf_reserve(out, hint, err) < 0)
		return -1;
	if (decoder->single && out->capacity > 0 && zstd_at_once(decoder, out))
		return 0;
	if (hint > decoder->max ||
	    ZSTD_findFrameCompressedSize(in.src, in.size) != in.size)
		take_dictionary(decoder, zstd_window(in.src, in.size));
	out->size = 0;
	/* ret is 0 after a frame: the file ends there, or another frame begins. */
	while (ret != 0 || (in.pos < in.size && !decoder->single)) {
		ZSTD_outBuffer to;
		size_t room;

		if (more_room(decoder, out, &room, err) < 0)
			return -1;
		to = (ZSTD_outBuffer){ out->data, out->size + room, out->size };
		ret = ZSTD_decompressStream(decoder->zstd, &to, &in);
		if (ZSTD_isError(ret))
			return fail(err, zstd_failure(ret));
		if (in.pos == in.size && ret != 0 && to.pos < to.size)
			return fail(err, zstd_truncated);
		out->size = to.pos;
	}
	return 0;
}

/* Begin the first or another member. */
static int gzip_begin(struct decoder *decoder, const char **err)
{
	enum { GZIP_FORMAT = 16 }; /* added to the window bits */
	int ret;

	if (decoder->gzip_ready)
		ret = inflateReset(&decoder->gzip);
	else
		ret = inflateInit2(&decoder->gzip, MAX_WBITS + GZIP_FORMAT);
	if (ret != Z_OK)
		return fail(err, read_failure(ENOMEM));
	decoder->gzip_ready = true;
	return 0;
}

/* Limit a size to what zlib, whose sizes are int, can take at once. */
static uInt at_most(size_t n)
{
	return n < UINT32_C(1) << 30 ? (uInt)n : UINT32_C(1) << 30;
}

static int gzip_decode(struct decoder *decoder, struct strbuf *out, const char **err)
{
	const unsigned char *p = decoder->data, *end = p + decoder->size;
	z_stream *gzip = &decoder->gzip;

	out->size = 0;
	do {
		int ret = Z_OK;
		size_t room;
		uInt before;

		decoder->members = p != decoder->data;
		if (gzip_begin(decoder, err) < 0)
			return -1;
		while (ret != Z_STREAM_END) {
			if (more_room(decoder, out, &room, err) < 0)
				return -1;
			gzip->next_in = p;
			gzip->avail_in = at_most((size_t)(end - p));
			gzip->next_out = (unsigned char *)out->data + out->size;
			before = gzip->avail_out = at_most(room);
			ret = inflate(gzip, Z_NO_FLUSH);
			p = gzip->next_in;
			out->size += before - gzip->avail_out;
			if (ret == Z_BUF_ERROR ||
			    (ret == Z_OK && p == end && gzip->avail_out))
				return fail(err, "gzip data is truncated");
			if (ret != Z_OK && ret != Z_STREAM_END)
				return fail(err, "gzip data is damaged");
		}
	} while (!decoder->single && codec_of(p, (size_t)(end - p)) == CODEC_GZIP);
	return 0;
}

bool decoder_was_several(const struct decoder *decoder, enum codec codec)
{
	if (ENABLED(FEATURE_MODULE_XZ) && codec == CODEC_XZ)
		return xz_is_several(decoder);
	if (ENABLED(FEATURE_MODULE_ZSTD) && codec == CODEC_ZSTD)
		return ZSTD_findFrameCompressedSize(decoder->data, decoder->size) <
		       decoder->size;
	return codec == CODEC_GZIP && decoder->members;
}

static const struct {
	unsigned char magic[CODEC_MAGIC];
	unsigned magic_size;
	bool enabled;
	const char *disabled; /* error text if not enabled */
} codecs[] = {
	[CODEC_GZIP] = { { 0x1f, 0x8b },
			 2,
			 ENABLED(FEATURE_MODULE_GZIP),
			 "compressed with gzip; this modbox was built without "
			 "FEATURE_MODULE_GZIP" },
	[CODEC_XZ] = { { 0xfd, '7', 'z', 'X', 'Z', 0 },
		       6,
		       ENABLED(FEATURE_MODULE_XZ),
		       "compressed with xz; this modbox was built without "
		       "FEATURE_MODULE_XZ" },
	[CODEC_ZSTD] = { { 0x28, 0xb5, 0x2f, 0xfd },
			 4,
			 ENABLED(FEATURE_MODULE_ZSTD),
			 "compressed with zstd; this modbox was built without "
			 "FEATURE_MODULE_ZSTD" },
};

enum codec codec_of(const void *magic, size_t size)
{
	for (unsigned i = 1; i < sizeof(codecs) / sizeof(*codecs); i++) {
		if (size >= codecs[i].magic_size &&
		    memcmp(magic, codecs[i].magic, codecs[i].magic_size) == 0)
			return (enum codec)i;
	}
	return CODEC_NONE;
}

static int read_in(struct decoder *decoder, int fd, uint64_t size, const char **err)
{
	/* Incompressible data grows when compressed. */
	if ((size > DECODED_MAX && check_size(decoder, size, err) < 0) ||
	    strbuf_reserve(&decoder->in, size, err) < 0)
		return -1;
	decoder->data = (const unsigned char *)decoder->in.data;
	decoder->size = size;
	decoder->single = false;
	return read_at(fd, decoder->in.data, size, 0, err);
}

static int check_codec(enum codec codec, const char **err)
{
	if (ENABLED(MODULE_DECODERS) && codecs[codec].enabled)
		return 0;
	return fail(err, codecs[codec].disabled);
}

/* Decode decoder->data. out->size may exceed the limit by one byte. */
static int decode(struct decoder *decoder, enum codec codec, struct strbuf *out,
		  const char **err)
{
	if (ENABLED(FEATURE_MODULE_XZ) && codec == CODEC_XZ)
		return xz_decode(decoder, out, err);
	if (ENABLED(FEATURE_MODULE_ZSTD) && codec == CODEC_ZSTD)
		return zstd_decode(decoder, out, err);
	if (ENABLED(FEATURE_MODULE_GZIP) && codec == CODEC_GZIP)
		return gzip_decode(decoder, out, err);
	return fail(err, "not compressed");
}

int decoder_decode(struct decoder *decoder, enum codec codec, int fd, uint64_t size,
		   struct strbuf *out, const char **err)
{
	if (check_codec(codec, err) < 0 || read_in(decoder, fd, size, err) < 0 ||
	    decode(decoder, codec, out, err) < 0)
		return -1;
	return check_size(decoder, out->size, err);
}

int decoder_stream(struct decoder *decoder, enum codec codec, const void *data,
		   size_t size, struct strbuf *out, const char **err)
{
	if (check_codec(codec, err) < 0)
		return -1;
	decoder->data = data;
	decoder->size = size;
	decoder->single = true;
	if (decode(decoder, codec, out, err) < 0)
		return -1;
	return check_size(decoder, out->size, err);
}

int decoder_check(struct decoder *decoder, enum codec codec, int fd, uint64_t size,
		  struct strbuf *out, const char **err)
{
	if (check_codec(codec, err) < 0)
		return -1;
	if (ENABLED(FEATURE_MODULE_XZ) && codec == CODEC_XZ)
		return xz_check(decoder, fd, size, err);
	if (ENABLED(FEATURE_MODULE_ZSTD) && codec == CODEC_ZSTD)
		return read_in(decoder, fd, size, err) < 0 ?
			       -1 :
			       zstd_check(decoder->in.data, size, err);
	return decoder_decode(decoder, codec, fd, size, out, err);
}
