/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_CERTS_H
#define MODBOX_CERTS_H

#include "kernel/bytes.h"
#include "kernel/kernelimage.h"

/*
 * The version of a certificate, 3, and the tag of its serial number: they stand
 * CERT_MARK_AT bytes behind its beginning.
 */
#define CERT_MARK "\xa0\x03\x02\x01\x02\x02"
enum { CERT_MARK_AT = 8 };

/*
 * Set certs and n_certs from the keyring that is built into a kernel, if it begins at an
 * offset.
 */
void read_certs(struct kernel_image *image, struct bytes kernel, uint64_t begin);

/* Once its release is known: drop certificates that were found by too few sizes. */
void check_certs(struct kernel_image *image);

#endif
