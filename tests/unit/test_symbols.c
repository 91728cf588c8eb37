// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Symbols of modules: the same as libkmod's for valid ones; damaged ones do no harm.
 *
 *     ELF header | .symtab | .strtab | __versions | __ksymtab_strings | __kcrctab |
 *     .shstrtab | section headers
 */
#include <libkmod.h>

#include "module/elfsymbols.h"
#include "modules.h"

enum { SYMTAB = 1, STRTAB, VERSIONS, STRINGS, CRCS, SHSTRTAB, N_SECTIONS };

static const char section_names[] =
	"\0.symtab\0.strtab\0__versions\0__ksymtab_strings\0__kcrctab\0.shstrtab";
static const unsigned name_at[] = { 0, 1, 9, 17, 28, 46, 56 };

static const char strtab[] = "\0need_a\0need_weak\0__crc_out_abs\0__crc_out_rel\0local";
enum { NEED_A = 1, NEED_WEAK = 8, CRC_ABS = 18, CRC_REL = 32, LOCAL = 46 };

/* Offsets of the sections in the last module made. */
static size_t offsets[N_SECTIONS + 1], table;

static void put_symbol(struct bytes *b, struct kind kind, unsigned name, unsigned bind,
		       unsigned section, uint64_t value)
{
	bool wide = kind.class == ELFCLASS64;
	size_t p = b->size;

	put_number(b, kind, p + (wide ? 23 : 15), 1, 0);
	memset(b->data + p, 0, wide ? 24 : 16);
	put_number(b, kind, p, 4, name);
	put_number(b, kind, p + (wide ? 4 : 12), 1, bind << 4);
	put_number(b, kind, p + (wide ? 6 : 14), 2, section);
	put_number(b, kind, p + (wide ? 8 : 4), wide ? 8 : 4, value);
}

static void put_version(struct bytes *b, struct kind kind, uint64_t crc, const char *name)
{
	unsigned word = kind.class == ELFCLASS64 ? 8 : 4;
	size_t p = b->size;

	put_number(b, kind, p + 63, 1, 0);
	memset(b->data + p, 0, 64);
	put_number(b, kind, p, word, crc);
	strcpy((char *)b->data + p + word, name);
}

static void put_contents(struct bytes *b, struct kind kind, const char *strings,
			 size_t size)
{
	offsets[SYMTAB] = b->size;
	put_symbol(b, kind, 0, STB_LOCAL, SHN_UNDEF, 0);
	put_symbol(b, kind, LOCAL, STB_LOCAL, CRCS, 0);
	put_symbol(b, kind, CRC_REL, STB_GLOBAL, CRCS, 4);
	put_symbol(b, kind, NEED_WEAK, STB_WEAK, SHN_UNDEF, 0);
	put_symbol(b, kind, CRC_ABS, STB_GLOBAL, SHN_ABS, 0x1234);
	put_symbol(b, kind, NEED_A, STB_GLOBAL, SHN_UNDEF, 0);
	offsets[STRTAB] = b->size;
	append(b, strings, size);
	offsets[VERSIONS] = b->size;
	put_version(b, kind, 0x11111111, "module_layout");
	put_version(b, kind, 0x22222222, "need_a");
	offsets[STRINGS] = b->size;
	append(b, "out_abs\0\0out_rel", 17);
	offsets[CRCS] = b->size;
	put_number(b, kind, b->size, 4, 0xdeadbeef);
	put_number(b, kind, b->size, 4, 0x89abcdef);
}

static struct bytes make_symbols(struct kind kind)
{
	struct bytes b = { .size = 0 };
	bool wide = kind.class == ELFCLASS64;

	at.header_size = wide ? 64 : 52;
	at.section_size = wide ? 64 : 40;
	b.size = at.header_size;
	put_contents(&b, kind, strtab, sizeof(strtab));
	offsets[SHSTRTAB] = b.size;
	append(&b, section_names, sizeof(section_names));
	offsets[N_SECTIONS] = b.size;
	table = at.table = b.size;
	put_section(&b, kind, 0, SHT_NULL, 0, 0);
	for (unsigned i = 1; i < N_SECTIONS; i++)
		put_section(&b, kind, name_at[i], SHT_PROGBITS, offsets[i],
			    offsets[i + 1] - offsets[i]);
	put_header(&b, kind);
	put_number(&b, kind, wide ? 60 : 48, 2, N_SECTIONS);
	put_number(&b, kind, wide ? 62 : 50, 2, SHSTRTAB);
	return b;
}

static int open_memory(const void *data, size_t size)
{
	int fd = memfd_create("test", 0);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, size), size);
	return fd;
}

/*
 * Our list of a module's symbols: "+exported=crc" and "-needed=crc", weak ones "~needed".
 */
static char *list(const void *data, size_t size)
{
	static char text[4096];
	struct modsymbols symbols;
	struct arena arena = { 0 };
	struct modinfo info;
	const char *err = NULL;
	int fd = open_memory(data, size);
	char *p = text;

	*p = '\0';
	if (modreader_symbols(reader, fd, &arena, &info, &symbols, &err) < 0) {
		assert_non_null(err);
		sprintf(text, "!%s", err);
	} else {
		for (size_t i = 0; i < symbols.n_exported && p < text + 2048; i++)
			p += sprintf(p, "+%.50s=%llx ", symbols.exported[i].name,
				     (unsigned long long)symbols.exported[i].crc);
		for (size_t i = 0; i < symbols.n_needed && p < text + 3072; i++)
			p += sprintf(p, "%c%.50s=%llx ",
				     symbols.needed[i].weak ? '~' : '-',
				     symbols.needed[i].name,
				     (unsigned long long)symbols.needed[i].crc);
	}
	arena_free(&arena);
	close(fd);
	return text;
}

/* libkmod's list. */
static char *list_by_libkmod(const struct bytes *b)
{
	static char text[4096];
	const char *none = NULL;
	struct kmod_ctx *ctx = kmod_new("/dev/null", &none);
	struct kmod_list *symbols = NULL, *l;
	struct kmod_module *module;
	int fd = open_memory(b->data, b->size);
	char path[64], *p = text;

	*p = '\0';
	sprintf(path, "/proc/self/fd/%d", fd);
	assert_int_equal(kmod_module_new_from_path(ctx, path, &module), 0);
	if (kmod_module_get_symbols(module, &symbols) >= 0) {
		kmod_list_foreach(l, symbols)
			p += sprintf(p, "+%s=%llx ", kmod_module_symbol_get_symbol(l),
				     (unsigned long long)kmod_module_symbol_get_crc(l));
		kmod_module_symbols_free_list(symbols);
	}
	symbols = NULL;
	if (kmod_module_get_dependency_symbols(module, &symbols) >= 0) {
		kmod_list_foreach(l, symbols) {
			int bind = kmod_module_dependency_symbol_get_bind(l);

			p += sprintf(p, "%c%s=%llx ",
				     bind == KMOD_SYMBOL_WEAK ? '~' : '-',
				     kmod_module_dependency_symbol_get_symbol(l),
				     (unsigned long long)
					     kmod_module_dependency_symbol_get_crc(l));
		}
		kmod_module_dependency_symbols_free_list(symbols);
	}
	kmod_module_unref(module);
	kmod_unref(ctx);
	close(fd);
	return text;
}

static void test_same_as_libkmod(void **state)
{
	for (int i = 0; i < N_KINDS; i++) {
		struct bytes b = make_symbols(kinds[i]);

		assert_string_equal(list(b.data, b.size),
				    "+out_rel=89abcdef +out_abs=1234 ~need_weak=0 "
				    "-need_a=22222222 -module_layout=11111111 ");
		assert_string_equal(list(b.data, b.size), list_by_libkmod(&b));
	}
}

/* Without each of the sections, as in libkmod. */
static void test_missing_sections(void **state)
{
	for (int i = 0; i < N_KINDS; i++) {
		for (unsigned k = SYMTAB; k < SHSTRTAB; k++) {
			struct bytes b = make_symbols(kinds[i]);

			/* another name */
			b.data[offsets[SHSTRTAB] + name_at[k] + 2] = 'X';
			assert_string_equal(list(b.data, b.size), list_by_libkmod(&b));
		}
	}
}

static void test_without_sums(void **state)
{
	struct bytes b = make_symbols(usual);

	/* No __crc_ symbols: the names are in __ksymtab_strings. */
	b.data[offsets[STRTAB] + CRC_ABS] = 'x';
	b.data[offsets[STRTAB] + CRC_REL] = 'x';
	assert_string_equal(list(b.data, b.size), "+out_abs=0 +out_rel=0 ~need_weak=0 "
						  "-need_a=22222222 "
						  "-module_layout=11111111 ");
	assert_string_equal(list(b.data, b.size), list_by_libkmod(&b));
}

static size_t section_field(unsigned section, unsigned field)
{
	return table + section * at.section_size + field;
}

static void test_damaged(void **state)
{
	struct bytes whole = make_symbols(usual);
	size_t symbol = offsets[SYMTAB] + 2 * 24; /* __crc_out_rel */
	const struct {
		size_t offset;
		unsigned size;
		uint64_t value;
		const char *expected;
	} rows[] = {
		{ symbol, 4, sizeof(strtab), "!symbol table is damaged" },
		{ symbol, 4, UINT32_MAX, "!symbol table is damaged" },
		{ offsets[STRTAB] + sizeof(strtab) - 1, 1, 'x',
		  "!symbol table is damaged" },
		{ section_field(SYMTAB, 32), 8, 25, "!symbol table is damaged" },
		{ section_field(SYMTAB, 4), 4, SHT_NOBITS, "!symbol table is damaged" },
		{ section_field(STRTAB, 4), 4, SHT_NULL, "!symbol table is damaged" },
		/* A CRC that is out of bounds: libkmod's answer. */
		{ symbol + 8, 8, 5, "+out_rel=ffffffffffffffff " },
		{ symbol + 8, 8, UINT64_MAX, "+out_rel=ffffffffffffffff " },
		{ symbol + 6, 2, N_SECTIONS, "+out_rel=ffffffffffffffff " },
		{ symbol + 6, 2, SHN_COMMON, "+out_rel=ffffffffffffffff " },
		{ section_field(CRCS, 32), 8, 2, "+out_rel=ffffffffffffffff " },
		{ section_field(CRCS, 4), 4, SHT_NOBITS, "+out_rel=ffffffffffffffff " },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes b = whole;
		const char *listed;

		put_number(&b, usual, rows[i].offset, rows[i].size, rows[i].value);
		listed = list(b.data, b.size);
		assert_memory_equal(listed, rows[i].expected, strlen(rows[i].expected));
	}
}

static void test_unterminated_version(void **state)
{
	struct bytes b = make_symbols(usual);

	memset(b.data + offsets[VERSIONS] + 8, 'x', 56);
	assert_string_equal(list(b.data, b.size), "!symbol table is damaged");
}

static void test_flipped_bits_are_survived(void **state)
{
	for (int i = 0; i < N_KINDS; i++) {
		struct bytes b = make_symbols(kinds[i]);

		for (size_t bit = 0; bit < b.size * 8; bit++) {
			b.data[bit / 8] ^= (unsigned char)(1 << bit % 8);
			list(b.data, b.size);
			b.data[bit / 8] ^= (unsigned char)(1 << bit % 8);
		}
	}
}

/* Make n symbols that share one name of size bytes. */
static char *list_shared(size_t n, size_t size)
{
	static struct bytes b;
	size_t symbols, strings_at, total;
	unsigned char *data;
	char *text;

	b = make_symbols(usual);
	symbols = (b.size + 7) / 8 * 8;
	strings_at = symbols + n * 24;
	total = strings_at + size + 2;
	data = calloc(1, total);
	put_number(&b, usual, section_field(SYMTAB, 24), 8, symbols);
	put_number(&b, usual, section_field(SYMTAB, 32), 8, n * 24);
	put_number(&b, usual, section_field(STRTAB, 24), 8, strings_at);
	put_number(&b, usual, section_field(STRTAB, 32), 8, size + 2);
	memcpy(data, b.data, b.size);
	memset(data + strings_at + 1, 'n', size);
	for (size_t i = 1; i < n; i++)
		data[symbols + i * 24] = 1; /* st_name, and undefined */
	text = list(data, total);
	free(data);
	return text;
}

static void test_names_of_any_length(void **state)
{
	assert_memory_equal(list_shared(2, 100000), "+out_abs=0 +out_rel=0 -nnnnn", 28);
	/* A few MiB that would expand to a hundred GiB. */
	assert_string_equal(list_shared(100000, 1000000), "!symbol table is damaged");
}

/* Many needed symbols and many versions: no quadratic time. */
static void test_many_symbols(void **state)
{
	assert_memory_equal(list_shared(500000, 8), "+out_abs=0 +out_rel=0 -nnnnnnnn=0",
			    32);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_same_as_libkmod),
	cmocka_unit_test(test_missing_sections),
	cmocka_unit_test(test_without_sums),
	cmocka_unit_test(test_damaged),
	cmocka_unit_test(test_unterminated_version),
	cmocka_unit_test(test_flipped_bits_are_survived),
	cmocka_unit_test(test_names_of_any_length),
	cmocka_unit_test(test_many_symbols),
};
UNIT_TEST_MAIN(make_reader, free_reader)
