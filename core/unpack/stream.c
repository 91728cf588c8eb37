// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Decompressing a segment, piece by piece.
 *
 * As the kernel does (lib/decompress*.c), each decoder takes one stream, frame or member,
 * and stops: what follows is the next segment. All are given what the file's buffer has,
 * and tell how much of it they used.
 */
#define ZLIB_CONST
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ahead.h"
#include "base/readat.h"
#include "base/util.h"
#include "codec.h"
#include "config.h"

/* Memory that liblzma may use, as in module/decode.c. */
#define LZMA_MEMORY_MAX (UINT64_C(512) << 20)

const char stream_truncated[] = "is truncated", stream_damaged[] = "is damaged",
	   stream_no_memory[] = "needs more memory to decompress than there is";

int stream_fail(struct stream *stream, const char *problem)
{
	stream->problem = problem;
	return -1;
}

void stream_room(struct stream *stream, size_t size)
{
	if (stream->room >= size)
		return;
	free(stream->out);
	stream->out = xmalloc(size);
	stream->room = size;
}

static size_t left(const struct input *in)
{
	return (size_t)(in->end - in->p);
}

static int gzip_begin(struct stream *stream)
{
	enum { GZIP_FORMAT = 16 }; /* added to the window bits */

	stream->gzip = (z_stream){ 0 };
	if (inflateInit2(&stream->gzip, MAX_WBITS + GZIP_FORMAT) != Z_OK)
		return stream_fail(stream, stream_no_memory);
	return 0;
}

static int gzip_next(struct stream *stream)
{
	struct input *in = stream->in;
	z_stream *gzip = &stream->gzip;
	int ret;

	gzip->next_in = in->p;
	gzip->avail_in = (uInt)left(in);
	gzip->next_out = stream->out + stream->n;
	gzip->avail_out = (uInt)(STREAM_SIZE - stream->n);
	ret = inflate(gzip, Z_NO_FLUSH);
	in->p = gzip->next_in;
	stream->n = STREAM_SIZE - gzip->avail_out;
	stream->ended = ret == Z_STREAM_END;
	if (ret == Z_OK || ret == Z_STREAM_END || ret == Z_BUF_ERROR)
		return 0;
	return stream_fail(stream,
			   ret == Z_MEM_ERROR ? stream_no_memory : stream_damaged);
}

static void gzip_end(struct stream *stream)
{
	inflateEnd(&stream->gzip);
}

static int lzma_failed(struct stream *stream, lzma_ret ret)
{
	switch (ret) {
	case LZMA_MEM_ERROR:
	case LZMA_MEMLIMIT_ERROR:
		return stream_fail(stream, stream_no_memory);
	case LZMA_OPTIONS_ERROR:
		return stream_fail(stream, "needs a filter that is not supported");
	default:
		return stream_fail(stream, stream_damaged);
	}
}

static int no_xz(struct stream *stream)
{
	return stream_fail(stream, "needs a modbox with FEATURE_MODULE_XZ");
}

static int xz_begin(struct stream *stream)
{
	lzma_ret ret;

	if (!ENABLED(FEATURE_MODULE_XZ))
		return no_xz(stream);
	ret = lzma_stream_decoder(&stream->lzma, LZMA_MEMORY_MAX, 0);
	return ret == LZMA_OK ? 0 : lzma_failed(stream, ret);
}

static int alone_begin(struct stream *stream)
{
	lzma_ret ret;

	if (!ENABLED(FEATURE_MODULE_XZ))
		return no_xz(stream);
	ret = lzma_alone_decoder(&stream->lzma, LZMA_MEMORY_MAX);
	return ret == LZMA_OK ? 0 : lzma_failed(stream, ret);
}

static int xz_next(struct stream *stream)
{
	struct input *in = stream->in;
	lzma_stream *lzma = &stream->lzma;
	lzma_ret ret;

	lzma->next_in = in->p;
	lzma->avail_in = left(in);
	lzma->next_out = stream->out + stream->n;
	lzma->avail_out = STREAM_SIZE - stream->n;
	ret = lzma_code(lzma, LZMA_RUN);
	in->p = lzma->next_in;
	stream->n = STREAM_SIZE - lzma->avail_out;
	stream->ended = ret == LZMA_STREAM_END;
	if (ret == LZMA_OK || ret == LZMA_STREAM_END || ret == LZMA_BUF_ERROR)
		return 0;
	return lzma_failed(stream, ret);
}

static void xz_end(struct stream *stream)
{
	lzma_end(&stream->lzma);
}

static int zstd_begin(struct stream *stream)
{
	if (!stream->zstd)
		stream->zstd = ZSTD_createDStream();
	if (!stream->zstd || ZSTD_isError(ZSTD_initDStream(stream->zstd)))
		return stream_fail(stream, stream_no_memory);
	return 0;
}

static int zstd_next(struct stream *stream)
{
	struct input *in = stream->in;
	ZSTD_inBuffer from = { in->p, left(in), 0 };
	ZSTD_outBuffer to = { stream->out, STREAM_SIZE, stream->n };
	size_t ret = ZSTD_decompressStream(stream->zstd, &to, &from);

	in->p += from.pos;
	stream->n = to.pos;
	stream->ended = ret == 0;
	return ZSTD_isError(ret) ? stream_fail(stream, stream_damaged) : 0;
}

static void zstd_end(struct stream *stream)
{
	ZSTD_freeDStream(stream->zstd);
	stream->zstd = NULL;
}

/* The bytes at the beginning, of which the first n decide. */
static bool begins(const unsigned char *magic, size_t size, const char *with, size_t n)
{
	return size >= n && memcmp(magic, with, n) == 0;
}

static bool is_gzip(const unsigned char *magic, size_t size)
{
	return begins(magic, size, "\x1f\x8b\x08", 3);
}

static bool is_xz(const unsigned char *magic, size_t size)
{
	return begins(magic, size,
		      "\xfd"
		      "7zXZ",
		      6);
}

static bool is_zstd(const unsigned char *magic, size_t size)
{
	return begins(magic, size, "\x28\xb5\x2f\xfd", 4);
}

static bool is_lz4(const unsigned char *magic, size_t size)
{
	return begins(magic, size, "\x02\x21\x4c\x18", 4);
}

static bool is_lz4_frame(const unsigned char *magic, size_t size)
{
	return begins(magic, size, "\x04\x22\x4d\x18", 4);
}

static bool is_lzo(const unsigned char *magic, size_t size)
{
	return begins(magic, size, "\x89LZO\0\r\n\x1a\n", 9);
}

/*
 * lc, lp and pb as lzma -9 has them, which is what the kernel looks for; the size of the
 * dictionary, a power of two; and the decompressed size, or all ones.
 */
static bool is_lzma(const unsigned char *magic, size_t size)
{
	uint32_t dictionary;

	if (size < 13 || magic[0] != 0x5d || magic[1] || magic[2])
		return false;
	dictionary = (uint32_t)magic[3] << 16 | (uint32_t)magic[4] << 24;
	return dictionary && (dictionary & (dictionary - 1)) == 0 &&
	       (begins(magic + 5, 8, "\xff\xff\xff\xff\xff\xff\xff\xff", 8) ||
		(magic[10] == 0 && magic[11] == 0 && magic[12] == 0));
}

const struct stream_codec stream_plain = { .name = "none" };

static const struct stream_codec codecs[] = {
	{ "gzip", NULL, is_gzip, gzip_begin, gzip_next, gzip_end },
	{ "xz", NULL, is_xz, xz_begin, xz_next, xz_end },
	{ "zstd", NULL, is_zstd, zstd_begin, zstd_next, zstd_end },
	{ "lz4", NULL, is_lz4, lz4_begin, lz4_next, NULL },
	{ "lzma", NULL, is_lzma, alone_begin, xz_next, xz_end },
	/* clang-format off */
	IF_ENABLED(FEATURE_ARCHIVE_SOURCE,
	{ "bzip2", NULL, bzip2_is, bzip2_begin, bzip2_next, bzip2_end },)
	/* clang-format on */
	{ "lz4",
	  "is compressed in lz4's frame format, which kernels cannot read: use lz4 -l",
	  is_lz4_frame },
	{ "lzo", "is compressed with lzo, which modbox cannot read", is_lzo },
};

const struct stream_codec *stream_find(const unsigned char *magic, size_t size)
{
	for (size_t i = 0; i < sizeof(codecs) / sizeof(*codecs); i++)
		if (codecs[i].is(magic, size))
			return &codecs[i];
	return NULL;
}

struct stream *stream_new(struct input *in)
{
	struct stream *stream = xcalloc(1, sizeof(*stream));

	stream->in = in;
	stream->lzma = (lzma_stream)LZMA_STREAM_INIT;
	return stream;
}

void stream_end(struct stream *stream)
{
	if (stream->ahead)
		ahead_stop(stream->ahead);
	stream->ahead = NULL;
	if (stream->codec && stream->codec->end)
		stream->codec->end(stream);
	stream->codec = NULL;
}

void stream_free(struct stream *stream)
{
	stream_end(stream);
	free(stream->out);
	free(stream);
}

int stream_begin(struct stream *stream, const struct stream_codec *codec)
{
	stream_end(stream);
	stream->problem = NULL;
	stream->ended = false;
	if (codec->refused)
		return stream_fail(stream, codec->refused);
	if (codec != &stream_plain)
		stream_room(stream, STREAM_SIZE);
	if (codec->begin && codec->begin(stream) < 0)
		return -1;
	stream->codec = codec;
	if (codec != &stream_plain)
		stream->ahead = ahead_start(stream);
	return 0;
}

int stream_decode(struct stream *stream)
{
	stream->n = 0;
	while (!stream->ended && stream->n < STREAM_SIZE) {
		size_t before = stream->n, had = input_need(stream->in, 1);

		if (stream->problem || stream->codec->next(stream) < 0)
			return stream->n ? 1 : -1;
		if (!stream->ended && had == left(stream->in) && stream->n == before) {
			stream_fail(stream, stream->in->failure ?
						    read_failure(stream->in->failure) :
					    had ? stream_damaged :
						  stream_truncated);
			return stream->n ? 1 : -1;
		}
	}
	return stream->n > 0;
}

int stream_next(struct stream *stream, const unsigned char **data, size_t *size)
{
	int result;

	if (stream_is_plain(stream)) {
		*size = input_need(stream->in, 1);
		*data = stream->in->p;
		stream->in->p = stream->in->end;
		if (!*size && stream->in->failure)
			return stream_fail(stream, read_failure(stream->in->failure));
		return *size > 0;
	}
	if (stream->ahead) {
		result = ahead_next(stream->ahead, data, size);
		if (result <= 0)
			stream_end(stream);
		return result;
	}
	result = stream_decode(stream);
	*data = stream->out;
	*size = stream->n;
	return result;
}

void stream_return(struct stream *stream, size_t n)
{
	stream->in->p -= n;
}

void stream_skip(struct stream *stream, uint64_t n)
{
	input_skip(stream->in, n);
}

bool stream_is_plain(const struct stream *stream)
{
	return stream->codec == &stream_plain;
}

const char *stream_problem(const struct stream *stream)
{
	return stream->problem;
}
