// SPDX-License-Identifier: GPL-2.0-or-later
/* Indexes: a round trip through writer and reader; invalid ones are refused. */
#include <errno.h>

#include "index/triewrite.h"
#include "module/names.h"
#include "tree/trie.h"
#include "unit.h"

/* Write an index of "KEY VALUE PRIORITY" lines, and open it. */
static struct trie make(const char *const (*rows)[2], const uint32_t *priorities,
			size_t n)
{
	struct trie_writer writer = { 0 };
	struct strbuf out = { 0 };
	struct trie trie;

	for (size_t i = 0; i < n; i++)
		assert_true(triewrite_add(&writer, rows[i][0], rows[i][1],
					  priorities ? priorities[i] : 0) >= 0);
	assert_int_equal(triewrite_finish(&writer, ROOT_FIRST, &out), 0);
	triewrite_free(&writer);
	assert_int_equal(trie_init(&trie, out.data, out.size), 0);
	return trie;
}

static char *find(const struct trie *trie, const char *key)
{
	struct trie_values values = { 0 };
	static char text[256];

	text[0] = '\0';
	assert_int_equal(trie_search(trie, key, &values), 0);
	for (size_t i = 0; i < values.n; i++)
		sprintf(text + strlen(text), "%s%s", i ? " " : "", values.items[i].text);
	trie_values_free(&values);
	return text;
}

static void test_empty(void **state)
{
	/* As kmod writes it: a root without parts right after the header. */
	static const unsigned char expected[] = { 0xb0, 0x07, 0xf4, 0x57, 0, 2,
						  0,	1,    0,    0,	  0, 12 };
	struct trie_writer writer = { 0 };
	struct strbuf out = { 0 };

	assert_int_equal(triewrite_finish(&writer, ROOT_FIRST, &out), 0);
	assert_int_equal(out.size, sizeof(expected));
	assert_memory_equal(out.data, expected, sizeof(expected));
	triewrite_free(&writer);
	strbuf_free(&out);
}

/* Write a small index, with a split prefix and two values of a key, and compare it. */
static void write_bytes(enum trie_order order, const unsigned char *expected, size_t size)
{
	struct trie_writer writer = { 0 };
	struct strbuf out = { 0 };

	triewrite_add(&writer, "abc", "x", 1);
	triewrite_add(&writer, "ad", "w", 0);
	assert_int_equal(triewrite_add(&writer, "abc", "y", 1), 1);
	assert_int_equal(triewrite_finish(&writer, order, &out), 0);
	assert_int_equal(out.size, size);
	assert_memory_equal(out.data, expected, size);
	triewrite_free(&writer);
	strbuf_free(&out);
}

/* kmod 30: children before their parent. */
static void test_root_last(void **state)
{
	static const unsigned char expected[] =
		"\xb0\x07\xf4\x57\0\2\0\1\x20\0\0\x36"
		"c\0"		      /* 12: "abc" */
		"\0\0\0\2"	      /* two values */
		"\0\0\0\1y\0"	      /* same priority: the last one added comes first */
		"\0\0\0\1x\0"	      /* 30 */
		"\0\0\0\1\0\0\0\0w\0" /* 30: "ad", no prefix */
		"bd"		      /* 40: "a": children from b to d */
		"\xc0\0\0\x0c\0\0\0\0\x40\0\0\x1e" /* 54: end */
		"aa\x20\0\0\x28";		   /* root */

	write_bytes(ROOT_LAST, expected, sizeof(expected) - 1);
}

/* kmod 34: a parent before its children. */
static void test_root_first(void **state)
{
	static const unsigned char expected[] =
		"\xb0\x07\xf4\x57\0\2\0\1\x20\0\0\x0c"
		"aa\x20\0\0\x12"		    /* 12: root */
		"bd"				    /* 18: "a" */
		"\xc0\0\0\x20\0\0\0\0\x40\0\0\x32"  /* 32: end */
		"c\0\0\0\0\2\0\0\0\1y\0\0\0\0\1x\0" /* 32: "abc" */
		"\0\0\0\1\0\0\0\0w\0";		    /* 50: "ad" */

	write_bytes(ROOT_FIRST, expected, sizeof(expected) - 1);
}

static void test_round_trip(void **state)
{
	static const char *const rows[][2] = {
		{ "romane", "1" },  { "romanus", "2" }, { "romulus", "3" },
		{ "rubens", "4" },  { "ruber", "5" },	{ "r", "6" },
		{ "rom", "7" },	    { "", "8" },	{ "pci:v*d", "9" },
		{ "romane", "10" },
	};
	static const uint32_t priorities[] = { 5, 0, 0, 0, 0, 0, 0, 0, 0, 3 };
	struct trie trie = make(rows, priorities, sizeof(rows) / sizeof(*rows));

	assert_string_equal(find(&trie, "romane"), "10 1");
	assert_string_equal(find(&trie, "romanus"), "2");
	assert_string_equal(find(&trie, "rom"), "7");
	assert_string_equal(find(&trie, "r"), "6");
	assert_string_equal(find(&trie, "ruber"), "5");
	assert_string_equal(find(&trie, "rub"), "");
	assert_string_equal(find(&trie, "pci:vabcd"), "9");
	trie_free(&trie);
}

static void test_refused_keys(void **state)
{
	struct trie_writer writer = { 0 };
	struct strbuf out = { 0 };
	char *longest = malloc(INDEX_KEY_MAX + 2);

	memset(longest, 'x', INDEX_KEY_MAX + 1);
	longest[INDEX_KEY_MAX + 1] = '\0';
	assert_int_equal(triewrite_add(&writer, "caf\xc3\xa9", "v", 0), -1);
	assert_int_equal(triewrite_add(&writer, longest, "v", 0), -1);
	longest[INDEX_KEY_MAX] = '\0';
	assert_int_equal(triewrite_add(&writer, longest, "v", 0), 0);
	assert_int_equal(triewrite_finish(&writer, ROOT_FIRST, &out), 0);
	triewrite_free(&writer);
	strbuf_free(&out);
	free(longest);
}

/* Every key is a prefix of the next: a tree as deep as the longest key. */
static void test_deep(void **state)
{
	struct trie_writer writer = { 0 };
	struct strbuf out = { 0 };
	char *keys = malloc((size_t)INDEX_KEY_MAX * (INDEX_KEY_MAX + 1));
	struct trie trie;

	for (size_t i = 0; i < INDEX_KEY_MAX; i++) {
		char *key = keys + i * (INDEX_KEY_MAX + 1);

		memset(key, 'a', i + 1);
		key[i + 1] = '\0';
		assert_int_equal(triewrite_add(&writer, key, "v", 0), 0);
	}
	assert_int_equal(triewrite_finish(&writer, ROOT_FIRST, &out), 0);
	triewrite_free(&writer);
	assert_int_equal(trie_init(&trie, out.data, out.size), 0);
	assert_string_equal(find(&trie, keys), "v");
	assert_string_equal(find(&trie, keys + 999 * (size_t)(INDEX_KEY_MAX + 1)), "v");
	trie_free(&trie);
	free(keys);
}

/* Keys that no valid index holds: made of child bytes only, without any prefix. */
static void test_endless_key(void **state)
{
	enum { SIZE = 64 << 10 }; /* the read budget depends on the size */
	/* The root is its own child, for 'a'. */
	static const unsigned char cycle[] = "\xb0\x07\xf4\x57\0\2\0\1\x20\0\0\x0c"
					     "aa\x20\0\0\x0c";
	struct trie_values values = { 0 };
	char *data = calloc(1, SIZE);
	struct trie trie;

	assert_non_null(data);
	memcpy(data, cycle, sizeof(cycle) - 1);
	assert_int_equal(trie_init(&trie, data, SIZE), 0);
	assert_int_equal(trie_all(&trie, &values), -1);
	trie_values_free(&values);
	trie_free(&trie);
}

/* The longest key is found below a wildcard too, and in the list of all. */
static void test_longest_key(void **state)
{
	char *key = malloc(INDEX_KEY_MAX + 1);
	struct trie_writer writer = { 0 };
	struct trie_values values = { 0 };
	struct strbuf out = { 0 };
	struct trie trie;

	assert_non_null(key);
	memset(key, 'x', INDEX_KEY_MAX);
	key[INDEX_KEY_MAX] = '\0';
	key[0] = '*';
	assert_int_equal(triewrite_add(&writer, key, "v", 0), 0);
	assert_int_equal(triewrite_finish(&writer, ROOT_FIRST, &out), 0);
	triewrite_free(&writer);
	assert_int_equal(trie_init(&trie, out.data, out.size), 0);
	key[0] = 'y';
	assert_string_equal(find(&trie, key), "v");
	assert_int_equal(trie_all(&trie, &values), 0);
	assert_int_equal(values.n, 1);
	trie_values_free(&values);
	trie_free(&trie);
	free(key);
}

/*
 * The wanted key may contain wildcards; they have no meaning there.  As in libkmod, the
 * pattern's own text up to any wildcard finds it, once more if the pattern matches too.
 */
static void test_wildcards_in_request(void **state)
{
	static const char *const rows[][2] = {
		{ "[ab]*", "brackets" },
		{ "*x", "star" },
		{ "?y", "any" },
	};
	struct trie trie = make(rows, NULL, 3);

	assert_string_equal(find(&trie, "b*"), "brackets");
	assert_string_equal(find(&trie, "[ab]*"), "brackets");
	assert_string_equal(find(&trie, "[ab]x"), "star brackets");
	assert_string_equal(find(&trie, "*x"), "star star");
	assert_string_equal(find(&trie, "?y"), "any any");
	trie_free(&trie);
}

/*
 * Values in any order of priority, many with the same: sorted as by depmod, without
 * quadratic time.
 */
static void test_many_values(void **state)
{
	enum { N = 100000 };
	struct trie_writer writer = { 0 };
	struct strbuf out = { 0 };
	struct trie trie;

	for (uint32_t i = 0; i < N; i++)
		assert_int_equal(triewrite_add(&writer, "same", "v", i / 1000) > 0,
				 i % 1000 > 0);
	triewrite_add(&writer, "key", "c", 7);
	triewrite_add(&writer, "key", "a", 1);
	triewrite_add(&writer, "key", "d", 9);
	triewrite_add(&writer, "key", "b", 3);
	assert_int_equal(triewrite_finish(&writer, ROOT_FIRST, &out), 0);
	triewrite_free(&writer);
	assert_int_equal(trie_init(&trie, out.data, out.size), 0);
	assert_string_equal(find(&trie, "key"), "a b c d");
	trie_free(&trie);
}

/* Make a file of an index of 20,000 rows, or of its first size bytes. */
static FILE *in_file(struct strbuf *out, size_t size)
{
	struct trie_writer writer = { 0 };
	FILE *file = tmpfile();
	static char rows[20000][2][16];

	for (int i = 0; i < 20000; i++) {
		sprintf(rows[i][0], "key%d", i * 7919);
		sprintf(rows[i][1], "v%d", i);
		assert_int_equal(triewrite_add(&writer, rows[i][0], rows[i][1], 0), 0);
	}
	assert_int_equal(triewrite_finish(&writer, ROOT_FIRST, out), 0);
	triewrite_free(&writer);
	assert_true(out->size > 200000);
	assert_non_null(file);
	assert_int_equal(fwrite(out->data, 1, size ? size : out->size, file),
			 size ? size : out->size);
	assert_int_equal(fflush(file), 0);
	return file;
}

/*
 * A search reads only the blocks it needs; reading the whole file gives the same result.
 */
static void test_file(void **state)
{
	struct strbuf out = { 0 };
	FILE *file = in_file(&out, 0);
	struct trie_values values = { 0 };
	struct trie trie;
	int fd = dup(fileno(file));
	size_t blocks = 0;

	assert_int_equal(trie_open(&trie, &fd, (off_t)out.size), 0);
	assert_int_equal(fd, -1);
	assert_string_equal(find(&trie, "key7919"), "v1");
	assert_string_equal(find(&trie, "key"), "");
	for (size_t i = 0; i <= trie.size / 4096; i++)
		blocks += trie.have[i];
	assert_in_range(blocks, 2, 12);
	for (int i = 0; i < 20000; i++) {
		char key[16], value[16];

		sprintf(key, "key%d", i * 7919);
		sprintf(value, "v%d", i);
		assert_string_equal(find(&trie, key), value);
	}
	assert_int_equal(trie_all(&trie, &values), 0);
	assert_int_equal(values.n, 20000);
	assert_memory_equal(trie.data, out.data, out.size);
	trie_values_free(&values);
	trie_free(&trie);
	fclose(file);
	strbuf_free(&out);
}

/* A truncated file, or one of an impossible size, is not an index. */
static void test_short_file(void **state)
{
	struct strbuf out = { 0 };
	FILE *file = in_file(&out, 20000);
	struct trie_values values = { 0 };
	struct trie trie;
	int fd = dup(fileno(file));

	assert_int_equal(trie_open(&trie, &fd, (off_t)out.size), 0);
	assert_int_equal(trie_all(&trie, &values), -1);
	assert_int_equal(errno, EBADMSG);
	trie_values_free(&values);
	trie_free(&trie);
	for (off_t size = 0; size <= 11; size += 11) {
		fd = dup(fileno(file));
		assert_int_equal(trie_open(&trie, &fd, size), -1);
		trie_free(&trie);
	}
	fd = dup(fileno(file));
	assert_int_equal(trie_open(&trie, &fd, (off_t)1 << 40), -1);
	assert_int_equal(fd, -1);
	trie_free(&trie);
	fclose(file);
	strbuf_free(&out);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_empty),
	cmocka_unit_test(test_root_last),
	cmocka_unit_test(test_root_first),
	cmocka_unit_test(test_round_trip),
	cmocka_unit_test(test_refused_keys),
	cmocka_unit_test(test_deep),
	cmocka_unit_test(test_endless_key),
	cmocka_unit_test(test_longest_key),
	cmocka_unit_test(test_wildcards_in_request),
	cmocka_unit_test(test_many_values),
	cmocka_unit_test(test_file),
	cmocka_unit_test(test_short_file),
};
UNIT_TEST_MAIN(NULL, NULL)
