// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The PKCS#7 message that signs a module, as the kernel reads it
 * (crypto/asymmetric_keys/pkcs7.asn1, pkcs7_parser.c):
 *
 *	SEQUENCE { OID signedData, [0] {
 *	  SEQUENCE {
 *	    INTEGER version (1, or 3 with key identifiers)
 *	    SET { SEQUENCE { OID digest, parameters }, ... }
 *	    SEQUENCE { OID data }			the module is not in it
 *	    [0] { certificates }			optional
 *	    [1] { revocation lists }			optional
 *	    SET { signers: SEQUENCE {
 *	      INTEGER version (1, or 3)
 *	      SEQUENCE { issuer, INTEGER serial }	or [0] key identifier
 *	      SEQUENCE { OID digest, parameters }
 *	      [0] { signed attributes }			optional; refused
 *	      SEQUENCE { OID algorithm, parameters }
 *	      OCTET STRING signature
 *	      [1] { other attributes }			optional
 *	    }, ... }
 *	  }
 *	} }
 *
 * What lies behind the outer SEQUENCE does not count.
 */
#include <mbedtls/oid.h>
#include <string.h>

#include "pkcs7.h"

enum {
	SEQUENCE = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE,
	SET = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SET,
	CONTEXT = MBEDTLS_ASN1_CONTEXT_SPECIFIC,
	CONSTRUCTED = CONTEXT | MBEDTLS_ASN1_CONSTRUCTED,
};

#define OID_INDIRECT_DATA "\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x04"

/* A message that is being read. */
struct reading {
	struct der_reader der;
	struct pkcs7 *pkcs7;
	int version;
	bool attached, indirect;
};

static mbedtls_asn1_buf buffer(const struct der *der)
{
	return (mbedtls_asn1_buf){ .len = (size_t)(der->end - der->p), .p = der->p };
}

/* A version is one byte. */
static bool take_version(struct reading *r, struct der *from, int *version)
{
	struct der number;

	if (!der_take(&r->der, from, MBEDTLS_ASN1_INTEGER, &number))
		return false;
	*version = number.end - number.p == 1 ? *number.p : 0;
	return *version == 1 || *version == 3 || der_wrong(&r->der, SIGNATURE_INVALID);
}

/* Take a SEQUENCE { OID, anything }, whose second part is optional. */
static bool take_algorithm(struct reading *r, struct der *from, struct der *oid)
{
	struct der inner, ignored;

	return der_take(&r->der, from, SEQUENCE, &inner) &&
	       der_take(&r->der, &inner, MBEDTLS_ASN1_OID, oid) &&
	       (inner.p == inner.end || der_take_any(&r->der, &inner, &ignored)) &&
	       der_take_end(&r->der, &inner);
}

static bool take_signer_id(struct reading *r, struct der *from,
			   struct pkcs7_signer *signer)
{
	struct der inner;

	signer->by_skid = der_next_is(from, CONTEXT);
	if (signer->by_skid)
		return der_take(&r->der, from, CONTEXT, &signer->skid);
	if (!der_take(&r->der, from, SEQUENCE, &inner))
		return false;
	signer->issuer.p = inner.p;
	if (!der_take_name(&r->der, &inner, &signer->common_name))
		return false;
	signer->issuer.end = inner.p;
	return der_take(&r->der, &inner, MBEDTLS_ASN1_INTEGER, &signer->serial) &&
	       der_take_end(&r->der, &inner);
}

static bool take_hash(struct reading *r, struct der *from, struct pkcs7_signer *signer)
{
	struct der oid;
	mbedtls_asn1_buf text;

	if (!take_algorithm(r, from, &oid))
		return false;
	text = buffer(&oid);
	return mbedtls_oid_get_md_alg(&text, &signer->hash) == 0 ||
	       der_wrong(&r->der, SIGNATURE_UNSUPPORTED);
}

/* The kernel takes rsaEncryption, and ECDSA with whatever hash. */
static bool take_key(struct reading *r, struct der *from, struct pkcs7_signer *signer)
{
	mbedtls_md_type_t ignored;
	mbedtls_asn1_buf text;
	struct der oid;

	if (!take_algorithm(r, from, &oid))
		return false;
	text = buffer(&oid);
	if (IS_OID(&oid, MBEDTLS_OID_PKCS1_RSA))
		signer->key = MBEDTLS_PK_RSA;
	else if (mbedtls_oid_get_sig_alg(&text, &ignored, &signer->key) != 0)
		return der_wrong(&r->der, SIGNATURE_UNSUPPORTED);
	else if (signer->key != MBEDTLS_PK_ECDSA)
		return der_wrong(&r->der, SIGNATURE_FOREIGN);
	return true;
}

static bool take_signer(struct reading *r, struct der *from)
{
	struct pkcs7_signer *signer = &r->pkcs7->signers[r->pkcs7->n_signers];
	struct der inner, ignored;
	int version;

	if (!der_take(&r->der, from, SEQUENCE, &inner) ||
	    !take_version(r, &inner, &version))
		return false;
	if (version != r->version)
		return der_wrong(&r->der, SIGNATURE_MALFORMED);
	if (r->pkcs7->n_signers == PKCS7_SIGNERS)
		return der_wrong(&r->der, SIGNATURE_UNSUPPORTED);
	if (!take_signer_id(r, &inner, signer) || !take_hash(r, &inner, signer))
		return false;
	if (signer->by_skid != (version == 3))
		return der_wrong(&r->der, SIGNATURE_UNSUPPORTED);
	if (der_next_is(&inner, CONSTRUCTED) || der_next_is(&inner, CONSTRUCTED | 2)) {
		signer->attributes = true;
		if (!der_take_any(&r->der, &inner, &ignored))
			return false;
	}
	if (!take_key(r, &inner, signer) ||
	    !der_take(&r->der, &inner, MBEDTLS_ASN1_OCTET_STRING, &signer->signature))
		return false;
	if (der_next_is(&inner, CONSTRUCTED | 1) || der_next_is(&inner, CONSTRUCTED | 3))
		return der_wrong(&r->der, SIGNATURE_UNSUPPORTED);
	r->pkcs7->n_signers++;
	return der_take_end(&r->der, &inner);
}

static bool take_hashes(struct reading *r, struct der *from)
{
	struct der list, oid;

	if (!der_take_either(&r->der, from, SET, SEQUENCE, &list))
		return false;
	while (list.p < list.end)
		if (!take_algorithm(r, &list, &oid))
			return false;
	return true;
}

/* What is signed: data, which is elsewhere. */
static bool take_content(struct reading *r, struct der *from)
{
	struct der inner, oid, content, ignored;

	if (!der_take(&r->der, from, SEQUENCE, &inner) ||
	    !der_take(&r->der, &inner, MBEDTLS_ASN1_OID, &oid))
		return false;
	r->indirect = IS_OID(&oid, OID_INDIRECT_DATA);
	if (!r->indirect && !IS_OID(&oid, MBEDTLS_OID_PKCS7_DATA))
		return der_wrong(&r->der, SIGNATURE_INVALID);
	r->attached = inner.p < inner.end;
	return (!r->attached || (der_take(&r->der, &inner, CONSTRUCTED, &content) &&
				 der_take_any(&r->der, &content, &ignored) &&
				 der_take_end(&r->der, &content))) &&
	       der_take_end(&r->der, &inner);
}

static bool take_certs(struct reading *r, struct der *from)
{
	struct der list, ignored;

	if (der_next_is(from, CONSTRUCTED) || der_next_is(from, CONSTRUCTED | 2)) {
		if (!der_take_any(&r->der, from, &list))
			return false;
		r->pkcs7->certs = list;
		while (list.p < list.end)
			if (!der_take(&r->der, &list, SEQUENCE, &ignored))
				return false;
	}
	if (der_next_is(from, CONSTRUCTED | 1) || der_next_is(from, CONSTRUCTED | 3))
		return der_wrong(&r->der, SIGNATURE_UNSUPPORTED); /* revocation lists */
	return true;
}

static bool take_signed_data(struct reading *r, struct der *from)
{
	struct der data, signers;

	if (!der_take(&r->der, from, SEQUENCE, &data) ||
	    !take_version(r, &data, &r->version) || !take_hashes(r, &data) ||
	    !take_content(r, &data) || !take_certs(r, &data) ||
	    !der_take_either(&r->der, &data, SET, SEQUENCE, &signers))
		return false;
	while (signers.p < signers.end)
		if (!take_signer(r, &signers))
			return false;
	return der_take_end(&r->der, &data);
}

static bool read_message(struct reading *r, struct der message)
{
	struct der outer, oid, content;

	if (!der_take(&r->der, &message, SEQUENCE, &outer) ||
	    !der_take(&r->der, &outer, MBEDTLS_ASN1_OID, &oid))
		return false;
	if (!IS_OID(&oid, MBEDTLS_OID_PKCS7_SIGNED_DATA))
		return der_wrong(&r->der, SIGNATURE_INVALID);
	if (outer.p == outer.end)
		return der_wrong(&r->der, SIGNATURE_INVALID);
	return der_take(&r->der, &outer, CONSTRUCTED, &content) &&
	       take_signed_data(r, &content) && der_take_end(&r->der, &content) &&
	       der_take_end(&r->der, &outer);
}

/* What the kernel says to a message that it could read, in its order. */
static enum signature_state judge(const struct reading *r)
{
	const struct pkcs7 *pkcs7 = r->pkcs7;

	if (pkcs7->n_signers == 0)
		return SIGNATURE_INVALID;
	for (size_t i = 1; i < pkcs7->n_signers; i++)
		if (pkcs7->signers[i].attributes != pkcs7->signers[0].attributes)
			return SIGNATURE_INVALID;
	if (r->attached)
		return SIGNATURE_MALFORMED;
	if (r->indirect)
		return SIGNATURE_BAD;
	return pkcs7->signers[0].attributes ? SIGNATURE_ATTRIBUTES : SIGNATURE_GOOD;
}

enum signature_state pkcs7_read(struct pkcs7 *pkcs7, unsigned char *data, size_t size)
{
	struct reading r = { .der = { SIGNATURE_GOOD }, .pkcs7 = pkcs7 };

	*pkcs7 = (struct pkcs7){ 0 };
	return read_message(&r, (struct der){ data, data + size }) ? judge(&r) :
								     r.der.state;
}
