/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_LZ4BLOCK_H
#define MODBOX_LZ4BLOCK_H

#include <stddef.h>

/* Most bytes of a block of lz4's legacy format, decoded. */
enum { LZ4_BLOCK_MAX = 8 << 20 };

/*
 * Decode a block of lz4 of n bytes to out, which has room for LZ4_BLOCK_MAX. Returns its
 * decoded size; 0 if it is damaged, or too large.
 */
size_t lz4_block(const unsigned char *in, size_t n, unsigned char *out);

#endif
