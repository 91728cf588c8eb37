// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Searching for several texts in one pass (Wu and Manber's algorithm): memmem(3) for each
 * of them takes longer than decompressing.
 *
 * A window as long as the shortest text moves over the bytes. The last two bytes in it
 * tell how far it may move at least: to where they stand in the beginning of some text,
 * or past them if no text has them there. Only where that is 0 are texts compared.
 */
#include "kernel/textscan.h"

static unsigned pair(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

void textscan_begin(struct textscan *scan, const struct scan_text *texts, unsigned n)
{
	scan->texts = texts;
	scan->n = n;
	scan->window = 255;
	for (unsigned i = 0; i < n; i++)
		if (texts[i].n < scan->window)
			scan->window = texts[i].n;
	memset(scan->shift, (int)scan->window - 1, sizeof(scan->shift));
	for (unsigned i = 0; i < n; i++)
		for (size_t k = 0; k + 2 <= scan->window; k++) {
			const unsigned char *p = (const unsigned char *)texts[i].text + k;
			size_t shift = scan->window - 2 - k;

			if (shift < scan->shift[pair(p)])
				scan->shift[pair(p)] = (unsigned char)shift;
		}
}

bool textscan_next(const struct textscan *scan, struct bytes bytes, size_t *at,
		   unsigned *which)
{
	size_t last = scan->window - 2; /* the pair, from the window's beginning */

	while (bytes_hold(bytes, *at, scan->window)) {
		unsigned shift = scan->shift[pair(bytes.data + *at + last)];

		for (unsigned i = 0; shift == 0 && i < scan->n; i++)
			if (bytes_match(bytes, *at, scan->texts[i].text,
					scan->texts[i].n)) {
				*which = i;
				return true;
			}
		*at += shift ? shift : 1;
	}
	return false;
}
