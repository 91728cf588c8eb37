/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of mbedTLS 3.6 verifying a module's signature needs: certificates, keys of RSA and
 * of the NIST curves, and hashes; and, with MODBOX_SIGN, what decrypts the key that
 * signs. scripts/build-sysroot puts it in the place of mbedTLS's own.
 */
#ifndef MBEDTLS_CONFIG_H
#define MBEDTLS_CONFIG_H

#define MBEDTLS_HAVE_ASM

/* certificates, DER and PEM */
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_BASE64_C
#define MBEDTLS_OID_C
#define MBEDTLS_X509_REMOVE_INFO /* no names of identifiers, 1.5 KB */
#define MBEDTLS_PEM_PARSE_C
#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C

/* keys */
#define MBEDTLS_ASN1_WRITE_C /* ECDSA asks for it */
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECDSA_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_DP_SECP384R1_ENABLED
#define MBEDTLS_ECP_DP_SECP521R1_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_RSA_C

/*
 * Tables for multiples of the generators: a third of the time. Ready-made, in
 * ecp_curves.c, they take 30 KB; ecp.c, which is compiled with 1, makes one with the
 * first signature of a key.
 */
#ifndef MBEDTLS_ECP_FIXED_POINT_OPTIM
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 0
#endif
#define MBEDTLS_ECP_WINDOW_SIZE 6

/* hashes; SHA-1 would take 6 KB */
#define MBEDTLS_MD_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C
#define MBEDTLS_SHA256_ALT
#define MBEDTLS_SHA512_ALT

/*
 * libmbedsign.a: keys encrypted by PKCS#8's PBES2, and as PEM was before (MD5). Nothing
 * here may change a struct: its callers are compiled without it.
 */
#ifdef MODBOX_SIGN
#define MBEDTLS_AES_C
#define MBEDTLS_AES_FEWER_TABLES
#define MBEDTLS_CIPHER_C
#define MBEDTLS_CIPHER_MODE_CBC
#define MBEDTLS_CIPHER_MODE_WITH_PADDING
#define MBEDTLS_CIPHER_PADDING_PKCS7
#define MBEDTLS_DES_C
#define MBEDTLS_MD5_C
#define MBEDTLS_PKCS5_C
#define MBEDTLS_SHA1_C
#endif

#endif
