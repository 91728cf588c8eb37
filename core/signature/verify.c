// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The signature of a module (kernel/module/signing.c). The kernel looks for it at the end
 * of the file:
 *
 *	what is signed
 *	PKCS#7 message
 *	struct module_signature, 12 bytes:
 *	  u8 algo, hash			0
 *	  u8 id_type			2: PKCS#7
 *	  u8 signer_len, key_id_len	0
 *	  u8 __pad[3]			0
 *	  __be32 sig_len		bytes of the message
 *	"~Module signature appended~\n"
 *
 * A signer is looked for among the certificates by issuer and serial number, or by the
 * identifier of the key. If the message brings the signer's own certificate, the
 * signature must fit that one too; such a certificate is trusted only if it is one of
 * those that are given.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "certificate.h"
#include "pkcs7.h"
#include "trailer.h"

struct key {
	struct certificate cert;
	bool readable;
};

struct signature_verifier {
	struct key *keys; /* as the certificates are given */
	size_t n;
};

/* A signature that can be verified. */
struct signature_message {
	struct pkcs7 pkcs7;
	unsigned char hashes[PKCS7_SIGNERS][MBEDTLS_MD_MAX_SIZE];
};

bool signature_is_supported(void)
{
	return true;
}

struct signature_verifier *signature_verifier_new(const struct signature_cert *certs,
						  size_t n)
{
	struct signature_verifier *verifier = xcalloc(1, sizeof(*verifier));

	verifier->keys = xcalloc(n + 1, sizeof(*verifier->keys));
	verifier->n = n;
	for (size_t i = 0; i < n; i++)
		verifier->keys[i].readable = certificate_read(&verifier->keys[i].cert,
							      certs[i].data,
							      certs[i].size) == 0;
	return verifier;
}

void signature_verifier_free(struct signature_verifier *verifier)
{
	if (!verifier)
		return;
	for (size_t i = 0; i < verifier->n; i++)
		certificate_free(&verifier->keys[i].cert);
	free(verifier->keys);
	free(verifier);
}

static bool same(const struct der *a, const struct der *b)
{
	size_t n = der_size(a);

	return n && n == der_size(b) && memcmp(a->p, b->p, n) == 0;
}

/* Whether a certificate is that of a signer. */
static bool is_signers(const struct pkcs7_signer *signer, const struct certificate *cert)
{
	if (signer->by_skid)
		return same(&signer->skid, &cert->key_id);
	return same(&signer->serial, &cert->serial) &&
	       same(&signer->issuer, &cert->issuer);
}

static bool fits(const struct pkcs7_signer *signer, struct certificate *cert,
		 const unsigned char *hash)
{
	const mbedtls_md_info_t *info = mbedtls_md_info_from_type(signer->hash);

	return mbedtls_pk_can_do(&cert->key, signer->key) &&
	       mbedtls_pk_verify(&cert->key, signer->hash, hash,
				 mbedtls_md_get_size(info), signer->signature.p,
				 (size_t)(signer->signature.end - signer->signature.p)) ==
		       0;
}

/*
 * Compare a signer with its certificate in the message.  Returns SIGNATURE_GOOD if there
 * is none, or the signature fits; self_signed then tells that no other one leads to it.
 */
static enum signature_state check_own(struct der certs, const struct pkcs7_signer *signer,
				      const unsigned char *hash, bool *self_signed)
{
	enum signature_state state = SIGNATURE_GOOD;

	*self_signed = true;
	while (certs.p < certs.end && state == SIGNATURE_GOOD) {
		unsigned char *next = certs.p + 1;
		struct certificate cert;
		size_t size;

		if (mbedtls_asn1_get_len(&next, certs.end, &size) != 0)
			return SIGNATURE_UNSUPPORTED; /* pkcs7.c has checked it */
		next += size;
		if (certificate_read(&cert, certs.p, (size_t)(next - certs.p)) != 0)
			state = SIGNATURE_UNSUPPORTED;
		else if (!signer->by_skid && is_signers(signer, &cert) &&
			 mbedtls_pk_can_do(&cert.key, signer->key)) {
			*self_signed = same(&cert.issuer, &cert.subject);
			if (!fits(signer, &cert, hash))
				state = SIGNATURE_BAD;
		}
		certificate_free(&cert);
		certs.p = next;
	}
	return state;
}

/* Sets *cert to the certificate that was compared, if there is one. */
static enum signature_state check_signer(const struct signature_verifier *verifier,
					 const struct signature_message *message,
					 size_t number, size_t *cert)
{
	const struct pkcs7_signer *signer = &message->pkcs7.signers[number];
	const unsigned char *hash = message->hashes[number];
	bool self_signed, found = false;
	enum signature_state own =
		check_own(message->pkcs7.certs, signer, hash, &self_signed);

	if (own != SIGNATURE_GOOD)
		return own;
	for (size_t i = 0; i < verifier->n; i++) {
		struct key *key = &verifier->keys[i];

		if (!key->readable || !is_signers(signer, &key->cert))
			continue;
		*cert = i;
		found = true;
		if (fits(signer, &key->cert, hash))
			return SIGNATURE_GOOD;
	}
	return found	   ? SIGNATURE_BAD :
	       self_signed ? SIGNATURE_UNKNOWN_KEY :
			     SIGNATURE_UNSUPPORTED; /* a chain of certificates */
}

/* What the signature says of a signer whose certificate is not known. */
static const char *describe(const struct pkcs7_signer *signer, struct arena *arena)
{
	const struct der *name = &signer->common_name;
	char text[2 * 32 + 1] = "";
	size_t n = 0;

	if (!signer->by_skid && name->p < name->end) {
		CLEANUP_FREE char *copy = xcalloc(1, (size_t)(name->end - name->p) + 1);

		memcpy(copy, name->p, (size_t)(name->end - name->p));
		return arena_printf(arena, "'%s'", copy);
	}
	for (const unsigned char *p = signer->by_skid ? signer->skid.p : signer->serial.p,
				 *end = signer->by_skid ? signer->skid.end :
							  signer->serial.end;
	     p < end && n + 2 < sizeof(text); p++, n += 2) {
		text[n] = "0123456789abcdef"[*p >> 4];
		text[n + 1] = "0123456789abcdef"[*p & 15];
	}
	text[n] = '\0';
	return arena_printf(arena, "%s %s", signer->by_skid ? "the key" : "serial number",
			    text);
}

static enum signature_hash hash_of(mbedtls_md_type_t type)
{
	return type == MBEDTLS_MD_SHA256 ? HASH_SHA256 :
	       type == MBEDTLS_MD_SHA384 ? HASH_SHA384 :
	       type == MBEDTLS_MD_SHA512 ? HASH_SHA512 :
					   HASH_NONE;
}

/* Of several signers one that does not fit is enough to refuse, one that does to load. */
void signature_verify(struct signature_verifier *verifier, struct signature *signature)
{
	static const enum signature_state rank[] = {
		SIGNATURE_BAD,
		SIGNATURE_UNSUPPORTED,
		SIGNATURE_GOOD,
		SIGNATURE_UNKNOWN_KEY,
	};
	bool seen[SIGNATURE_INVALID + 1] = { 0 };

	if (!signature->message)
		return;
	for (size_t i = 0; i < signature->message->pkcs7.n_signers; i++)
		seen[check_signer(verifier, signature->message, i, &signature->cert)] =
			true;
	for (size_t i = 0; i < sizeof(rank) / sizeof(*rank); i++)
		if (seen[rank[i]]) {
			signature->state = rank[i];
			break;
		}
}

/* Make what verifying needs of each signer. */
static enum signature_state hash_content(struct signature *signature, const void *content,
					 size_t size, struct arena *arena)
{
	struct signature_message *message = signature->message;

	for (size_t i = 0; i < message->pkcs7.n_signers; i++) {
		const struct pkcs7_signer *signer = &message->pkcs7.signers[i];

		signature->hash = hash_of(signer->hash);
		signature->key = signer->key == MBEDTLS_PK_RSA ? KEY_RSA : KEY_ECDSA;
		signature->signer = describe(signer, arena);
		if (signature->hash == HASH_NONE ||
		    mbedtls_md(mbedtls_md_info_from_type(signer->hash), content, size,
			       message->hashes[i]) != 0)
			return SIGNATURE_UNSUPPORTED;
	}
	return SIGNATURE_GOOD;
}

void signature_read(const void *file, size_t size, struct arena *arena,
		    struct signature *signature)
{
	struct signature_message *message;
	unsigned char *copy;
	size_t before, length;

	*signature = (struct signature){ .cert = SIZE_MAX };
	signature->state = trailer_read(file, size, &before, &length);
	if (signature->state != SIGNATURE_GOOD)
		return;
	/* The module is freed before its signature is verified. */
	copy = arena_alloc(arena, length + 1);
	memcpy(copy, (const unsigned char *)file + before, length);
	message = arena_alloc(arena, sizeof(*message));
	signature->state = pkcs7_read(&message->pkcs7, copy, length);
	if (signature->state != SIGNATURE_GOOD)
		return;
	signature->message = message;
	signature->state = hash_content(signature, file, before, arena);
	if (signature->state != SIGNATURE_GOOD)
		signature->message = NULL;
}
