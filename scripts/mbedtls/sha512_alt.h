/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SHA512_ALT_H
#define MODBOX_SHA512_ALT_H

#include <sha2.h>

typedef struct mbedtls_sha512_context {
	SHA2_CTX sha;
	int is384;
} mbedtls_sha512_context;

#endif
