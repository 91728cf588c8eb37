// SPDX-License-Identifier: GPL-2.0-or-later
/* Compiled in the place of this room's other files where there is no mbedTLS. */
#include "base/message.h"
#include "signature/sign.h"
#include "signature/signature.h"

bool signature_is_supported(void)
{
	return false;
}

struct signature_verifier *signature_verifier_new(const struct signature_cert *certs,
						  size_t n)
{
	(void)certs, (void)n;
	return NULL;
}

void signature_verifier_free(struct signature_verifier *verifier)
{
	(void)verifier;
}

void signature_read(const void *file, size_t size, struct arena *arena,
		    struct signature *signature)
{
	(void)file, (void)size, (void)arena;
	*signature = (struct signature){ 0 };
}

void signature_verify(struct signature_verifier *verifier, struct signature *signature)
{
	(void)verifier, (void)signature;
}

int signature_read_certs(const void *data, size_t size, struct arena *arena,
			 struct signature_cert **certs, size_t *n, const char **err)
{
	(void)data, (void)size, (void)arena, (void)certs, (void)n;
	*err = "this program is built without mbedTLS, and reads no certificates";
	return -1;
}

const char *signature_cert_name(const struct signature_cert *cert, struct arena *arena)
{
	(void)cert, (void)arena;
	return NULL;
}

bool signer_is_supported(void)
{
	return false;
}

struct signer *signer_open(const char *key, const char *cert, const char *passphrase,
			   enum signature_hash hash)
{
	(void)cert, (void)passphrase, (void)hash;
	error(STATUS_USAGE, "%s: this program is built without mbedTLS, and cannot sign",
	      key);
	return NULL;
}

void signer_close(struct signer *signer)
{
	(void)signer;
}

int signer_sign(struct signer *signer, const void *module, size_t size,
		struct strbuf *out)
{
	(void)signer, (void)module, (void)size, (void)out;
	return -1;
}

const struct signature_cert *signer_cert(const struct signer *signer)
{
	(void)signer;
	return NULL;
}
