// SPDX-License-Identifier: GPL-2.0-or-later
/* Text for reports: human-readable sizes, and valid UTF-8 from any bytes. */
#include "base/text.h"
#include "unit.h"

static void sizes(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{ 0, "0" },
		{ 1023, "1023" },
		{ 1024, "1.0K" },
		{ 1075, "1.0K" },
		{ 1076, "1.1K" },
		{ 10188, "9.9K" },
		{ 10189, "10K" },
		{ 10240, "10K" },
		{ 10752, "11K" },
		{ 1023 * 1024, "1023K" },
		{ 1023 * 1024 + 511, "1023K" },
		{ 1023 * 1024 + 512, "1.0M" },
		{ 1 << 20, "1.0M" },
		{ 1u << 30, "1.0G" },
		{ UINT64_MAX, "16E" },
	};
	char text[SIZE_TEXT];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_text(text, cases[i].bytes);
		assert_string_equal(text, cases[i].text);
	}
}

static void assert_clean(const char *s, const char *kept, const char *printable)
{
	char *text = clean_text(s, true);

	assert_string_equal(text, kept);
	free(text);
	text = clean_text(s, false);
	assert_string_equal(text, printable);
	free(text);
}

#define BAD "\uFFFD"

static void texts(void **state)
{
	assert_clean("", "", "");
	assert_clean("a\tb\x7f", "a\tb\x7f", "a?b?");
	assert_clean("\u00e9\u20ac\U0001f427", "\u00e9\u20ac\U0001f427",
		     "\u00e9\u20ac\U0001f427");
	assert_clean("\xc2\x9b[2J", "\xc2\x9b[2J", "?[2J"); /* CSI in one character */
	assert_clean("\xc2\xa0", "\xc2\xa0", "\xc2\xa0");
	assert_clean("\x80\xfe", BAD BAD, BAD BAD);
	assert_clean("\xc0\x80\xc1\xbf", BAD BAD BAD BAD, BAD BAD BAD BAD); /* overlong */
	assert_clean("\xe0\x9f\xbf\xf0\x8f\xbf\xbf", BAD BAD BAD BAD BAD BAD BAD,
		     BAD BAD BAD BAD BAD BAD BAD);
	assert_clean("\xed\xbf\xbf", BAD BAD BAD, BAD BAD BAD); /* a surrogate */
	assert_clean("\xf4\x90\x80\x80", BAD BAD BAD BAD, BAD BAD BAD BAD);
	assert_clean("\xf4\x8f\xbf\xbf\xee\x80\x80", "\xf4\x8f\xbf\xbf\xee\x80\x80",
		     "\xf4\x8f\xbf\xbf\xee\x80\x80");
	/* Truncated at the end, and before another character. */
	assert_clean("x\xc3", "x" BAD, "x" BAD);
	assert_clean("\xe2\x82", BAD BAD, BAD BAD);
	assert_clean("\xf0\x9f\x90"
		     "a",
		     BAD BAD BAD "a", BAD BAD BAD "a");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(sizes),
	cmocka_unit_test(texts),
};
UNIT_TEST_MAIN(NULL, NULL)
