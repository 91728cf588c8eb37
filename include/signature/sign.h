/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SIGN_H
#define MODBOX_SIGN_H

#include "base/strbuf.h"
#include "signature/signature.h"

/*
 * Signing modules, as the kernel's sign-file does: with a key of RSA (2048, 3072 or 4096
 * bits) or ECDSA (P-256, P-384, P-521), which is read once and kept in memory only.
 */
struct signer;

/* Whether this program can sign: it has FEATURE_SIGN, and mbedTLS. */
bool signer_is_supported(void);

/*
 * Read a key (PEM or DER; PKCS#8, PKCS#1 or SEC1) and its certificate (PEM or DER; of
 * several, the first). Both may be one PEM file. The paths are the user's own: they are
 * opened as they are, and need not be regular files. passphrase is for a key that is
 * encrypted, in PEM, else ignored; NULL if there is none. It is not kept: the caller
 * wipes it. hash is that of the signatures, not HASH_NONE.
 *
 * A certificate that has expired, or is not valid yet, is only warned of: the kernel does
 * not look.
 *
 * Returns NULL after one line of error(): status 4 for a file that cannot be read, or is
 * not what it should be; status 2 for a passphrase that is wrong or missing, for a key
 * that is not the certificate's, and for one that the kernel cannot use.
 */
struct signer *signer_open(const char *key, const char *cert, const char *passphrase,
			   enum signature_hash hash);

/* Wipe the key, and free the signer; NULL is ignored. */
void signer_close(struct signer *signer);

/*
 * Append to out what follows the module's bytes in a signed module: message, trailer and
 * marker. module may be out's own contents. A signature that the module has already is
 * signed with the rest.
 *
 * May be called from any thread: modules are hashed at the same time, and signed one
 * after the other. Returns 0, or -1, reported (status 4): there are no random numbers.
 */
int signer_sign(struct signer *signer, const void *module, size_t size,
		struct strbuf *out);

/* The certificate, for signature_verifier_new(). Lives as long as the signer. */
const struct signature_cert *signer_cert(const struct signer *signer);

#endif
