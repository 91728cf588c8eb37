// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading DER, the encoding of signatures and certificates, by mbedTLS's ASN.1 functions.
 *
 * The kernel's decoder (lib/asn1_decoder.c) reads lengths of up to two bytes, and
 * indefinite ones, which no known program writes here: with those, it is not known what
 * the kernel finds.
 */
#include <mbedtls/asn1.h>
#include <mbedtls/oid.h>
#include <string.h>

#include "der.h"

enum {
	SEQUENCE = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE,
	SET = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SET,
	LENGTH_INDEFINITE = 0x80,
	LENGTH_MAX = 0x82, /* two bytes of length follow */
};

bool der_wrong(struct der_reader *r, enum signature_state state)
{
	if (r->state == SIGNATURE_GOOD)
		r->state = state;
	return false;
}

bool der_next_is(const struct der *from, int tag)
{
	return from->p < from->end && *from->p == tag;
}

bool der_take(struct der_reader *r, struct der *from, int tag, struct der *inner)
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
		return der_wrong(r, SIGNATURE_UNSUPPORTED);
	return der_wrong(r, SIGNATURE_MALFORMED);
}

bool der_take_any(struct der_reader *r, struct der *from, struct der *inner)
{
	if (from->p == from->end)
		return der_wrong(r, SIGNATURE_MALFORMED);
	return der_take(r, from, *from->p, inner);
}

bool der_take_end(struct der_reader *r, const struct der *from)
{
	return from->p == from->end || der_wrong(r, SIGNATURE_MALFORMED);
}

bool der_take_either(struct der_reader *r, struct der *from, int one, int other,
		     struct der *inner)
{
	return der_take(r, from, der_next_is(from, other) ? other : one, inner);
}

bool der_is_oid(const struct der *der, const char *oid, size_t n)
{
	return (size_t)(der->end - der->p) == n && memcmp(der->p, oid, n) == 0;
}

bool der_take_name(struct der_reader *r, struct der *from, struct der *common_name)
{
	struct der name, set, pair, oid, value;

	if (!der_take(r, from, SEQUENCE, &name))
		return false;
	while (name.p < name.end) {
		if (!der_take(r, &name, SET, &set))
			return false;
		while (set.p < set.end) {
			if (!der_take(r, &set, SEQUENCE, &pair) ||
			    !der_take(r, &pair, MBEDTLS_ASN1_OID, &oid) ||
			    !der_take_any(r, &pair, &value) || !der_take_end(r, &pair))
				return false;
			if (IS_OID(&oid, MBEDTLS_OID_AT_CN))
				*common_name = value;
		}
	}
	return true;
}
