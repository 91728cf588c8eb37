// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Matching one text against many shell patterns with common prefixes.
 *
 * fnmatch(3) starts over for each pattern. Here a pattern is read byte by byte, and the
 * state after a prefix can be kept and reused for the next pattern. The state is a set of
 * lengths: the prefixes of the text that the pattern so far matches. It is a row of bits,
 * so each byte of the pattern costs a few word operations (the shift-and algorithm). Once
 * it is empty, no pattern with this prefix matches.
 */
#include <string.h>

#include "tree/glob.h"

bool glob_begin(struct glob *glob, struct glob_state *state, const char *text)
{
	glob->length = strlen(text);
	if (glob->length > GLOB_MAX)
		return false;
	glob->words = glob->length / 64 + 1;
	memset(glob->places, 0, glob->words * sizeof(*glob->places));
	for (size_t i = 0; i < glob->length; i++)
		glob->places[i / 64][(unsigned char)text[i]] |= UINT64_C(1) << i % 64;
	memset(state, 0, sizeof(*state));
	state->bits[0] = 1;
	return true;
}

/* Increase every length by one. Returns false if none is left. */
static bool shift(const struct glob *glob, struct glob_state *state)
{
	uint64_t carry = 0, any = 0;

	for (size_t i = 0; i < glob->words; i++) {
		uint64_t bits = state->bits[i];

		state->bits[i] = bits << 1 | carry;
		carry = bits >> 63;
		any |= state->bits[i];
	}
	return any != 0;
}

/* Add all lengths above the shortest. */
static bool step_star(const struct glob *glob, struct glob_state *state)
{
	uint64_t above = 0;

	for (size_t i = 0; i < glob->words; i++) {
		uint64_t bits = state->bits[i];

		/* set all bits above the lowest set one */
		state->bits[i] = above | (UINT64_C(0) - (bits & (UINT64_C(0) - bits)));
		if (bits)
			above = UINT64_MAX;
	}
	state->bits[glob->words - 1] &= UINT64_MAX >> (63 - glob->length % 64);
	return true;
}

bool glob_step(const struct glob *glob, struct glob_state *state, unsigned char c)
{
	if (c == '*')
		return step_star(glob, state);
	if (c == '?')
		/* '?' needs a byte: drop the text's full length */
		state->bits[glob->words - 1] &= ~(UINT64_C(1) << glob->length % 64);
	else
		for (size_t i = 0; i < glob->words; i++)
			state->bits[i] &= glob->places[i][c];
	return shift(glob, state);
}

bool glob_matches(const struct glob *glob, const struct glob_state *state)
{
	return state->bits[glob->length / 64] >> glob->length % 64 & 1;
}
