/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_GLOB_H
#define MODBOX_GLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GLOB_WORDS = 8, GLOB_MAX = 64 * GLOB_WORDS - 1 /* bytes of text */ };

/* A text to be matched by patterns that are read byte by byte. */
struct glob {
	size_t length, words;		  /* length in bytes; words of a state in use */
	uint64_t places[GLOB_WORDS][256]; /* bitmap of each byte's positions in the text */
};

/* The lengths of the text's prefixes that match the pattern so far: bit n for n bytes. */
struct glob_state {
	uint64_t bits[GLOB_WORDS];
};

/* Begin with an empty pattern. Returns false if text is longer than GLOB_MAX. */
bool glob_begin(struct glob *glob, struct glob_state *state, const char *text);

/*
 * Advance by one byte of the pattern: '*', '?' (as in fnmatch(3) without flags) or a
 * literal. Brackets and escapes are not supported.
 * Returns false if no pattern with this prefix can match.
 */
bool glob_step(const struct glob *glob, struct glob_state *state, unsigned char c);

/* Whether the pattern so far matches the whole text. */
bool glob_matches(const struct glob *glob, const struct glob_state *state);

#endif
