/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_CERTIFICATE_H
#define MODBOX_CERTIFICATE_H

#include "der.h"
#include "mbedtls2.h"

/* An X.509 certificate, taken apart. Everything but the key is borrowed from its bytes. */
struct certificate {
	struct der all; /* without what follows it */
	struct der serial;
	struct der issuer, subject; /* with their tags */
	struct der name;	    /* of the holder, for people; empty: none */
	struct der key_id;	    /* subject key identifier; empty: none */
	struct der from, to;	    /* validity, with their tags */
	mbedtls_pk_context key;
};

/*
 * Take a certificate apart. Returns 0, or mbedTLS's error of its key, or
 * MBEDTLS_ERR_ASN1_INVALID_DATA; certificate_free() is needed in both cases.
 */
int certificate_read(struct certificate *cert, const unsigned char *data, size_t size);
void certificate_free(struct certificate *cert);

#endif
