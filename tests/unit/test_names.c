// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of modules, files and aliases, as in libkmod. */
#include "base/path.h"
#include "module/names.h"
#include "unit.h"

static void stems(void **state)
{
	static const struct {
		const char *file;
		size_t stem;
	} rows[] = {
		{ "a.ko", 1 },	       { "ext4.ko.xz", 4 },
		{ "ext4.ko.gz", 4 },   { "ext4.ko.zst", 4 },
		{ "a.ko.ko", 4 },      { "a.ko.bz2", 0 },
		{ ".ko", 0 },	       { ".a.ko", 0 },
		{ ".ko.xz", 0 },       { "", 0 },
		{ "ko", 0 },	       { "ako", 0 },
		{ "a.ko.", 0 },	       { "a.ko.xz.part", 0 },
		{ "a.KO", 0 },	       { "a.ko.debug", 0 },
		{ "a.b-c.ko.zst", 5 },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(module_stem(rows[i].file), rows[i].stem);
}

static void module_names(void **state)
{
	static const char *const rows[][2] = {
		{ "kernel/drivers/md/dm-crypt.ko.xz", "dm_crypt" },
		{ "dm-crypt", "dm_crypt" },
		{ "a/b-c/d", "d" },
		{ "snd_hda-intel.ko", "snd_hda_intel" },
		{ "a/", "" },
		{ "a.ko.bz2", "a" },
		{ "a.b.ko", "a" },
	};
	struct arena arena = { 0 };

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(module_name(&arena, rows[i][0]), rows[i][1]);
	arena_free(&arena);
}

static void requests(void **state)
{
	static const char *const rows[][2] = {
		{ "dm-crypt", "dm_crypt" },
		{ "dm_crypt.ko", "dm_crypt" },
		{ "kernel/drivers/md/dm-crypt.ko.zst", "dm_crypt" },
		{ "/kernel/a.ko", "a" },
		{ "crypto-xts(aes)", "crypto_xts(aes)" },
		{ "usbfunc:ffs", "usbfunc:ffs" },
		{ "pci:v00008086d*sv*", "pci:v00008086d*sv*" },
		/* Without a module suffix it is not a path. */
		{ "../../etc/passwd", "../../etc/passwd" },
		{ "a-b[c-d]e-f", "a_b[c-d]e_f" },
		/* Unbalanced brackets. */
		{ "a[b", NULL },
		{ "a]b", NULL },
		{ "[a]]", NULL },
	};
	struct arena arena = { 0 };

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *name = normalize_request(&arena, rows[i][0]);

		if (rows[i][1])
			assert_string_equal(name, rows[i][1]);
		else
			assert_null(name);
	}
	arena_free(&arena);
}

static void own_names(void **state)
{
	assert_true(is_name_of("dm-crypt", "dm_crypt"));
	assert_true(is_name_of("dm_crypt.ko.xz", "dm_crypt"));
	assert_true(is_name_of("kernel/md/dm-crypt.ko", "dm_crypt"));
	assert_false(is_name_of("crypt", "dm_crypt"));
	assert_false(is_name_of("dm_crypt[", "dm_crypt"));
}

static void paths_below(void **state)
{
	static const char *const inside[] = { "a",	 "a/b.ko",
					      "a/..b/c", "a/b../c",
					      "...",	 "kernel/fs/ext4/ext4.ko.xz" };
	static const char *const outside[] = { "",	 "/",	      "/a",
					       "..",	 "../a",      "a/..",
					       "a/../b", "a/b/../..", "a//.." };

	for (size_t i = 0; i < COUNT(inside); i++)
		assert_true(is_path_below(inside[i]));
	for (size_t i = 0; i < COUNT(outside); i++)
		assert_false(is_path_below(outside[i]));
}

static void unlistable(void **state)
{
	static const char *const rows[] = { "a\tb", "a\nb", "a:b", "\001", "a\177b" };

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(is_unlistable(rows[i]));
	assert_false(is_unlistable("kernel/fs/ext4/ext4.ko.xz"));
	assert_false(is_unlistable("\xc3\xa4+#.ko"));
	assert_false(is_unlistable("kernel/a b.ko"));
}

static void row_paths(void **state)
{
	assert_int_equal(row_path_length("kernel/a.ko kernel/b.ko"), 11);
	assert_int_equal(row_path_length("a dir/my mod.ko.xz b.ko"), 18);
	assert_int_equal(row_path_length("b.ko"), 4);
	assert_int_equal(row_path_length("no suffix "), 10);
	assert_int_equal(row_path_length(""), 0);
}

static void distances(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned distance;
	} rows[] = {
		{ "ext4", "ext4", 0 },
		{ "ext4", "ext3", 1 },	       /* replaced */
		{ "ext4", "ext", 1 },	       /* deleted */
		{ "ext4", "exxt4", 1 },	       /* inserted */
		{ "dm_crpyt", "dm_crypt", 1 }, /* transposed */
		{ "ca", "abc", 3 },	       /* each letter moves once */
		{ "", "ab", 2 },
		{ "", "", 0 },
		{ "abcdef", "uvwxyz", 4 }, /* beyond the limit */
		{ "a", "abcdefgh", 4 },
	};
	char long_name[100];

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(name_distance(rows[i].a, rows[i].b, 3),
				 rows[i].distance);
		assert_int_equal(name_distance(rows[i].b, rows[i].a, 3),
				 rows[i].distance);
	}
	/* Too long to compare; nothing is written out of bounds. */
	memset(long_name, 'a', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_int_equal(name_distance(long_name, long_name, 3), 4);
	long_name[64] = '\0';
	assert_int_equal(name_distance(long_name, long_name, 3), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(stems),       cmocka_unit_test(module_names),
	cmocka_unit_test(requests),    cmocka_unit_test(own_names),
	cmocka_unit_test(paths_below), cmocka_unit_test(unlistable),
	cmocka_unit_test(row_paths),   cmocka_unit_test(distances),
};
UNIT_TEST_MAIN(NULL, NULL)
