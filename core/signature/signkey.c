// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The key and the certificate that sign modules: files of the user's, below no root.
 *
 * A file that may hold a key is read into one buffer, which is never moved, and wiped
 * before it is freed. mbedTLS does the same with what it makes of the key. What it leaves
 * on the stack, as the key that a passphrase gives, is overwritten here.
 */
#include <errno.h>
#include <fcntl.h>
#include <mbedtls/pem.h>
#include <mbedtls/pkcs5.h>
#include <mbedtls/platform_util.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/message.h"
#include "signkey.h"

enum {
	FILE_MAX = 256 * 1024,
	STACK = 16 * 1024, /* more than mbedTLS takes while it reads a key */
	RSA_MIN = 2048,
	RSA_MAX = 4096,
	RSA_STEP = 1024,
};

int signkey_random(void *context, unsigned char *out, size_t n)
{
	(void)context;
	while (n) {
		ssize_t got = getrandom(out, n, 0);

		if (got < 0 && errno != EINTR)
			return MBEDTLS_ERR_PK_BAD_INPUT_DATA;
		if (got > 0) {
			out += got;
			n -= (size_t)got;
		}
	}
	return 0;
}

/* -- files with secrets ------------------------------------------------------ */

/* A file's bytes and a NUL. */
struct secret {
	char *data; /* of FILE_MAX + 1 bytes */
	size_t size;
};

static void wipe(struct secret *secret)
{
	if (secret->data)
		mbedtls_platform_zeroize(secret->data, FILE_MAX + 1);
	free(secret->data);
}

#define CLEANUP_WIPE __attribute__((cleanup(wipe)))

static __attribute__((noinline)) void wipe_stack(void)
{
	char stack[STACK];

	mbedtls_platform_zeroize(stack, sizeof(stack));
}

/* Returns 0, or -1, reported. */
static int read_secret(struct secret *secret, const char *path)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t got = -1;

	secret->data = xcalloc(1, FILE_MAX + 1);
	while (fd >= 0 && secret->size <= FILE_MAX) {
		got = read(fd, secret->data + secret->size, FILE_MAX + 1 - secret->size);
		if (got == 0 || (got < 0 && errno != EINTR))
			break;
		if (got > 0)
			secret->size += (size_t)got;
	}
	if (secret->size > FILE_MAX) {
		error(STATUS_IO, "%s: larger than a key or certificate can be (256 KiB)",
		      path);
		return -1;
	}
	if (got < 0)
		error(STATUS_IO, "cannot read %s: %m", path);
	return got < 0 ? -1 : 0;
}

/* -- the key ----------------------------------------------------------------- */

/* mbedTLS adds an error of the module below in the lowest bits. */
static int main_error(int result)
{
	return -(-result & 0x7f80);
}

/* Report why a key cannot be read. */
static void report(const char *path, int result, bool encrypted, bool passphrase)
{
	switch (main_error(result)) {
	case MBEDTLS_ERR_PK_UNKNOWN_PK_ALG:
	case MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE:
		error(STATUS_USAGE,
		      "%s: the key is of a kind that is not known: neither RSA nor ECDSA "
		      "with P-256, P-384 or P-521",
		      path);
		return;
	case MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE:
	case MBEDTLS_ERR_PKCS5_FEATURE_UNAVAILABLE:
	case MBEDTLS_ERR_PEM_UNKNOWN_ENC_ALG: /* of PKCS#8's, mbedTLS 2.28 knows no AES */
		error(STATUS_USAGE,
		      "%s: encrypted in a way that is not known; encrypt it again: openssl "
		      "pkcs8 -topk8 -v2 %s",
		      path, MBEDTLS_VERSION_MAJOR < 3 ? "des3" : "aes-256-cbc");
		return;
	case MBEDTLS_ERR_PEM_INVALID_DATA:
	case MBEDTLS_ERR_PEM_BAD_INPUT_DATA:
		error(STATUS_IO, "%s: damaged PEM", path);
		return;
	case MBEDTLS_ERR_PK_ALLOC_FAILED:
	case MBEDTLS_ERR_PEM_ALLOC_FAILED:
		error(STATUS_IO, "%s: not enough memory", path);
		return;
	}
	if (!encrypted)
		error(STATUS_IO, "%s: no private key (PEM or DER)", path);
	else if (passphrase) /* what it decrypts to is no key, or not even padded */
		error(STATUS_USAGE, "%s: the passphrase is wrong", path);
	else
		error(STATUS_USAGE,
		      "%s: the key is encrypted: give its passphrase in KBUILD_SIGN_PIN, or "
		      "by --sign-pin-file",
		      path);
}

/* What the kernel reads of RSA: rsa_check_key_length() in crypto/rsa.c. */
static int check_size(const mbedtls_pk_context *key, const char *path)
{
	size_t bits = mbedtls_pk_get_bitlen(key);

	if (mbedtls_pk_get_type(key) != MBEDTLS_PK_RSA ||
	    (bits >= RSA_MIN && bits <= RSA_MAX && bits % RSA_STEP == 0))
		return 0;
	error(STATUS_USAGE,
	      "%s: RSA of %zu bits, and the kernel reads 2048, 3072 or 4096", path, bits);
	return -1;
}

int signkey_read(mbedtls_pk_context *key, const char *path, const char *passphrase)
{
	size_t length = passphrase ? strlen(passphrase) : 0;
	CLEANUP_WIPE struct secret file = { 0 };
	bool pem, encrypted;
	int result;

	if (read_secret(&file, path) < 0)
		return -1;
	pem = strstr(file.data, "-----BEGIN ");
	encrypted = strstr(file.data, "-----BEGIN ENCRYPTED ") ||
		    strstr(file.data, "Proc-Type: 4,ENCRYPTED");
	/* PEM is text with its NUL. */
	result = mbedtls_pk_parse_key(key, (const unsigned char *)file.data,
				      file.size + pem,
				      encrypted && length ?
					      (const unsigned char *)passphrase :
					      NULL,
				      encrypted ? length : 0, signkey_random, NULL);
	wipe_stack();
	if (result == 0 && is_other_curve(key))
		result = MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE;
	if (result != 0) {
		report(path, result, encrypted, length);
		return -1;
	}
	return check_size(key, path);
}

bool signkey_fits(mbedtls_pk_context *key, struct certificate *cert)
{
	if (mbedtls_pk_get_type(key) != mbedtls_pk_get_type(&cert->key))
		return false;
	if (mbedtls_pk_get_type(key) == MBEDTLS_PK_RSA)
		return mbedtls_rsa_check_pub_priv(mbedtls_pk_rsa(cert->key),
						  mbedtls_pk_rsa(*key)) == 0;
	return mbedtls_ecp_check_pub_priv(mbedtls_pk_ec(cert->key), mbedtls_pk_ec(*key),
					  signkey_random, NULL) == 0;
}

/* -- the certificate --------------------------------------------------------- */

/* The first certificate of PEM: a key that stands beside it is not copied. */
static struct signature_cert first_block(const struct secret *file)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----",
			  end[] = "-----END CERTIFICATE-----";
	const char *from = strstr(file->data, begin),
		   *to = from ? strstr(from, end) : NULL;
	size_t size = to ? (size_t)(to - from) + sizeof(end) - 1 : 0;

	return (struct signature_cert){ (const unsigned char *)(to ? from : ""), size };
}

int signkey_read_cert(struct certificate *cert, struct signature_cert *der,
		      struct arena *arena, const char *path)
{
	CLEANUP_WIPE struct secret file = { 0 };
	struct signature_cert block, *certs;
	const char *err;
	size_t n;

	if (read_secret(&file, path) < 0)
		return -1;
	block = file.data[0] == 0x30 ?
			(struct signature_cert){ (const unsigned char *)file.data,
						 file.size } :
			first_block(&file);
	if (signature_read_certs(block.data, block.size, arena, &certs, &n, &err) < 0) {
		error(STATUS_IO, "%s: %s", path, err);
		return -1;
	}
	*der = certs[0];
	if (certificate_read(cert, der->data, der->size) != 0) {
		error(STATUS_IO, "%s: not enough memory", path);
		return -1;
	}
	return 0;
}
