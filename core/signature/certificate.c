// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * X.509 certificates: of a kernel's image (DER), and of files (DER, or PEM).
 *
 *	SEQUENCE {
 *	  SEQUENCE {
 *	    [0] { INTEGER version }			optional
 *	    INTEGER serial
 *	    SEQUENCE { OID algorithm, parameters }
 *	    SEQUENCE issuer
 *	    SEQUENCE { from, to }
 *	    SEQUENCE subject
 *	    SEQUENCE key
 *	    [1], [2] identifiers			optional
 *	    [3] { SEQUENCE { extensions } }		optional
 *	  }
 *	  SEQUENCE { OID algorithm, parameters }
 *	  BIT STRING signature
 *	}
 *
 * The kernel reads a certificate for its key and its names
 * (crypto/asymmetric_keys/x509.asn1). It does not ask for what a key may be used, nor
 * whether the certificate has expired.
 */
#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <stdint.h>
#include <string.h>

#include "certificate.h"

enum {
	SEQUENCE = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE,
	CONSTRUCTED = MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_ASN1_CONSTRUCTED,
	CERTS_MAX = 256, /* in one file */
};

/* Take an element, with its tag. */
static bool take_whole(struct der_reader *r, struct der *from, struct der *whole)
{
	struct der inner;

	whole->p = from->p;
	if (!der_take_any(r, from, &inner))
		return false;
	whole->end = from->p;
	return true;
}

static bool take_name(struct der_reader *r, struct der *from, struct der *whole,
		      struct der *name)
{
	whole->p = from->p;
	if (!der_take_name(r, from, name))
		return false;
	whole->end = from->p;
	return true;
}

/* Each: SEQUENCE { OID, BOOLEAN critical (optional), OCTET STRING { value } } */
static bool take_extensions(struct der_reader *r, struct der *from,
			    struct certificate *cert)
{
	struct der wrapped, list, one, oid, value, ignored;

	if (!der_take(r, from, CONSTRUCTED | 3, &wrapped) ||
	    !der_take(r, &wrapped, SEQUENCE, &list))
		return false;
	while (list.p < list.end) {
		if (!der_take(r, &list, SEQUENCE, &one) ||
		    !der_take(r, &one, MBEDTLS_ASN1_OID, &oid) ||
		    (der_next_is(&one, MBEDTLS_ASN1_BOOLEAN) &&
		     !der_take_any(r, &one, &ignored)) ||
		    !der_take(r, &one, MBEDTLS_ASN1_OCTET_STRING, &value))
			return false;
		if (IS_OID(&oid, MBEDTLS_OID_SUBJECT_KEY_IDENTIFIER) &&
		    !der_take(r, &value, MBEDTLS_ASN1_OCTET_STRING, &cert->key_id))
			return false;
	}
	return true;
}

/* The parts before the key. */
static bool take_head(struct der_reader *r, struct der *from, struct certificate *cert)
{
	struct der ignored, validity;

	if (der_next_is(from, CONSTRUCTED) && !der_take_any(r, from, &ignored))
		return false; /* version */
	return der_take(r, from, MBEDTLS_ASN1_INTEGER, &cert->serial) &&
	       der_take(r, from, SEQUENCE, &ignored) && /* algorithm */
	       take_name(r, from, &cert->issuer, &ignored) &&
	       der_take(r, from, SEQUENCE, &validity) &&
	       take_whole(r, &validity, &cert->from) &&
	       take_whole(r, &validity, &cert->to) &&
	       take_name(r, from, &cert->subject, &cert->name);
}

/* The parts behind the key: unique identifiers, and extensions. */
static bool take_tail(struct der_reader *r, struct der *from, struct certificate *cert)
{
	struct der ignored;

	while (from->p < from->end && !der_next_is(from, CONSTRUCTED | 3))
		if (!der_take_any(r, from, &ignored))
			return false;
	return from->p == from->end || take_extensions(r, from, cert);
}

int certificate_read(struct certificate *cert, const unsigned char *data, size_t size)
{
	/* mbedTLS takes what it only reads without const. */
	unsigned char *start = (unsigned char *)(uintptr_t)data;
	struct der_reader r = { SIGNATURE_GOOD };
	struct der file = { start, start + size }, outer, body, ignored;
	int result;

	*cert = (struct certificate){ 0 };
	mbedtls_pk_init(&cert->key);
	cert->all.p = start;
	if (!der_take(&r, &file, SEQUENCE, &outer) ||
	    !der_take(&r, &outer, SEQUENCE, &body) || !take_head(&r, &body, cert))
		return MBEDTLS_ERR_ASN1_INVALID_DATA;
	cert->all.end = file.p;
	result = mbedtls_pk_parse_subpubkey(&body.p, body.end, &cert->key);
	if (result == 0 && is_other_curve(&cert->key))
		result = MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE;
	if (result != 0)
		return result;
	return take_tail(&r, &body, cert) &&
			       der_take(&r, &outer, SEQUENCE, &ignored) && /* algorithm */
			       der_take(&r, &outer, MBEDTLS_ASN1_BIT_STRING, &ignored) &&
			       der_take_end(&r, &outer) ?
		       0 :
		       MBEDTLS_ERR_ASN1_INVALID_DATA;
}

void certificate_free(struct certificate *cert)
{
	mbedtls_pk_free(&cert->key);
}

/* mbedTLS adds an error of the module below in the lowest bits. */
static const char *refusal(int result)
{
	switch (-(-result & 0x7f80)) {
	case MBEDTLS_ERR_PK_UNKNOWN_PK_ALG:
	case MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE:
		return "its key is of a kind that is not known";
	default:
		return "not an X.509 certificate (PEM or DER)";
	}
}

/* A certificate that may grow a list. */
struct list {
	struct arena *arena;
	struct signature_cert *items;
	size_t n;
};

/* Returns NULL, or why it cannot be added. */
static const char *add(struct list *list, const unsigned char *data, size_t size)
{
	struct certificate cert;
	int result = certificate_read(&cert, data, size);

	if (result == 0) {
		size_t n = der_size(&cert.all);
		unsigned char *copy = arena_alloc(list->arena, n);

		memcpy(copy, cert.all.p, n);
		list->items[list->n++] = (struct signature_cert){ copy, n };
	}
	certificate_free(&cert);
	return result == 0 ? NULL : refusal(result);
}

static const char too_many[] = "more than 256 certificates";

static const char *add_pem(struct list *list, const char *text)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----",
			  end[] = "-----END CERTIFICATE-----";
	const char *err = NULL;

	while (!err && (text = strstr(text, begin)) && list->n < CERTS_MAX) {
		mbedtls_pem_context pem;
		size_t used = 0, size;
		const unsigned char *data;

		mbedtls_pem_init(&pem);
		if (mbedtls_pem_read_buffer(&pem, begin, end, (const unsigned char *)text,
					    NULL, 0, &used) != 0) {
			err = "damaged PEM";
		} else {
			data = mbedtls_pem_get_buffer(&pem, &size);
			err = add(list, data, size);
		}
		text += used;
		mbedtls_pem_free(&pem);
	}
	if (!err && text && strstr(text, begin))
		err = too_many;
	return err ? err : list->n ? NULL : refusal(0);
}

/* Certificates one behind the other. */
static const char *add_der(struct list *list, const unsigned char *data, size_t size)
{
	while (size && list->n < CERTS_MAX) {
		const char *err = add(list, data, size);
		size_t used;

		if (err)
			return err;
		used = list->items[list->n - 1].size;
		data += used;
		size -= used;
	}
	return size ? too_many : NULL;
}

int signature_read_certs(const void *data, size_t size, struct arena *arena,
			 struct signature_cert **certs, size_t *n, const char **err)
{
	struct list list = { .arena = arena };
	char *text;

	list.items = arena_alloc(arena, CERTS_MAX * sizeof(*list.items));
	if (size && *(const unsigned char *)data == 0x30) {
		*err = add_der(&list, data, size);
	} else {
		text = arena_strndup(arena, data, size);
		*err = add_pem(&list, text);
	}
	*certs = list.items;
	*n = list.n;
	return *err ? -1 : 0;
}

const char *signature_cert_name(const struct signature_cert *cert, struct arena *arena)
{
	const char *name = NULL;
	struct certificate parsed;

	if (certificate_read(&parsed, cert->data, cert->size) == 0)
		name = arena_strndup(arena, (const char *)parsed.name.p,
				     der_size(&parsed.name));
	certificate_free(&parsed);
	return name;
}
