// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mbedTLS's SHA-256, SHA-384 and SHA-512 by those of libmd, which manifests, records and
 * liblzma use too: one of each in the program, 5 KB less.
 */
#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>

void mbedtls_sha256_init(mbedtls_sha256_context *context)
{
	*context = (mbedtls_sha256_context){ 0 };
}

void mbedtls_sha256_free(mbedtls_sha256_context *context)
{
	if (context)
		mbedtls_platform_zeroize(context, sizeof(*context));
}

void mbedtls_sha256_clone(mbedtls_sha256_context *to, const mbedtls_sha256_context *from)
{
	*to = *from;
}

int mbedtls_sha256_starts(mbedtls_sha256_context *context, int is224)
{
	if (is224)
		return MBEDTLS_ERR_SHA256_BAD_INPUT_DATA;
	SHA256Init(&context->sha);
	return 0;
}

int mbedtls_sha256_update(mbedtls_sha256_context *context, const unsigned char *data,
			  size_t size)
{
	SHA256Update(&context->sha, data, size);
	return 0;
}

int mbedtls_sha256_finish(mbedtls_sha256_context *context, unsigned char *hash)
{
	SHA256Final(hash, &context->sha);
	return 0;
}

int mbedtls_sha256(const unsigned char *data, size_t size, unsigned char *hash, int is224)
{
	mbedtls_sha256_context context;
	int result = mbedtls_sha256_starts(&context, is224);

	if (result == 0) {
		SHA256Update(&context.sha, data, size);
		SHA256Final(hash, &context.sha);
	}
	return result;
}

void mbedtls_sha512_init(mbedtls_sha512_context *context)
{
	*context = (mbedtls_sha512_context){ 0 };
}

void mbedtls_sha512_free(mbedtls_sha512_context *context)
{
	if (context)
		mbedtls_platform_zeroize(context, sizeof(*context));
}

void mbedtls_sha512_clone(mbedtls_sha512_context *to, const mbedtls_sha512_context *from)
{
	*to = *from;
}

int mbedtls_sha512_starts(mbedtls_sha512_context *context, int is384)
{
	context->is384 = is384;
	if (is384)
		SHA384Init(&context->sha);
	else
		SHA512Init(&context->sha);
	return 0;
}

int mbedtls_sha512_update(mbedtls_sha512_context *context, const unsigned char *data,
			  size_t size)
{
	SHA512Update(&context->sha, data, size);
	return 0;
}

int mbedtls_sha512_finish(mbedtls_sha512_context *context, unsigned char *hash)
{
	if (context->is384)
		SHA384Final(hash, &context->sha);
	else
		SHA512Final(hash, &context->sha);
	return 0;
}

int mbedtls_sha512(const unsigned char *data, size_t size, unsigned char *hash, int is384)
{
	mbedtls_sha512_context context;

	mbedtls_sha512_starts(&context, is384);
	SHA512Update(&context.sha, data, size);
	return mbedtls_sha512_finish(&context, hash);
}
