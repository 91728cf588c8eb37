// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Signing, compared with openssl: the same bytes as openssl cms makes, but for the value
 * of an ECDSA signature; and each verifies. A modbox without FEATURE_SIGN says so.
 */
#include <pthread.h>
#if __has_include(<mbedtls/version.h>)
#include <mbedtls/version.h>
#endif

#include "base/message.h"
#include "signature/sign.h"
#include "tempdir.h"

#define PASSPHRASE "correct horse"
#define CMS "openssl cms -binary -noattr -nocerts -nosmimecap -outform DER "

/* Keys that tests/lib/signing-keys makes. */
static const char *const names[] = { "rsa",  "rsa4096", "p256",	 "p384",
				     "p521", "names",	"serial" };

static const char module[] = "not an ELF file, but signed like one";

static char *path(const char *name, const char *suffix)
{
	static char paths[4][128];
	static unsigned next;
	char *to = paths[next++ % COUNT(paths)];

	snprintf(to, sizeof(paths[0]), "%s%s", name, suffix);
	return to;
}

static void sh(const char *format, ...)
{
	char command[512];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	if (system(command) != 0)
		fail_msg("failed: %s: %s", command, get("openssl.log"));
}

static int setup(void **state)
{
	const char *source = getenv("MODBOX_SRC"); /* tests/run sets it */
	static char here[4096];

	if (!source)
		source = getcwd(here, sizeof(here));
	if (tempdir_setup(state) != 0)
		return -1;
	put_bytes("module", module, sizeof(module));
	sh("%s/tests/lib/signing-keys", source);
	return 0;
}

/* Sign the module: the whole file. */
static void sign(struct signer *signer, struct strbuf *out)
{
	out->size = 0;
	strbuf_add(out, module, sizeof(module));
	assert_int_equal(signer_sign(signer, out->data, out->size, out), 0);
	assert_memory_equal(out->data, module, sizeof(module));
}

static enum signature_state verify(const struct signature_cert *cert,
				   const struct strbuf *file, enum signature_hash hash,
				   bool rsa)
{
	struct signature_verifier *verifier = signature_verifier_new(cert, 1);
	struct signature signature;
	struct arena arena = { 0 };

	signature_read(file->data, file->size, &arena, &signature);
	signature_verify(verifier, &signature);
	assert_int_equal(signature.hash, hash);
	assert_int_equal(signature.key, rsa ? KEY_RSA : KEY_ECDSA);
	signature_verifier_free(verifier);
	arena_free(&arena);
	return signature.state;
}

/* Copy DER without lengths, and without the last of its octet strings, if there are
 * several. */
static size_t flatten(const unsigned char *p, size_t size, unsigned char *to)
{
	const unsigned char *end = p + size;
	unsigned char *start = to;

	while (p < end) {
		unsigned tag = *p++;
		size_t length = *p++;

		if (length & 0x80)
			for (size_t n = length & 0x7f, i = length = 0; i < n; i++)
				length = length << 8 | *p++;
		*to++ = (unsigned char)tag;
		assert_true(length <= (size_t)(end - p));
		if (tag & 0x20) {
			to += flatten(p, length, to);
		} else if (tag != 0x04) {
			memcpy(to, p, length);
			to += length;
		}
		p += length;
	}
	return (size_t)(to - start);
}

enum { TAIL = 12 + 28 };

/* Compare what follows the module with openssl's message. */
static void compare(const struct strbuf *out, bool rsa)
{
	static const char tail[] = "\0\0\2\0\0\0\0\0\0\0??~Module signature appended~\n";
	const unsigned char *ours = (const unsigned char *)out->data + sizeof(module);
	size_t n = out->size - sizeof(module) - TAIL, size;
	unsigned char theirs[8192], flat[2][8192];
	FILE *f = fopen("theirs", "r");

	assert_non_null(f);
	size = fread(theirs, 1, sizeof(theirs), f);
	fclose(f);
	if (rsa) {
		assert_int_equal(n, size);
		assert_memory_equal(ours, theirs, n);
	} else {
		size_t length = flatten(theirs, size, flat[1]);

		assert_int_equal(flatten(ours, n, flat[0]), length);
		assert_memory_equal(flat[0], flat[1], length);
	}
	assert_memory_equal(ours + n, tail, 10);
	assert_int_equal(ours[n + 10] << 8 | ours[n + 11], n);
	assert_memory_equal(ours + n + 12, tail + 12, sizeof(tail) - 1 - 12);
	assert_int_equal(sizeof(tail) - 1, TAIL);
	put_bytes("ours", ours, n);
}

static void test_openssl(void **state)
{
	static const char *const hashes[] = { NULL, "sha256", "sha384", "sha512" };
	struct strbuf out = { 0 };

	for (size_t i = 0; i < COUNT(names); i++)
		for (enum signature_hash hash = HASH_SHA256; hash <= HASH_SHA512;
		     hash++) {
			struct signer *signer = signer_open(path(names[i], ".pem"),
							    path(names[i], ".crt"), NULL,
							    hash);
			bool rsa = *names[i] != 'p' && *names[i] != 's';

			assert_non_null(signer);
			sh(CMS
			   "-sign -md %s -signer %s.crt -inkey %s.pem -in module -out theirs",
			   hashes[hash], names[i], names[i]);
			sign(signer, &out);
			compare(&out, rsa);
			assert_int_equal(verify(signer_cert(signer), &out, hash, rsa),
					 SIGNATURE_GOOD);
			sh("openssl cms -verify -binary -inform DER -in ours -content module -noverify -certfile %s.crt -out verified 2>openssl.log",
			   names[i]);
			out.data[3] ^= 1;
			assert_int_equal(verify(signer_cert(signer), &out, hash, rsa),
					 SIGNATURE_BAD);
			signer_close(signer);
		}
	strbuf_free(&out);
}

static void assert_opens(const char *key, const char *cert, const char *passphrase)
{
	struct signer *signer = signer_open(key, cert, passphrase, HASH_SHA256);
	struct strbuf out = { 0 };

	if (!signer)
		fail_msg("%s, %s", key, cert);
	sign(signer, &out);
	assert_int_equal(verify(signer_cert(signer), &out, HASH_SHA256,
				!strstr(cert, "p384") && !strstr(cert, "p256")),
			 SIGNATURE_GOOD);
	strbuf_free(&out);
	signer_close(signer);
}

static void test_formats(void **state)
{
	char pipe_path[32];
	int ends[2];

	assert_opens("pkcs1.pem", "rsa.crt", NULL);
	assert_opens("sec1.pem", "p384.crt", NULL);
	assert_opens("pkcs8.pem", "p384.crt", NULL);
	assert_opens("pkcs8.der", "rsa.der", NULL);
	assert_opens("both.pem", "both.pem", NULL);
	assert_opens("reversed.pem", "reversed.pem", "not asked for");
	assert_opens("crlf.pem", "crlf.pem", NULL);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], get("rsa.pem"), strlen(get("rsa.pem"))),
			 strlen(get("rsa.pem")));
	close(ends[1]);
	snprintf(pipe_path, sizeof(pipe_path), "/dev/fd/%d", ends[0]);
	assert_opens(pipe_path, "rsa.crt", NULL);
	close(ends[0]);
}

/* What signer_open() says: it fails if text is not a warning. */
static void says(const char *text, const char *key, const char *cert,
		 const char *passphrase)
{
	int old = begin_stderr();
	struct signer *signer = signer_open(key, cert, passphrase, HASH_SHA256);
	const char *said = end_stderr(old), *colon = strstr(said, ": ");

	assert_non_null(colon);
	if (strncmp(colon + 2, text, strlen(text)) != 0 ||
	    strcmp(colon + 2 + strlen(text), "\n") != 0)
		fail_msg("'%s' instead of '%s'", said, text);
	assert_int_equal(signer != NULL, strncmp(text, "warning", 7) == 0);
	signer_close(signer);
}

/* Whether the library decrypts a key: 2.28 knows no AES in PKCS#8, and only a library for
 * everyone what PKCS#12 brings. */
static bool decrypts(const char *key)
{
#if defined(MBEDTLS_VERSION_MAJOR) && MBEDTLS_VERSION_MAJOR < 3
	if (strncmp(key, "v2-aes", 6) == 0 || strncmp(key, "prf", 3) == 0)
		return false;
#endif
#ifndef MBEDTLS_PKCS12_C
	if (strcmp(key, "v1.pem") == 0)
		return false;
#endif
	return strcmp(key, "scrypt.pem") != 0;
}

static void says_unknown(const char *key, const char *cert)
{
#if defined(MBEDTLS_VERSION_MAJOR) && MBEDTLS_VERSION_MAJOR < 3
	static const char cipher[] = "des3";
#else
	static const char cipher[] = "aes-256-cbc";
#endif
	char text[200];

	snprintf(text, sizeof(text),
		 "%s: encrypted in a way that is not known; encrypt it again: openssl pkcs8 -topk8 -v2 %s",
		 key, cipher);
	says(text, key, cert, PASSPHRASE);
}

static void test_encrypted(void **state)
{
	static const char *const keys[] = {
		"v2-aes-128-cbc.pem", "v2-aes-192-cbc.pem", "v2-aes-256-cbc.pem",
		"v2-des3.pem",	      "prf-SHA1.pem",	    "prf-SHA512.pem",
		"pkcs1-aes128.pem",   "pkcs1-aes192.pem",   "pkcs1-aes256.pem",
		"pkcs1-des3.pem",     "sec1-aes128.pem",    "sec1-aes192.pem",
		"sec1-aes256.pem",    "sec1-des3.pem",	    "req.pem",
	};
	char text[200];

	for (size_t i = 0; i < COUNT(keys); i++) {
		const char *cert = strcmp(keys[i], "req.pem") == 0 ? "req.crt" :
				   strncmp(keys[i], "prf", 3) == 0 ||
						   strncmp(keys[i], "sec1", 4) == 0 ?
								     "p384.crt" :
								     "rsa.crt";

		if (!decrypts(keys[i])) {
			says_unknown(keys[i], cert);
			continue;
		}
		assert_opens(keys[i], cert, PASSPHRASE);
		snprintf(text, sizeof(text), "%s: the passphrase is wrong", keys[i]);
		for (int guess = 0; guess < 2; guess++)
			says(text, keys[i], cert,
			     path("guess", (char[]){ (char)('0' + guess), '\0' }));
		snprintf(text, sizeof(text),
			 "%s: the key is encrypted: give its passphrase in KBUILD_SIGN_PIN, or by --sign-pin-file",
			 keys[i]);
		says(text, keys[i], cert, NULL);
		says(text, keys[i], cert, "");
	}
}

/* A status of 2 takes precedence over one of 4, so this comes first. */
static void test_unreadable(void **state)
{
	assert_int_equal(message_status(), 0);
	says("warning: expired.crt: the certificate expired on 2002-03-04; the kernel does not look",
	     "p256.pem", "expired.crt", NULL);
	says("warning: early.crt: the certificate is valid from 2101-02-03 on; the kernel does not look",
	     "p256.pem", "early.crt", NULL);
	assert_int_equal(message_status(), 0);
	says("cannot read absent: No such file or directory", "absent", "rsa.crt", NULL);
	says("cannot read absent: No such file or directory", "rsa.pem", "absent", NULL);
	says("cannot read .: Is a directory", ".", "rsa.crt", NULL);
	says("cannot read .: Is a directory", "rsa.pem", ".", NULL);
	says("large: larger than a key or certificate can be (256 KiB)", "large",
	     "rsa.crt", NULL);
	says("empty: no private key (PEM or DER)", "empty", "rsa.crt", NULL);
	says("module: no private key (PEM or DER)", "module", "rsa.crt", NULL);
	says("rsa.crt: no private key (PEM or DER)", "rsa.crt", "rsa.crt", NULL);
	says("public.pem: no private key (PEM or DER)", "public.pem", "rsa.crt", NULL);
	says("cut.pem: no private key (PEM or DER)", "cut.pem", "rsa.crt", NULL);
	says("cut.der: no private key (PEM or DER)", "cut.der", "rsa.crt", NULL);
	says("damaged.pem: damaged PEM", "damaged.pem", "rsa.crt", NULL);
	says("damaged.crt: damaged PEM", "rsa.pem", "damaged.crt", NULL);
	says("rsa.pem: not an X.509 certificate (PEM or DER)", "rsa.pem", "rsa.pem",
	     NULL);
	says("empty: not an X.509 certificate (PEM or DER)", "rsa.pem", "empty", NULL);
	says("pkcs8.der: not an X.509 certificate (PEM or DER)", "rsa.pem", "pkcs8.der",
	     NULL);
	assert_int_equal(message_status(), STATUS_IO);
}

static void test_refused(void **state)
{
	says("rsa.pem: not the key of the certificate in rsa4096.crt", "rsa.pem",
	     "rsa4096.crt", NULL);
	assert_int_equal(message_status(), STATUS_USAGE);
	says("rsa.pem: not the key of the certificate in req.crt", "rsa.pem", "req.crt",
	     NULL);
	says("rsa.pem: not the key of the certificate in p256.crt", "rsa.pem", "p256.crt",
	     NULL);
	says("p256.pem: not the key of the certificate in p384.crt", "p256.pem",
	     "p384.crt", NULL);
	says("small.pem: RSA of 1024 bits, and the kernel reads 2048, 3072 or 4096",
	     "small.pem", "small.crt", NULL);
	for (int i = 0; i < 2; i++) {
		const char *key = i ? "k1.pem" : "ed.pem";

		says(path(key,
			  ": the key is of a kind that is not known: neither RSA nor ECDSA with P-256, P-384 or P-521"),
		     key, "rsa.crt", NULL);
	}
}

/* Keys that are encrypted by what mbedTLS does not know. */
static void test_methods(void **state)
{
	if (decrypts("v1.pem"))
		assert_opens("v1.pem", "rsa.crt", PASSPHRASE);
	else
		says_unknown("v1.pem", "rsa.crt");
	says_unknown("scrypt.pem", "rsa.crt");
}

struct job {
	pthread_t thread;
	struct signer *signer;
	struct strbuf out;
};

static void *sign_often(void *argument)
{
	struct job *job = argument;

	for (int i = 0; i < 5; i++)
		sign(job->signer, &job->out);
	return NULL;
}

static void test_threads(void **state)
{
	for (int key = 0; key < 2; key++) {
		struct signer *signer = signer_open(key ? "p256.pem" : "rsa.pem",
						    key ? "p256.crt" : "rsa.crt", NULL,
						    HASH_SHA256);
		struct job jobs[3] = { 0 };

		for (size_t i = 0; i < COUNT(jobs); i++) {
			jobs[i].signer = signer;
			assert_int_equal(pthread_create(&jobs[i].thread, NULL, sign_often,
							&jobs[i]),
					 0);
		}
		for (size_t i = 0; i < COUNT(jobs); i++) {
			assert_int_equal(pthread_join(jobs[i].thread, NULL), 0);
			assert_int_equal(verify(signer_cert(signer), &jobs[i].out,
						HASH_SHA256, !key),
					 SIGNATURE_GOOD);
			strbuf_free(&jobs[i].out);
		}
		signer_close(signer);
	}
}

static void test_off(void **state)
{
	says(signature_is_supported() ?
		     "module: this program is built without FEATURE_SIGN, and cannot sign" :
		     "module: this program is built without mbedTLS, and cannot sign",
	     "module", "module", NULL);
	assert_int_equal(message_status(), STATUS_USAGE);
	signer_close(NULL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_unreadable), cmocka_unit_test(test_openssl),
	cmocka_unit_test(test_formats),	   cmocka_unit_test(test_encrypted),
	cmocka_unit_test(test_refused),	   cmocka_unit_test(test_methods),
	cmocka_unit_test(test_threads),
};

static const struct CMUnitTest tests_off[] = { cmocka_unit_test(test_off) };

int main(void)
{
	return signer_is_supported() ?
		       cmocka_run_group_tests(tests, setup, tempdir_teardown) :
		       cmocka_run_group_tests(tests_off, setup, tempdir_teardown);
}
