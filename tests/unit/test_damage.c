// SPDX-License-Identifier: GPL-2.0-or-later
/* Truncated and damaged module files: detected, without a crash. */
#include "modules.h"

static void test_truncated_at_each_byte(void **state)
{
	for (int i = 0; i < N_KINDS; i++) {
		for (int k = 0; k < N_COMPRESSORS; k++) {
			struct bytes module =
				make_module(kinds[i], fields, sizeof(fields));
			struct bytes whole = compressors[k](&module), part = whole;

			for (part.size = 0; part.size < whole.size; part.size++) {
				assert_int_equal(check(&part, false), -1);
				assert_int_equal(check(&part, true), -1);
				assert_true(read_lines(&part)[0] == '!');
			}
		}
	}
}

/*
 * A flipped bit is detected where a checksum covers it; elsewhere it is detected or
 * harmless.
 */
static void test_flipped_bits(void **state)
{
	static const compressor summed[] = { gzip, xz, zstd };
	struct bytes module = usual_module();

	for (int k = 0; k < 3; k++) {
		struct bytes b = summed[k](&module);

		for (size_t bit = 0; bit < b.size * 8; bit++) {
			int ret;

			b.data[bit / 8] ^= (unsigned char)(1 << bit % 8);
			ret = check(&b, true);
			check(&b, false);
			/* gzip and zstd have unused header bits. */
			if (summed[k] == xz)
				assert_int_equal(ret, -1);
			else if (ret == 0)
				assert_string_equal(read_lines(&b), fields_read);
			b.data[bit / 8] ^= (unsigned char)(1 << bit % 8);
		}
	}
}

static void test_flipped_bits_of_plain_modules_are_survived(void **state)
{
	for (int i = 0; i < N_KINDS; i++) {
		struct bytes b = make_module(kinds[i], fields, sizeof(fields));

		for (size_t bit = 0; bit < b.size * 8; bit++) {
			b.data[bit / 8] ^= (unsigned char)(1 << bit % 8);
			read_lines(&b);
			b.data[bit / 8] ^= (unsigned char)(1 << bit % 8);
		}
	}
}

static void test_trailing_garbage(void **state)
{
	struct bytes module = usual_module();

	for (int k = 1; k < N_COMPRESSORS; k++) {
		struct bytes b = compressors[k](&module);
		int expected = compressors[k] == gzip ? 0 :
							-1; /* as gzip(1) and gzread(3) */

		append(&b, "garbage", 8);
		assert_int_equal(check(&b, false), expected);
		assert_int_equal(check(&b, true), expected);
	}
}

/* Headers that point libkmod, or us, outside the file. */
static void test_damaged_headers(void **state)
{
	static const struct {
		int base; /* 0: the file, 1: section headers, 2: of .modinfo, 3: of
			     .shstrtab */
		unsigned offset, size;
		uint64_t value;
	} rows[] = {
		{ 0, 0, 1, 0 },			/* magic */
		{ 0, EI_CLASS, 1, 0 },		/* class */
		{ 0, EI_CLASS, 1, ELFCLASS32 }, /* the other value */
		{ 0, EI_CLASS, 1, 3 },
		{ 0, EI_DATA, 1, 0 },		/* byte order */
		{ 0, EI_DATA, 1, ELFDATA2MSB }, /* the other value */
		{ 0, 16, 2, ET_EXEC },		/* e_type */
		{ 0, 40, 8, 0 },		/* e_shoff */
		{ 0, 40, 8, 1U << 20 },
		{ 0, 40, 8, UINT64_MAX },
		{ 0, 40, 8, UINT64_MAX - 255 }, /* its end wraps to 0 */
		{ 0, 58, 2, 0 },		/* e_shentsize */
		{ 0, 58, 2, 40 },
		{ 0, 60, 2, 0 }, /* e_shnum */
		{ 0, 60, 2, 5 },
		{ 0, 60, 2, 0xffff },
		{ 0, 62, 2, 0 }, /* e_shstrndx */
		{ 0, 62, 2, 4 },
		{ 0, 62, 2, SHN_XINDEX },
		{ 2, 0, 4, sizeof(names) }, /* sh_name */
		{ 2, 0, 4, UINT32_MAX },
		{ 2, 4, 4, SHT_NOBITS }, /* sh_type */
		{ 2, 24, 8, 1U << 20 },	 /* sh_offset */
		{ 2, 24, 8, UINT64_MAX },
		{ 2, 32, 8, 1U << 20 }, /* sh_size */
		{ 2, 32, 8, UINT64_MAX },
		{ 2, 32, 8, UINT64_MAX - 63 },
		{ 3, 24, 8, UINT64_MAX },
		{ 3, 24, 8, 1U << 20 },
		{ 3, 32, 8, 0 },
		{ 3, 32, 8, UINT64_MAX },
		{ 3, 32, 8, sizeof(names) - 1 }, /* unterminated names */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bytes b = usual_module();
		size_t base = rows[i].base ? at.table + (size_t)(rows[i].base - 1) * 64 :
					     0;

		put_number(&b, usual, base + rows[i].offset, rows[i].size, rows[i].value);
		assert_int_equal(check(&b, false), -1);
		assert_true(read_lines(&b)[0] == '!');
		b = xz(&b);
		assert_int_equal(check(&b, true), -1);
		assert_true(read_lines(&b)[0] == '!');
	}
}

/* A frame that claims to need more memory than exists, but does not. */
static void test_false_size_claims(void **state)
{
	struct bytes b = { { 0x28, 0xb5, 0x2f, 0xfd, 0xe0 }, 0 };

	put_number(&b, usual, 5, 8, UINT64_C(1) << 29);
	append(&b, "\1\0\0", 3); /* a last block, empty */
	assert_int_equal(check(&b, true), -1);
	put_number(&b, usual, 5, 8, UINT64_C(1) << 50);
	assert_int_equal(check(&b, true), -1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_truncated_at_each_byte),
	cmocka_unit_test(test_flipped_bits),
	cmocka_unit_test(test_flipped_bits_of_plain_modules_are_survived),
	cmocka_unit_test(test_trailing_garbage),
	cmocka_unit_test(test_damaged_headers),
	cmocka_unit_test(test_false_size_claims),
};
UNIT_TEST_MAIN(make_reader, free_reader)
