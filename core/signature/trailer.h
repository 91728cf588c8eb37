/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TRAILER_H
#define MODBOX_TRAILER_H

#include "signature/signature.h"

/*
 * What follows the message at the end of a signed module: struct module_signature, and a
 * marker (verify.c).
 */
enum {
	TRAILER = 12, /* its size, and the offsets of its fields */
	TRAILER_ID_TYPE = 2,
	TRAILER_LENGTH = 8,
	TRAILER_PKCS7 = 2, /* a value of id_type */
};
#define SIGNATURE_MARKER "~Module signature appended~\n"

/*
 * Find the message at the end of a module in memory. Returns SIGNATURE_GOOD, with the
 * bytes before the message and its own; else what is wrong.
 */
enum signature_state trailer_read(const unsigned char *file, size_t size, size_t *before,
				  size_t *message);

#endif
