/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_UNPACK_H
#define MODBOX_UNPACK_H

#include "base/strbuf.h"
#include "base/util.h"
#include "kernel/bytes.h"
#include "module/decode.h"

/* Decoded bytes of an image: the largest have 70 MiB. */
#define IMAGE_MAX (UINT64_C(160) << 20)

/* Return the compression that data begins with: "xz", "gzip", ...; or NULL. */
const char *unpack_codec(struct bytes data);

/*
 * Decode the stream that data begins with, whatever follows it. hint: its decoded size
 * in bytes as the image claims it, or 0. Returns as decoder_decode().
 */
int unpack(struct decoder *decoder, struct bytes data, uint64_t hint, struct strbuf *out,
	   const char **err);

/*
 * Decode a text, of at most 4 MiB, as unpack() does. It is allocated in arena; *size
 * gets its bytes. Returns NULL if it cannot be decoded.
 */
char *unpack_text(struct arena *arena, struct bytes data, size_t *size);

/* Decode lz4's legacy format (unlz4.c). Returns as decoder_decode(). */
int unlz4(struct bytes data, struct strbuf *out, const char **err);

#endif
