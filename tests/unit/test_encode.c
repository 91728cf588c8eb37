// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Compression: a round trip returns the input, however it is split into pieces. A modbox
 * without an encoder names the missing one.
 */
#include <sys/mman.h>

#include "config.h"
#include "copy/encode.h"
#include "unit.h"

enum { SIZE = 300000 };

static unsigned char input[SIZE];

static struct output {
	unsigned char data[2 * SIZE];
	size_t size, limit; /* size taken so far, and its limit */
} output;

static int put(void *context, const void *data, size_t size)
{
	struct output *out = context;

	assert_true(size > 0 && out->size + size <= sizeof(out->data));
	if (out->size + size > out->limit)
		return -1;
	memcpy(out->data + out->size, data, size);
	out->size += size;
	return 0;
}

/* Half noise, half zeros. */
static int make_input(void **state)
{
	uint32_t x = 1;

	for (size_t i = 0; i < SIZE / 2; i++) {
		x = x * 1664525 + 1013904223;
		input[i] = (unsigned char)(x >> 24);
	}
	return 0;
}

/* Compress the first size bytes of the input in pieces. */
static int encode(struct encoder *encoder, size_t size, size_t piece)
{
	output.size = 0;
	output.limit = sizeof(output.data);
	if (encoder_begin(encoder, SIZE_UNKNOWN, put, &output) < 0)
		return -1;
	for (size_t i = 0; i < size; i += piece) {
		size_t n = size - i < piece ? size - i : piece;

		if (encoder_write(encoder, input + i, n) < 0)
			return -1;
	}
	return encoder_end(encoder);
}

static void assert_decodes_to_input(enum codec codec, size_t size)
{
	int fd = memfd_create("test", MFD_CLOEXEC);
	struct budget_share share = { 0 };
	struct decoder *decoder = decoder_new(0, &share);
	struct strbuf decoded = { 0 };
	const char *err = NULL;

	assert_int_equal(codec_of(output.data, output.size), codec);
	assert_int_equal(pwrite(fd, output.data, output.size, 0), (ssize_t)output.size);
	assert_int_equal(decoder_decode(decoder, codec, fd, output.size, &decoded, &err),
			 0);
	assert_int_equal(decoded.size, size);
	if (size)
		assert_memory_equal(decoded.data, input, size);
	strbuf_free(&decoded);
	decoder_free(decoder);
	close(fd);
}

static void round_trip(enum codec codec)
{
	static const size_t sizes[] = { 0, 1, 1000, SIZE };
	static unsigned char first[sizeof(output.data)];
	struct encoder *encoder;

	if (encoder_missing(codec))
		return;
	encoder = encoder_new(codec);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t size;

		assert_int_equal(encode(encoder, sizes[i], SIZE), 0);
		assert_decodes_to_input(codec, sizes[i]);
		memcpy(first, output.data, output.size);
		size = output.size;
		assert_int_equal(encode(encoder, sizes[i], 777), 0);
		assert_int_equal(output.size, size);
		assert_memory_equal(output.data, first, size);
	}
	encoder_free(encoder);
}

static void test_round_trips(void **state)
{
	round_trip(CODEC_GZIP);
	round_trip(CODEC_XZ);
	round_trip(CODEC_ZSTD);
}

static void test_none_passes_through(void **state)
{
	struct encoder *encoder = encoder_new(CODEC_NONE);

	assert_int_equal(encode(encoder, 1000, 7), 0);
	assert_int_equal(output.size, 1000);
	assert_memory_equal(output.data, input, 1000);
	assert_int_equal(encode(encoder, 0, 7), 0);
	assert_int_equal(output.size, 0);
	encoder_free(encoder);
}

/* A failing sink ends the stream, and the encoder can start another one. */
static void test_output_that_fails(void **state)
{
	for (int codec = CODEC_NONE; codec <= CODEC_ZSTD; codec++) {
		struct encoder *encoder;

		if (encoder_missing((enum codec)codec))
			continue;
		encoder = encoder_new((enum codec)codec);
		assert_int_equal(encoder_begin(encoder, SIZE, put, &output), 0);
		output.size = 0;
		output.limit = 10;
		assert_true(encoder_write(encoder, input, SIZE) < 0 ||
			    encoder_end(encoder) < 0);
		assert_int_equal(encode(encoder, 1000, 100), 0);
		if (codec != CODEC_NONE)
			assert_decodes_to_input((enum codec)codec, 1000);
		encoder_free(encoder);
	}
}

static void test_names(void **state)
{
	static const char *const bad[] = { "", "lzma", "XZ", "xz ", "zst" };
	enum codec codec;

	assert_int_equal(encoder_codec("zstd", &codec), 0);
	assert_int_equal(codec, CODEC_ZSTD);
	assert_int_equal(encoder_codec("none", &codec), 0);
	assert_int_equal(codec, CODEC_NONE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(encoder_codec(bad[i], &codec), -1);
	assert_null(encoder_missing(CODEC_NONE));
	if (!ENABLED(FEATURE_COMPRESS_XZ))
		assert_string_equal(encoder_missing(CODEC_XZ), "FEATURE_COMPRESS_XZ");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_round_trips),
	cmocka_unit_test(test_none_passes_through),
	cmocka_unit_test(test_output_that_fails),
	cmocka_unit_test(test_names),
};
UNIT_TEST_MAIN(make_input, NULL)
