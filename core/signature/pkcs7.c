// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The PKCS#7 message that signs a module, as the kernel reads it
 * (crypto/asymmetric_keys/pkcs7.asn1, pkcs7_parser.c), by mbedTLS's ASN.1 functions:
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
 * What lies behind the outer SEQUENCE does not count. The kernel reads lengths of up to
 * two bytes, and indefinite ones, which no known program writes here: with those, it is
 * not known what the kernel finds.
 */
#include <mbedtls/oid.h>
#include <string.h>

#include "pkcs7.h"

enum {
	SEQUENCE = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE,
	SET = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SET,
	CONTEXT = MBEDTLS_ASN1_CONTEXT_SPECIFIC,
	CONSTRUCTED = CONTEXT | MBEDTLS_ASN1_CONSTRUCTED,
	LENGTH_INDEFINITE = 0x80,
	LENGTH_MAX = 0x82, /* two bytes of length follow */
};

#define OID_INDIRECT_DATA "\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x04"

/* The message, and the first thing that is wrong with it. */
struct reading {
	struct pkcs7 *pkcs7;
	enum signature_state state;
	int version;
	bool attached, indirect;
};

static bool wrong(struct reading *r, enum signature_state state)
{
	if (r->state == SIGNATURE_GOOD)
		r->state = state;
	return false;
}

static bool next_is(const struct der *from, int tag)
{
	return from->p < from->end && *from->p == tag;
}

/* Take the next element, which has a tag; inner is what it holds. */
static bool take(struct reading *r, struct der *from, int tag, struct der *inner)
{
	const unsigned char *start = from->p;
	size_t size;

	*inner = (struct der){ from->end, from->end };
	if (mbedtls_asn1_get_tag(&from->p, from->end, &size, tag) == 0 &&
	    start[1] <= LENGTH_MAX) {
		*inner = (struct der){ from->p, from->p + size };
		from->p += size;
		return true;
	}
	if ((tag & MBEDTLS_ASN1_CONSTRUCTED) && from->end - start >= 2 &&
	    start[0] == tag && start[1] == LENGTH_INDEFINITE)
		return wrong(r, SIGNATURE_UNSUPPORTED);
	return wrong(r, SIGNATURE_MALFORMED);
}

static bool take_any(struct reading *r, struct der *from, struct der *inner)
{
	if (from->p == from->end)
		return wrong(r, SIGNATURE_MALFORMED);
	return take(r, from, *from->p, inner);
}

static bool take_end(struct reading *r, const struct der *from)
{
	return from->p == from->end || wrong(r, SIGNATURE_MALFORMED);
}

/* Take one of two elements: a set or a sequence. */
static bool take_either(struct reading *r, struct der *from, int one, int other,
			struct der *inner)
{
	return take(r, from, next_is(from, other) ? other : one, inner);
}

static bool is_oid(const struct der *der, const char *oid, size_t n)
{
	return (size_t)(der->end - der->p) == n && memcmp(der->p, oid, n) == 0;
}
#define IS_OID(der, oid) is_oid(der, oid, sizeof(oid) - 1)

static mbedtls_asn1_buf buffer(const struct der *der)
{
	return (mbedtls_asn1_buf){ .len = (size_t)(der->end - der->p), .p = der->p };
}

/* A version is one byte. */
static bool take_version(struct reading *r, struct der *from, int *version)
{
	struct der number;

	if (!take(r, from, MBEDTLS_ASN1_INTEGER, &number))
		return false;
	*version = number.end - number.p == 1 ? *number.p : 0;
	return *version == 1 || *version == 3 || wrong(r, SIGNATURE_INVALID);
}

/* Take a SEQUENCE { OID, anything }, whose second part is optional. */
static bool take_algorithm(struct reading *r, struct der *from, struct der *oid)
{
	struct der inner, ignored;

	return take(r, from, SEQUENCE, &inner) &&
	       take(r, &inner, MBEDTLS_ASN1_OID, oid) &&
	       (inner.p == inner.end || take_any(r, &inner, &ignored)) &&
	       take_end(r, &inner);
}

/* Take a name: SEQUENCE { SET { SEQUENCE { OID, value }, ... }, ... } */
static bool take_name(struct reading *r, struct der *from, struct der *common_name)
{
	struct der name, set, pair, oid, value;

	if (!take(r, from, SEQUENCE, &name))
		return false;
	while (name.p < name.end) {
		if (!take(r, &name, SET, &set))
			return false;
		while (set.p < set.end) {
			if (!take(r, &set, SEQUENCE, &pair) ||
			    !take(r, &pair, MBEDTLS_ASN1_OID, &oid) ||
			    !take_any(r, &pair, &value) || !take_end(r, &pair))
				return false;
			if (IS_OID(&oid, MBEDTLS_OID_AT_CN))
				*common_name = value;
		}
	}
	return true;
}

static bool take_signer_id(struct reading *r, struct der *from,
			   struct pkcs7_signer *signer)
{
	struct der inner;

	signer->by_skid = next_is(from, CONTEXT);
	if (signer->by_skid)
		return take(r, from, CONTEXT, &signer->skid);
	if (!take(r, from, SEQUENCE, &inner))
		return false;
	signer->issuer.p = inner.p;
	if (!take_name(r, &inner, &signer->common_name))
		return false;
	signer->issuer.end = inner.p;
	return take(r, &inner, MBEDTLS_ASN1_INTEGER, &signer->serial) &&
	       take_end(r, &inner);
}

static bool take_hash(struct reading *r, struct der *from, struct pkcs7_signer *signer)
{
	struct der oid;
	mbedtls_asn1_buf text;

	if (!take_algorithm(r, from, &oid))
		return false;
	text = buffer(&oid);
	return mbedtls_oid_get_md_alg(&text, &signer->hash) == 0 ||
	       wrong(r, SIGNATURE_UNSUPPORTED);
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
		return wrong(r, SIGNATURE_UNSUPPORTED);
	else if (signer->key != MBEDTLS_PK_ECDSA)
		return wrong(r, SIGNATURE_FOREIGN);
	return true;
}

static bool take_signer(struct reading *r, struct der *from)
{
	struct pkcs7_signer *signer = &r->pkcs7->signers[r->pkcs7->n_signers];
	struct der inner, ignored;
	int version;

	if (!take(r, from, SEQUENCE, &inner) || !take_version(r, &inner, &version))
		return false;
	if (version != r->version)
		return wrong(r, SIGNATURE_MALFORMED);
	if (r->pkcs7->n_signers == PKCS7_SIGNERS)
		return wrong(r, SIGNATURE_UNSUPPORTED);
	if (!take_signer_id(r, &inner, signer) || !take_hash(r, &inner, signer))
		return false;
	if (signer->by_skid != (version == 3))
		return wrong(r, SIGNATURE_UNSUPPORTED);
	if (next_is(&inner, CONSTRUCTED) || next_is(&inner, CONSTRUCTED | 2)) {
		signer->attributes = true;
		if (!take_any(r, &inner, &ignored))
			return false;
	}
	if (!take_key(r, &inner, signer) ||
	    !take(r, &inner, MBEDTLS_ASN1_OCTET_STRING, &signer->signature))
		return false;
	if (next_is(&inner, CONSTRUCTED | 1) || next_is(&inner, CONSTRUCTED | 3))
		return wrong(r, SIGNATURE_UNSUPPORTED);
	r->pkcs7->n_signers++;
	return take_end(r, &inner);
}

static bool take_hashes(struct reading *r, struct der *from)
{
	struct der list, oid;

	if (!take_either(r, from, SET, SEQUENCE, &list))
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

	if (!take(r, from, SEQUENCE, &inner) || !take(r, &inner, MBEDTLS_ASN1_OID, &oid))
		return false;
	r->indirect = IS_OID(&oid, OID_INDIRECT_DATA);
	if (!r->indirect && !IS_OID(&oid, MBEDTLS_OID_PKCS7_DATA))
		return wrong(r, SIGNATURE_INVALID);
	r->attached = inner.p < inner.end;
	return (!r->attached ||
		(take(r, &inner, CONSTRUCTED, &content) &&
		 take_any(r, &content, &ignored) && take_end(r, &content))) &&
	       take_end(r, &inner);
}

static bool take_certs(struct reading *r, struct der *from)
{
	struct der list, ignored;

	if (next_is(from, CONSTRUCTED) || next_is(from, CONSTRUCTED | 2)) {
		if (!take_any(r, from, &list))
			return false;
		r->pkcs7->certs = list;
		while (list.p < list.end)
			if (!take(r, &list, SEQUENCE, &ignored))
				return false;
	}
	if (next_is(from, CONSTRUCTED | 1) || next_is(from, CONSTRUCTED | 3))
		return wrong(r, SIGNATURE_UNSUPPORTED); /* revocation lists */
	return true;
}

static bool take_signed_data(struct reading *r, struct der *from)
{
	struct der data, signers;

	if (!take(r, from, SEQUENCE, &data) || !take_version(r, &data, &r->version) ||
	    !take_hashes(r, &data) || !take_content(r, &data) || !take_certs(r, &data) ||
	    !take_either(r, &data, SET, SEQUENCE, &signers))
		return false;
	while (signers.p < signers.end)
		if (!take_signer(r, &signers))
			return false;
	return take_end(r, &data);
}

static bool read_message(struct reading *r, struct der message)
{
	struct der outer, oid, content;

	if (!take(r, &message, SEQUENCE, &outer) ||
	    !take(r, &outer, MBEDTLS_ASN1_OID, &oid))
		return false;
	if (!IS_OID(&oid, MBEDTLS_OID_PKCS7_SIGNED_DATA))
		return wrong(r, SIGNATURE_INVALID);
	if (outer.p == outer.end)
		return wrong(r, SIGNATURE_INVALID);
	return take(r, &outer, CONSTRUCTED, &content) && take_signed_data(r, &content) &&
	       take_end(r, &content) && take_end(r, &outer);
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
	struct reading r = { .pkcs7 = pkcs7, .state = SIGNATURE_GOOD };

	*pkcs7 = (struct pkcs7){ 0 };
	return read_message(&r, (struct der){ data, data + size }) ? judge(&r) : r.state;
}
