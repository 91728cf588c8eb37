/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MBEDTLS2_H
#define MODBOX_MBEDTLS2_H

/*
 * mbedTLS as distributions build it.
 *
 * Of 2.28 (Debian 12, Ubuntu 24.04) the interface is made that of 3.6, in which this room
 * is written: what 3.6 has added to parameters is left out, and what it has added is
 * given. The headers come first, as a macro would change a prototype too.
 */
#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <mbedtls/version.h>
#include <stdbool.h>

#if MBEDTLS_VERSION_MAJOR < 3
#define MBEDTLS_OID_PKCS7_DATA MBEDTLS_OID_PKCS "\x07\x01"
#define MBEDTLS_OID_PKCS7_SIGNED_DATA MBEDTLS_OID_PKCS "\x07\x02"

static inline const unsigned char *mbedtls_pem_get_buffer(mbedtls_pem_context *pem,
							  size_t *size)
{
	*size = pem->buflen;
	return pem->buf;
}

#define mbedtls_pk_parse_key(key, data, size, password, length, random, context) \
	mbedtls_pk_parse_key(key, data, size, password, length)
#define mbedtls_ecp_check_pub_priv(public, private, random, context) \
	mbedtls_ecp_check_pub_priv(public, private)
#define mbedtls_ecdsa_write_signature(key, md, hash, size, signature, max, n, random, \
				      context)                                        \
	mbedtls_ecdsa_write_signature(key, md, hash, size, signature, n, random, context)
#define mbedtls_rsa_pkcs1_sign(key, random, context, md, size, hash, signature)     \
	mbedtls_rsa_pkcs1_sign(key, random, context, MBEDTLS_RSA_PRIVATE, md, size, \
			       hash, signature)
#define mbedtls_ecp_keypair_get_group_id(pair) (pair)->grp.id
#endif

/* Whether a key is on a curve that the library knows, but not the kernel. */
#if defined(MBEDTLS_ECP_DP_SECP256K1_ENABLED) ||   \
	defined(MBEDTLS_ECP_DP_BP256R1_ENABLED) || \
	defined(MBEDTLS_ECP_DP_SECP192R1_ENABLED)
static inline bool is_other_curve(const mbedtls_pk_context *key)
{
	mbedtls_ecp_group_id curve;

	if (!mbedtls_pk_can_do(key, MBEDTLS_PK_ECKEY))
		return false;
	curve = mbedtls_ecp_keypair_get_group_id(mbedtls_pk_ec(*key));
	return curve != MBEDTLS_ECP_DP_SECP256R1 && curve != MBEDTLS_ECP_DP_SECP384R1 &&
	       curve != MBEDTLS_ECP_DP_SECP521R1;
}
#else
static inline bool is_other_curve(const mbedtls_pk_context *key)
{
	(void)key;
	return false;
}
#endif

#endif
