/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SHA256_ALT_H
#define MODBOX_SHA256_ALT_H

#include <sha2.h>

typedef struct mbedtls_sha256_context {
	SHA2_CTX sha;
} mbedtls_sha256_context;

#endif
