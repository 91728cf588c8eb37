// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * X.509 certificates: of a kernel's image (DER), and of files (DER, or PEM).
 *
 * The kernel reads a certificate for its key and its names. It does not ask for what a
 * key may be used, nor whether the certificate has expired.
 */
#include <mbedtls/error.h>
#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <string.h>

#include "certificate.h"

enum { CERTS_MAX = 256 }; /* in one file */

/* An extension that mbedTLS does not know, even a critical one, is no obstacle. */
static int any_extension(void *context, const mbedtls_x509_crt *cert,
			 const mbedtls_x509_buf *oid, int critical,
			 const unsigned char *begin, const unsigned char *end)
{
	(void)context, (void)cert, (void)oid, (void)critical, (void)begin, (void)end;
	return 0;
}

int certificate_read(mbedtls_x509_crt *cert, const unsigned char *data, size_t size)
{
	mbedtls_x509_crt_init(cert);
	return mbedtls_x509_crt_parse_der_with_ext_cb(cert, data, size, 1, any_extension,
						      NULL);
}

/* mbedTLS adds an error of the module below in the lowest bits. */
static const char *refusal(int result)
{
	switch (-(-result & 0x7f80)) {
	case MBEDTLS_ERR_PK_UNKNOWN_PK_ALG:
	case MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE:
	case MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG:
		return "its key or signature is of a kind that is not known";
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
	mbedtls_x509_crt cert;
	int result = certificate_read(&cert, data, size);

	if (result == 0) {
		unsigned char *copy = arena_alloc(list->arena, cert.raw.len);

		memcpy(copy, cert.raw.p, cert.raw.len);
		list->items[list->n++] = (struct signature_cert){ copy, cert.raw.len };
	}
	mbedtls_x509_crt_free(&cert);
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
	const mbedtls_x509_name *part, *best = NULL;
	const char *name = NULL;
	mbedtls_x509_crt parsed;

	if (certificate_read(&parsed, cert->data, cert->size) == 0) {
		for (part = &parsed.subject; part; part = part->next)
			if (!best || MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &part->oid) == 0)
				best = part;
		name = arena_strndup(arena, (const char *)best->val.p, best->val.len);
	}
	mbedtls_x509_crt_free(&parsed);
	return name;
}
