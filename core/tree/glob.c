// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One text against many shell patterns that have their beginnings in common.
 *
 * fnmatch(3) begins anew with each pattern.  Here a pattern is read byte by byte, and
 * what it has come to can be kept and gone on from with the next pattern: a set of
 * lengths, those beginnings of the text that it matches so far.  The set is a row of
 * bits, so that a byte of a pattern costs a few operations on words (the shift-and
 * method), and where it becomes empty no pattern that begins so matches.
 */
#include <string.h>

#include "tree/glob.h"

bool glob_begin(struct glob *glob, struct glob_state *state, const char *text)
{
	size_t i;

	glob->length = strlen(text);
	if (glob->length > GLOB_MAX)
		return false;
	glob->words = glob->length / 64 + 1;
	memset(glob->places, 0, glob->words * sizeof(*glob->places));
	for (i = 0; i < glob->length; i++)
		glob->places[i / 64][(unsigned char)text[i]] |= UINT64_C(1) << i % 64;
	memset(state, 0, sizeof(*state));
	state->bits[0] = 1;
	return true;
}

/* Every length grows by one, and becomes possible or not. */
static bool shift(const struct glob *glob, struct glob_state *state)
{
	uint64_t carry = 0, any = 0;
	size_t i;

	for (i = 0; i < glob->words; i++) {
		uint64_t bits = state->bits[i];

		state->bits[i] = bits << 1 | carry;
		carry = bits >> 63;
		any |= state->bits[i];
	}
	return any != 0;
}

/* All lengths from the least on. */
static bool step_star(const struct glob *glob, struct glob_state *state)
{
	uint64_t above = 0;
	size_t i;

	for (i = 0; i < glob->words; i++) {
		uint64_t bits = state->bits[i];

		/* from the lowest bit that is set up to the word's end */
		state->bits[i] = above | (UINT64_C(0) - (bits & (UINT64_C(0) - bits)));
		if (bits)
			above = UINT64_MAX;
	}
	state->bits[glob->words - 1] &= UINT64_MAX >> (63 - glob->length % 64);
	return true;
}

bool glob_step(const struct glob *glob, struct glob_state *state, unsigned char c)
{
	size_t i;

	if (c == '*')
		return step_star(glob, state);
	if (c == '?')
		/* but at the end no byte is left to match */
		state->bits[glob->words - 1] &= ~(UINT64_C(1) << glob->length % 64);
	else
		for (i = 0; i < glob->words; i++)
			state->bits[i] &= glob->places[i][c];
	return shift(glob, state);
}

bool glob_matches(const struct glob *glob, const struct glob_state *state)
{
	return state->bits[glob->length / 64] >> glob->length % 64 & 1;
}
