// SPDX-License-Identifier: GPL-2.0-or-later
/* Searching aliases: the matches are those of fnmatch(3) on each pattern. */
#include <fnmatch.h>

#include "tree/aliases.h"
#include "tree/glob.h"
#include "unit.h"

enum { N_PATTERNS = 300, N_NAMES = 300 };

static unsigned seed;

static unsigned number(unsigned below)
{
	seed = seed * 1103515245 + 12345;
	return seed >> 16 & 0x7fff ? (seed >> 16 & 0x7fff) % below : 0;
}

/* Make a text from a small alphabet, so that many patterns match. */
static char *random_text(char *text, const char *bytes, unsigned longest)
{
	unsigned n = number(longest + 1), i;

	for (i = 0; i < n; i++)
		text[i] = bytes[number((unsigned)strlen(bytes))];
	text[n] = '\0';
	return text;
}

/* The numbers of the patterns that match name, in order. */
static void assert_found(struct aliases *aliases, char patterns[][16], size_t n,
			 const char *name)
{
	size_t found = aliases_find(aliases, name), at = 0, i;

	for (i = 0; i < n; i++) {
		if (fnmatch(patterns[i], name, 0) != 0)
			continue;
		if (at >= found || aliases->found[at]->owner != patterns[i])
			fail_msg("'%s' is not found as '%s'", name, patterns[i]);
		at++;
	}
	if (at != found)
		fail_msg("'%s' is found as '%s'", name, aliases->found[at]->pattern);
}

static void test_random(const char *pattern_bytes, const char *name_bytes)
{
	static char patterns[N_PATTERNS][16];

	for (unsigned round = 0; round < 20; round++) {
		struct aliases aliases = { 0 };

		for (size_t i = 0; i < N_PATTERNS; i++)
			aliases_add(&aliases, random_text(patterns[i], pattern_bytes, 12),
				    patterns[i]);
		assert_int_equal(aliases.n, N_PATTERNS);
		for (unsigned i = 0; i < N_NAMES; i++) {
			char name[16];

			assert_found(&aliases, patterns, N_PATTERNS,
				     random_text(name, name_bytes, 15));
		}
		aliases_free(&aliases);
	}
}

static void agrees_with_fnmatch(void **state)
{
	seed = 1;
	test_random("ab*", "ab");
	test_random("ab:*?", "ab:");
	test_random("a*?", "a*?");
	test_random("a\xff\x80*", "a\xff\x80");
}

static void brackets_and_escapes(void **state)
{
	static char patterns[][16] = { "a[bc]d",  "a[bc]*",	   "a[!b]d", "a[^b]d",
				       "a[a-z]?", "a[[:alpha:]]d", "a\\*d",  "a*d",
				       "a\\[",	  "a[]]d",	   "*[0-9]", "?[b]d" };
	static const char *const names[] = { "abd", "acd", "add", "a*d", "a[", "a]d",
					     "a",   "",	   "a1",  "abc", "ab" };
	struct aliases aliases = { 0 };
	size_t n = sizeof(patterns) / sizeof(*patterns);

	for (size_t i = 0; i < n; i++)
		aliases_add(&aliases, patterns[i], patterns[i]);
	/* An index cannot hold unbalanced brackets. */
	assert_int_equal(aliases.n, n - 3);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(patterns[i], "a\\[") || !strcmp(patterns[i], "a[]]d") ||
		    !strcmp(patterns[i], "a[[:alpha:]]d"))
			strcpy(patterns[i], "none");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_found(&aliases, patterns, n, names[i]);
	aliases_free(&aliases);
}

static void names_of_any_length(void **state)
{
	static char patterns[][16] = { "*",  "a*", "*b", "*a*a*b",
				       "?*", "b*", "*a", "a?*?b" };
	enum { N = sizeof(patterns) / sizeof(*patterns) };
	static const size_t lengths[] = {
		1,   2,	  62,  63,	 64,	       65,  127,
		128, 129, 511, GLOB_MAX, GLOB_MAX + 1, 513, 5000
	};
	struct aliases aliases = { 0 };

	for (size_t i = 0; i < N; i++)
		aliases_add(&aliases, patterns[i], patterns[i]);
	assert_found(&aliases, patterns, N, "");
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		char *name = malloc(lengths[i] + 1);

		assert_non_null(name);
		memset(name, 'a', lengths[i]);
		name[lengths[i]] = '\0';
		assert_found(&aliases, patterns, N, name);
		name[lengths[i] - 1] = 'b';
		assert_found(&aliases, patterns, N, name);
		free(name);
	}
	aliases_free(&aliases);
}

static void normalises_patterns(void **state)
{
	struct aliases aliases = { 0 };

	assert_int_equal(aliases_find(&aliases, "a"), 0);
	aliases_add(&aliases, "crypto-foo-[-x]", NULL);
	assert_int_equal(aliases_find(&aliases, "crypto_foo_-"), 1);
	assert_string_equal(aliases.found[0]->pattern, "crypto_foo_[-x]");
	aliases_free(&aliases);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(agrees_with_fnmatch),
	cmocka_unit_test(brackets_and_escapes),
	cmocka_unit_test(names_of_any_length),
	cmocka_unit_test(normalises_patterns),
};
UNIT_TEST_MAIN(NULL, NULL)
