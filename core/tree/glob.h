/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_GLOB_H
#define MODBOX_GLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GLOB_WORDS = 8, GLOB_MAX = 64 * GLOB_WORDS - 1 /* bytes of a text */ };

/* A text, for patterns that are read byte by byte. */
struct glob {
	size_t length, words;		  /* bytes; words of a state that are in use */
	uint64_t places[GLOB_WORDS][256]; /* where each byte is in the text */
};

/* How many bytes of the text the pattern so far can have matched: bit n for n of them. */
struct glob_state {
	uint64_t bits[GLOB_WORDS];
};

/*
 * Begin: no pattern has been read, and nothing is matched.
 * Returns false where text is longer than GLOB_MAX.
 */
bool glob_begin(struct glob *glob, struct glob_state *state, const char *text);

/*
 * Read a byte of the pattern: '*' or '?' as fnmatch(3) without flags takes them, or one
 * that stands for itself; brackets and escapes are not known.
 * Returns false where no pattern that begins so matches.
 */
bool glob_step(const struct glob *glob, struct glob_state *state, unsigned char c);

/* Whether the pattern so far matches the whole text. */
bool glob_matches(const struct glob *glob, const struct glob_state *state);

#endif
