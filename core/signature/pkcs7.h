/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_PKCS7_H
#define MODBOX_PKCS7_H

#include <mbedtls/md.h>

#include "der.h"
#include "mbedtls2.h"

/* One signer: pkcs7.c. */
struct pkcs7_signer {
	bool by_skid;
	struct der issuer, serial; /* issuer with its tag, or */
	struct der skid;
	struct der common_name; /* of the issuer */
	mbedtls_md_type_t hash;
	mbedtls_pk_type_t key;
	bool attributes; /* it has signed attributes */
	struct der signature;
};

enum { PKCS7_SIGNERS = 4 };
struct pkcs7 {
	struct der certs; /* one behind the other */
	struct pkcs7_signer signers[PKCS7_SIGNERS];
	size_t n_signers;
};

/*
 * Read a PKCS#7 message. Everything that is returned lies within it.
 * Returns SIGNATURE_GOOD, with one signer at least; else what is wrong.
 */
enum signature_state pkcs7_read(struct pkcs7 *pkcs7, unsigned char *data, size_t size);

#endif
