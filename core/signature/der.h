/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DER_H
#define MODBOX_DER_H

#include <mbedtls/asn1.h>
#include <stdbool.h>
#include <stddef.h>

#include "signature/signature.h"

/* Bytes of a message or certificate, borrowed. */
struct der {
	unsigned char *p, *end;
};

/* The first thing that is wrong with what is read, as the kernel's decoder would say. */
struct der_reader {
	enum signature_state state; /* SIGNATURE_GOOD at first */
};

/* Note what is wrong, unless something was already. Returns false. */
bool der_wrong(struct der_reader *reader, enum signature_state state);

/* Whether the next element has a tag. */
bool der_next_is(const struct der *from, int tag);

/*
 * Take the next element, which must have a tag; inner is what it holds. der_take_any()
 * takes one with any tag, der_take_either() one with either tag. Returns false if
 * something is wrong.
 */
bool der_take(struct der_reader *reader, struct der *from, int tag, struct der *inner);
bool der_take_any(struct der_reader *reader, struct der *from, struct der *inner);
bool der_take_either(struct der_reader *reader, struct der *from, int one, int other,
		     struct der *inner);

/* Nothing may be left. */
bool der_take_end(struct der_reader *reader, const struct der *from);

/* Take a name: SEQUENCE { SET { SEQUENCE { OID, value }, ... }, ... } */
bool der_take_name(struct der_reader *reader, struct der *from, struct der *common_name);

bool der_is_oid(const struct der *der, const char *oid, size_t n);
#define IS_OID(der, oid) der_is_oid(der, oid, sizeof(oid) - 1)

static inline size_t der_size(const struct der *der)
{
	return (size_t)(der->end - der->p);
}

#endif
