/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SIGNKEY_H
#define MODBOX_SIGNKEY_H

#include "certificate.h"

/* Random numbers of the kernel, as mbedTLS asks for them: context is not used. */
int signkey_random(void *context, unsigned char *out, size_t n);

/*
 * Read a private key, into key, which is initialised. Returns 0, or -1, reported: see
 * signer_open(). key is to be freed in both cases, which wipes it.
 */
int signkey_read(mbedtls_pk_context *key, const char *path, const char *passphrase);

/*
 * Read the first certificate of a file: its bytes into arena, as der, from which cert
 * borrows. Returns 0, or -1, reported. cert, zeroed before, is to be freed in both cases.
 */
int signkey_read_cert(struct certificate *cert, struct signature_cert *der,
		      struct arena *arena, const char *path);

/* Whether a key is that of a certificate. */
bool signkey_fits(mbedtls_pk_context *key, struct certificate *cert);

#endif
