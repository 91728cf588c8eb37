/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_CERTIFICATE_H
#define MODBOX_CERTIFICATE_H

#include <mbedtls/x509_crt.h>

#include "signature/signature.h"

/*
 * Take a certificate apart. Returns 0, or mbedTLS's error; cert is to be freed in both
 * cases.
 */
int certificate_read(mbedtls_x509_crt *cert, const unsigned char *data, size_t size);

#endif
