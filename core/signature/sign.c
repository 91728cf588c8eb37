// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Signing modules, with the bytes that the kernel's sign-file writes, and openssl cms
 * -sign -binary -noattr -nocerts -nosmimecap. pkcs7.c draws the message. What is chosen
 * here:
 *
 *	versions	1: the signer is named by issuer and serial number
 *	digests		without parameters
 *	certificates	none
 *	algorithm	rsaEncryption with NULL, or ecdsa-with-SHA* without parameters
 *
 * DER has each length before its contents, so that it is written from its end to its
 * beginning, as mbedTLS does it.
 */
#include <endian.h>
#include <mbedtls/asn1write.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/oid.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/message.h"
#include "base/workers.h"
#include "config.h"
#include "signature/sign.h"
#include "signkey.h"
#include "trailer.h"

enum {
	SEQUENCE = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE,
	SET = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SET,
	CONTEXT_0 = MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_ASN1_CONSTRUCTED,
	VERSION = 1,
	REST = 256, /* bytes of a message without names, serial number and signature */
};

struct signer {
	struct arena arena;
	const char *path; /* of the key */
	mbedtls_pk_context key;
	/* mbedTLS keeps blinding values, or multiples of a generator, in the key. */
	pthread_mutex_t lock;
	struct certificate cert;
	struct signature_cert der;
	mbedtls_md_type_t hash;
};

bool signer_is_supported(void)
{
	return ENABLED(FEATURE_SIGN);
}

/* -- the message ------------------------------------------------------------- */

/* Bytes from p on, the last ones first. They fit, which is checked all the same. */
struct writer {
	unsigned char *start, *p;
	bool full;
};

static void put(struct writer *w, const void *data, size_t n)
{
	w->full |= mbedtls_asn1_write_raw_buffer(&w->p, w->start, data, n) < 0;
}

/* Put tag and length before what lies between w->p and end. */
static void enclose(struct writer *w, const unsigned char *end, int tag)
{
	w->full |= mbedtls_asn1_write_len(&w->p, w->start, (size_t)(end - w->p)) < 0 ||
		   mbedtls_asn1_write_tag(&w->p, w->start, (unsigned char)tag) < 0;
}

static void put_tagged(struct writer *w, int tag, const void *data, size_t n)
{
	const unsigned char *end = w->p;

	put(w, data, n);
	enclose(w, end, tag);
}

static void put_version(struct writer *w)
{
	w->full |= mbedtls_asn1_write_int(&w->p, w->start, VERSION) < 0;
}

static void put_algorithm(struct writer *w, const char *oid, size_t n, bool null)
{
	const unsigned char *end = w->p;

	if (null)
		w->full |= mbedtls_asn1_write_null(&w->p, w->start) < 0;
	put_tagged(w, MBEDTLS_ASN1_OID, oid, n);
	enclose(w, end, SEQUENCE);
}

static void put_hash(struct writer *w, const struct signer *signer)
{
	const char *oid = NULL;
	size_t n = 0;

	w->full |= mbedtls_oid_get_oid_by_md(signer->hash, &oid, &n) != 0;
	put_algorithm(w, oid, n, false);
}

static bool is_rsa(const struct signer *signer)
{
	return mbedtls_pk_get_type(&signer->key) == MBEDTLS_PK_RSA;
}

static void put_key(struct writer *w, const struct signer *signer)
{
	static const char rsa[] = MBEDTLS_OID_PKCS1_RSA;
	const char *oid = rsa;
	size_t n = sizeof(rsa) - 1;

	if (!is_rsa(signer))
		w->full |= mbedtls_oid_get_oid_by_sig_alg(MBEDTLS_PK_ECDSA, signer->hash,
							  &oid, &n) != 0;
	put_algorithm(w, oid, n, is_rsa(signer));
}

static void put_signer(struct writer *w, const struct signer *signer,
		       const unsigned char *signature, size_t n)
{
	const struct der *issuer = &signer->cert.issuer, *serial = &signer->cert.serial;
	const unsigned char *end = w->p, *name;

	put_tagged(w, MBEDTLS_ASN1_OCTET_STRING, signature, n);
	put_key(w, signer);
	put_hash(w, signer);
	name = w->p;
	put_tagged(w, MBEDTLS_ASN1_INTEGER, serial->p, der_size(serial));
	put(w, issuer->p, der_size(issuer));
	enclose(w, name, SEQUENCE);
	put_version(w);
	enclose(w, end, SEQUENCE);
}

static void put_message(struct writer *w, const struct signer *signer,
			const unsigned char *signature, size_t n)
{
	static const char signed_data[] = MBEDTLS_OID_PKCS7_SIGNED_DATA,
			  data[] = MBEDTLS_OID_PKCS7_DATA;
	const unsigned char *end = w->p, *set;

	put_signer(w, signer, signature, n);
	enclose(w, end, SET);
	set = w->p;
	put_tagged(w, MBEDTLS_ASN1_OID, data, sizeof(data) - 1);
	enclose(w, set, SEQUENCE);
	set = w->p;
	put_hash(w, signer);
	enclose(w, set, SET);
	put_version(w);
	enclose(w, end, SEQUENCE);
	enclose(w, end, CONTEXT_0);
	put_tagged(w, MBEDTLS_ASN1_OID, signed_data, sizeof(signed_data) - 1);
	enclose(w, end, SEQUENCE);
}

/* -- signing ----------------------------------------------------------------- */

/* Sign a hash. Returns 0, or mbedTLS's error. */
static int sign_hash(struct signer *signer, const unsigned char *hash,
		     unsigned char signature[MBEDTLS_PK_SIGNATURE_MAX_SIZE], size_t *n)
{
	unsigned size = mbedtls_md_get_size(mbedtls_md_info_from_type(signer->hash));
	int result;

	worker_lock(&signer->lock);
	if (is_rsa(signer)) {
		*n = mbedtls_pk_get_len(&signer->key);
		result = mbedtls_rsa_pkcs1_sign(mbedtls_pk_rsa(signer->key),
						signkey_random, NULL, signer->hash, size,
						hash, signature);
	} else {
		result = mbedtls_ecdsa_write_signature(mbedtls_pk_ec(signer->key),
						       signer->hash, hash, size,
						       signature,
						       MBEDTLS_PK_SIGNATURE_MAX_SIZE, n,
						       signkey_random, NULL);
	}
	worker_unlock(&signer->lock);
	return result;
}

static void add_message(const struct signer *signer, const unsigned char *signature,
			size_t n, struct strbuf *out)
{
	size_t size = der_size(&signer->cert.issuer) + der_size(&signer->cert.serial) +
		      n + REST;
	CLEANUP_FREE unsigned char *buffer = xmalloc(size);
	struct writer w = { .start = buffer, .p = buffer + size };
	unsigned char trailer[TRAILER] = { [TRAILER_ID_TYPE] = TRAILER_PKCS7 };
	uint32_t length;

	put_message(&w, signer, signature, n);
	if (w.full)
		abort(); /* REST is wrong */
	length = htobe32((uint32_t)(buffer + size - w.p));
	memcpy(trailer + TRAILER_LENGTH, &length, sizeof(length));
	strbuf_add(out, w.p, (size_t)(buffer + size - w.p));
	strbuf_add(out, trailer, sizeof(trailer));
	strbuf_add_text(out, SIGNATURE_MARKER);
}

int signer_sign(struct signer *signer, const void *module, size_t size,
		struct strbuf *out)
{
	unsigned char hash[MBEDTLS_MD_MAX_SIZE], signature[MBEDTLS_PK_SIGNATURE_MAX_SIZE];
	size_t n;
	int result =
		mbedtls_md(mbedtls_md_info_from_type(signer->hash), module, size, hash);

	if (result == 0)
		result = sign_hash(signer, hash, signature, &n);
	if (result != 0) {
		error(STATUS_IO, "%s: cannot sign: mbedTLS reports -0x%04x", signer->path,
		      (unsigned)-result);
		return -1;
	}
	add_message(signer, signature, n, out);
	return 0;
}

/* -- the signer -------------------------------------------------------------- */

static mbedtls_md_type_t md_of(enum signature_hash hash)
{
	return hash == HASH_SHA512 ? MBEDTLS_MD_SHA512 :
	       hash == HASH_SHA384 ? MBEDTLS_MD_SHA384 :
				     MBEDTLS_MD_SHA256;
}

/*
 * Write a time of a certificate as YYYYMMDDhhmmss: UTCTime has the year's last two
 * digits, of 1950 to 2049 (RFC 5280). Returns false if it is none.
 */
static bool read_time(const struct der *der, char text[15])
{
	const char *digits = (const char *)der->p + 2;
	size_t n = der_size(der) - 2;
	bool utc = der->p[0] == MBEDTLS_ASN1_UTC_TIME;

	if (n < (utc ? 12 : 14) || n > 127)
		return false;
	if (utc)
		snprintf(text, 15, "%s%.12s", digits[0] < '5' ? "20" : "19", digits);
	else
		snprintf(text, 15, "%.14s", digits);
	return strspn(text, "0123456789") == 14;
}

static void check_validity(const struct certificate *cert, const char *path)
{
	char present[15] = "", from[15], to[15];
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(present, sizeof(present), "%Y%m%d%H%M%S", &tm);
	if (read_time(&cert->to, to) && strcmp(to, present) < 0)
		warning("%s: the certificate expired on %.4s-%.2s-%.2s; the kernel does not look",
			path, to, to + 4, to + 6);
	else if (read_time(&cert->from, from) && strcmp(from, present) > 0)
		warning("%s: the certificate is valid from %.4s-%.2s-%.2s on; the kernel does not look",
			path, from, from + 4, from + 6);
}

/* Returns 0, or -1, reported. */
static int fill(struct signer *signer, const char *key, const char *cert,
		const char *passphrase)
{
	if (signkey_read(&signer->key, key, passphrase) < 0 ||
	    signkey_read_cert(&signer->cert, &signer->der, &signer->arena, cert) < 0)
		return -1;
	if (!signkey_fits(&signer->key, &signer->cert)) {
		error(STATUS_USAGE, "%s: not the key of the certificate in %s", key,
		      cert);
		return -1;
	}
	check_validity(&signer->cert, cert);
	return 0;
}

struct signer *signer_open(const char *key, const char *cert, const char *passphrase,
			   enum signature_hash hash)
{
	struct signer *signer;

	if (!signer_is_supported()) {
		error(STATUS_USAGE,
		      "%s: this program is built without FEATURE_SIGN, and cannot sign",
		      key);
		return NULL;
	}
	signer = xcalloc(1, sizeof(*signer));
	signer->hash = md_of(hash);
	signer->path = arena_strdup(&signer->arena, key);
	signer->lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	mbedtls_pk_init(&signer->key);
	if (fill(signer, key, cert, passphrase) == 0)
		return signer;
	signer_close(signer);
	return NULL;
}

void signer_close(struct signer *signer)
{
	if (!signer)
		return;
	mbedtls_pk_free(&signer->key);
	certificate_free(&signer->cert);
	arena_free(&signer->arena);
	free(signer);
}

const struct signature_cert *signer_cert(const struct signer *signer)
{
	return &signer->der;
}
