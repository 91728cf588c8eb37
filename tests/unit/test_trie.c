// SPDX-License-Identifier: GPL-2.0-or-later
/* Searches in depmod's .bin format find what fnmatch(3) finds, and end in damaged ones. */
#include <errno.h>
#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trie.h"

enum { N_KEYS = 200, LONGEST = 12, FILE_MAX = 1 << 18 };
enum { PREFIX = 0x80000000, VALUES = 0x40000000, CHILDREN = 0x20000000 };

static unsigned seed = 1;

static unsigned number(unsigned below)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16 & 0x7fff) % below;
}

static char *random_text(char *text, const char *bytes)
{
	unsigned n = number(LONGEST + 1), i;

	for (i = 0; i < n; i++)
		text[i] = bytes[number((unsigned)strlen(bytes))];
	text[n] = '\0';
	return text;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* A file, as it is made: a node behind its children. */
static unsigned char file[FILE_MAX];
static size_t size;

static void put_u32(size_t at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		file[at + i] = (unsigned char)(value >> (24 - 8 * i));
}

static void add(const void *data, size_t n)
{
	assert_true(size + n <= sizeof(file));
	memcpy(file + size, data, n);
	size += n;
}

static void add_u32(uint32_t value)
{
	size += 4;
	assert_true(size <= sizeof(file));
	put_u32(size - 4, value);
}

/* The node of n sorted keys behind depth bytes; a value is the key itself. */
static uint32_t add_node(char (*keys)[LONGEST + 1], size_t n, size_t depth)
{
	uint32_t children[256] = { 0 }, flags = 0, at;
	unsigned first = 256, last = 0;
	size_t i, end, values = 0, start = depth;

	while (keys[0][depth] && keys[0][depth] == keys[n - 1][depth])
		depth++; /* into the prefix */
	while (values < n && !keys[values][depth])
		values++;
	for (i = values; i < n; i = end) {
		unsigned byte = (unsigned char)keys[i][depth];

		for (end = i; end < n && (unsigned char)keys[end][depth] == byte;)
			end++;
		children[byte] = add_node(keys + i, end - i, depth + 1);
		first = byte < first ? byte : first;
		last = byte;
	}
	at = (uint32_t)size;
	if (depth > start) {
		flags |= PREFIX;
		add(keys[0] + start, depth - start);
		add("", 1);
	}
	if (first <= last) {
		const unsigned char range[] = { (unsigned char)first,
						(unsigned char)last };

		flags |= CHILDREN;
		add(range, 2);
		for (unsigned byte = first; byte <= last; byte++)
			add_u32(children[byte]);
	}
	if (values) {
		flags |= VALUES;
		add_u32((uint32_t)values);
		for (i = 0; i < values; i++) {
			add_u32((uint32_t)i);
			add(keys[i], strlen(keys[i]) + 1);
		}
	}
	return at | flags;
}

static void make_trie(struct trie *trie, char (*keys)[LONGEST + 1], size_t n)
{
	char *data;

	size = 0;
	add_u32(0xb007f457);
	add_u32(0x00020001);
	add_u32(0);
	qsort(keys, n, sizeof(*keys), compare);
	put_u32(8, add_node(keys, n, 0));
	data = malloc(size + 1);
	assert_non_null(data);
	memcpy(data, file, size);
	data[size] = '\0';
	assert_int_equal(trie_init(trie, data, size), 0);
}

static void assert_found(const struct trie *trie, char (*keys)[LONGEST + 1],
			 struct trie_values *found, const char *name)
{
	size_t wanted = 0, i, k;

	assert_int_equal(trie_search(trie, name, found), 0);
	for (i = 0; i < N_KEYS; i++)
		wanted += fnmatch(keys[i], name, 0) == 0;
	for (k = 0; k < found->n; k++)
		if (fnmatch(found->items[k].text, name, 0) != 0)
			fail_msg("'%s' is found as '%s'", name, found->items[k].text);
	if (found->n != wanted)
		fail_msg("'%s' is found %zu times, not %zu", name, found->n, wanted);
}

static void test_keys(const char *key_bytes, const char *name_bytes)
{
	static char keys[N_KEYS][LONGEST + 1];

	for (unsigned round = 0; round < 20; round++) {
		struct trie_values found = { 0 };
		struct trie trie;

		for (size_t i = 0; i < N_KEYS; i++)
			random_text(keys[i], key_bytes);
		make_trie(&trie, keys, N_KEYS);
		for (unsigned i = 0; i < 300; i++) {
			char name[LONGEST + 1];

			assert_found(&trie, keys, &found, random_text(name, name_bytes));
		}
		assert_int_equal(trie_all(&trie, &found), 0);
		assert_int_equal(found.n, N_KEYS);
		trie_values_free(&found);
		trie_free(&trie);
	}
}

static void finds_what_fnmatch_finds(void **state)
{
	(void)state;
	test_keys("ab*", "ab");
	test_keys("ab:*?", "ab:");
	test_keys("abc", "abc");
	test_keys("a\xff\x80*", "a\xff\x80");
}

static void finds_brackets(void **state)
{
	static char keys[][LONGEST + 1] = { "a*[0-2]c", "a*[!b]",    "[ab]c",	 "a?[x]*",
					    "a*[0-9]*", "a*[0-2]*d", "ab[0-2]c", "x" };
	static const char *const names[] = { "a1c", "ab1c", "ac",   "bc",   "abxy",
					     "ab",  "a12d", "ab3c", "abbb", "x" };
	struct trie_values found = { 0 };
	struct trie trie;
	size_t n = sizeof(keys) / sizeof(*keys);

	(void)state;
	make_trie(&trie, keys, n);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		size_t wanted = 0;

		for (size_t k = 0; k < n; k++)
			wanted += fnmatch(keys[k], names[i], 0) == 0;
		assert_int_equal(trie_search(&trie, names[i], &found), 0);
		assert_int_equal(found.n, wanted);
	}
	trie_values_free(&found);
	trie_free(&trie);
}

static void finds_long_names(void **state)
{
	static char keys[][LONGEST + 1] = { "cpu*,001*", "cpu*", "cpu*,002*", "*x" };
	struct trie_values found = { 0 };
	char name[3000] = "cpu:";
	struct trie trie;

	(void)state;
	make_trie(&trie, keys, 4);
	for (size_t n = 4; n + 6 < sizeof(name); n += 5) {
		strcpy(name + n, "z,001");
		assert_int_equal(trie_search(&trie, name, &found), 0);
		assert_int_equal(found.n, 2);
	}
	trie_values_free(&found);
	trie_free(&trie);
}

/* Any byte changed: a search ends, with what it finds or without. */
static void ends_in_damaged_files(void **state)
{
	static char keys[][LONGEST + 1] = { "ab*", "abc", "a*c", "b?d[x]", "*", "bcd" };
	struct trie_values found = { 0 };
	struct trie trie;

	(void)state;
	make_trie(&trie, keys, 6);
	for (size_t i = 8; i < trie.size; i++) {
		unsigned char kept = trie.data[i];

		for (unsigned value = 0; value < 256; value += 5) {
			trie.data[i] = (unsigned char)value;
			if (trie_search(&trie, "abcabcabc", &found) < 0)
				assert_int_equal(errno, EBADMSG);
			if (trie_all(&trie, &found) < 0)
				assert_int_equal(errno, EBADMSG);
		}
		trie.data[i] = kept;
	}
	trie_values_free(&found);
	trie_free(&trie);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_fnmatch_finds),
		cmocka_unit_test(finds_brackets),
		cmocka_unit_test(finds_long_names),
		cmocka_unit_test(ends_in_damaged_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
