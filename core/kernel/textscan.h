/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TEXTSCAN_H
#define MODBOX_TEXTSCAN_H

#include "kernel/bytes.h"

/* A text to search for; it may contain NULs. */
struct scan_text {
	const char *text;
	size_t n;
};
#define SCAN_TEXT(literal)                   \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

/* Several texts, searched for at once. */
struct textscan {
	const struct scan_text *texts; /* borrowed */
	unsigned n;
	size_t window; /* bytes of the shortest */
	unsigned char shift[1 << 16];
};

/* Prepare to search for n texts, of 2 bytes at least. */
void textscan_begin(struct textscan *scan, const struct scan_text *texts, unsigned n);

/*
 * Find the next text at or behind *at. Returns whether there is one: *at is its place,
 * *which its number.
 */
bool textscan_next(const struct textscan *scan, struct bytes bytes, size_t *at,
		   unsigned *which);

#endif
