// SPDX-License-Identifier: GPL-2.0-or-later
/* Text for reports: valid UTF-8 from any file name, and human-readable sizes. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"

/*
 * Well-formed UTF-8: for a range of first bytes, the range of the second byte and the
 * length (table 3-7 of the Unicode standard). All further bytes are 80..BF.
 */
static const struct form {
	unsigned char first, last, low, high, length;
} forms[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

size_t text_character(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i, j;

	if (s[0] < 0x80)
		return 1;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct form *form = &forms[i];

		if (s[0] < form->first || s[0] > form->last)
			continue;
		if (s[1] < form->low || s[1] > form->high)
			return 0;
		for (j = 2; j < form->length; j++)
			if ((s[j] & 0xc0) != 0x80)
				return 0;
		return form->length;
	}
	return 0;
}

bool text_is_control(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	return s[0] < 0x20 || s[0] == 0x7f || (s[0] == 0xc2 && s[1] < 0xa0);
}

void put_clean_line(const char *s)
{
	for (; *s; s++)
		putchar((unsigned char)*s < ' ' || *s == 0x7f ? '?' : *s);
	putchar('\n');
}

char *clean_text(const char *s, bool keep_controls)
{
	static const char replacement[] = "\xef\xbf\xbd";
	const char *from = s;
	char *text = xmalloc(3 * strlen(s) + 1), *to = text;
	size_t length;

	for (; *from; from += length ? length : 1) {
		const void *piece = from;
		size_t n;

		n = length = text_character(from);
		if (!length) {
			piece = replacement;
			n = 3;
		} else if (!keep_controls && text_is_control(from)) {
			piece = "?";
			n = 1;
		}
		memcpy(to, piece, n);
		to += n;
	}
	*to = '\0';
	return text;
}

void size_text(char text[SIZE_TEXT], uint64_t bytes)
{
	static const char units[] = "KMGTPE";
	const char *unit = units;
	uint64_t scale = 1024;

	if (bytes < scale) {
		snprintf(text, SIZE_TEXT, "%" PRIu64, bytes);
		return;
	}
	/* A value that would round to 1024 of a unit is shown as 1.0 of the next. */
	while (unit[1] && bytes / scale >= 1023 && bytes - scale * 1023 >= scale / 2) {
		scale *= 1024;
		unit++;
	}
	if (bytes / scale < 10) {
		uint64_t tenths =
			bytes / scale * 10 + (bytes % scale * 10 + scale / 2) / scale;

		if (tenths < 100) {
			snprintf(text, SIZE_TEXT, "%u.%u%c", (unsigned)tenths / 10,
				 (unsigned)tenths % 10, *unit);
			return;
		}
	}
	snprintf(text, SIZE_TEXT, "%u%c",
		 (unsigned)(bytes / scale + (bytes % scale >= scale / 2)), *unit);
}
