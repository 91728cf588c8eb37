/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ZSTDFRAME_H
#define MODBOX_ZSTDFRAME_H

#include <stddef.h>
#include <stdint.h>

/* What zstd's headers tell without decoding. */

extern const char zstd_truncated[]; /* a text for *err, as in decode.h */

/* Return such a text for a result that ZSTD_isError(). */
const char *zstd_failure(size_t result);

/* The bytes of the largest window that the frames of a file need. */
uint64_t zstd_window(const char *data, size_t size);

/* As decoder_check(). */
int zstd_check(const char *data, size_t size, const char **err);

#endif
