/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SIGNATURE_H
#define MODBOX_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"

/* An X.509 certificate, DER. */
struct signature_cert {
	const unsigned char *data; /* borrowed */
	size_t size;
};

/* What the kernel's loader finds of a signature (kernel/module/signing.c). */
enum signature_state {
	SIGNATURE_UNREAD, /* nothing was checked */
	SIGNATURE_NONE,
	SIGNATURE_GOOD,	       /* it is of the holder of a certificate */
	SIGNATURE_UNKNOWN_KEY, /* there is no certificate of the signer: ENOKEY */
	/* An algorithm that no kernel reads: ENOPKG. */
	SIGNATURE_FOREIGN,
	/* Something that a kernel may read, and this program does not. */
	SIGNATURE_UNSUPPORTED,
	SIGNATURE_BAD,	      /* it does not fit the module: EKEYREJECTED */
	SIGNATURE_ATTRIBUTES, /* it signs attributes: EKEYREJECTED */
	SIGNATURE_MALFORMED,  /* EBADMSG */
	SIGNATURE_INVALID,    /* well-formed, and not for modules: EINVAL */
};

enum signature_hash { HASH_NONE, HASH_SHA256, HASH_SHA384, HASH_SHA512 };
enum signature_key { KEY_NONE, KEY_RSA, KEY_ECDSA };

/* The signature of a module. Of several signers, these are of the last. */
struct signature {
	enum signature_state state; /* GOOD by signature_read(): it can be verified */
	enum signature_hash hash;
	enum signature_key key;
	size_t cert; /* if it is verified: the certificate's index; else SIZE_MAX */
	const char *signer; /* what the signature says of the signer: "'NAME'" */
	struct signature_message *message; /* NULL unless it can be verified */
};

/*
 * Read the signature at the end of a module in memory, as it is without compression, and
 * make the hash that it signs. All is allocated in arena.
 */
void signature_read(const void *file, size_t size, struct arena *arena,
		    struct signature *signature);

/*
 * Return how many bytes of a module in memory precede its signature: all, if it has none
 * that can be found.
 */
size_t signature_content(const void *file, size_t size);

/*
 * The certificates that signatures are compared with, their keys taken apart. For use by
 * one thread. certs and their data are borrowed as long as it lives. Never returns NULL.
 */
struct signature_verifier;
struct signature_verifier *signature_verifier_new(const struct signature_cert *certs,
						  size_t n);
void signature_verifier_free(struct signature_verifier *verifier);

/* Verify a signature that has been read: sets its state, and cert. */
void signature_verify(struct signature_verifier *verifier, struct signature *signature);

/* Whether this program can verify signatures: it has mbedTLS. */
bool signature_is_supported(void);

/*
 * Read the certificates of a file in memory, DER or PEM, which may hold several. They are
 * allocated in arena. Returns 0, or -1 with *err set to a constant text; not reported.
 */
int signature_read_certs(const void *data, size_t size, struct arena *arena,
			 struct signature_cert **certs, size_t *n, const char **err);

/*
 * Return the name of a certificate's holder, in arena: its common name; or NULL if its
 * key cannot be used.
 */
const char *signature_cert_name(const struct signature_cert *cert, struct arena *arena);

#endif
