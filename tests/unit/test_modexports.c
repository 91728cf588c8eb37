// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A module's exports, as kernels of different ages lay them out: with or without a
 * namespace, as addresses or distances, and CRCs in the table, as the values of symbols,
 * or elsewhere.
 */
#include "module/modfacts.h"
#include "modules.h"

enum crcs { CRCS_IN_TABLE, CRCS_OF_SYMBOLS, CRCS_ELSEWHERE, CRCS_NONE };

struct shape {
	struct kind kind;
	unsigned fields, field; /* of an entry: their number, and bytes of each */
	enum crcs crcs;
};

enum { EXPORTS = 3, SYMBOLS = 2 * EXPORTS + 1 };
enum {
	SYMTAB = 1,
	STRTAB,
	KSYMTAB,
	RELA_KSYMTAB,
	KCRCTAB,
	RELA_KCRCTAB,
	STRINGS,
	RODATA,
	SHSTRTAB
};

static const char *const section_names[] = {
	"",	     ".symtab",	       ".strtab",	    "__ksymtab", ".rela__ksymtab",
	"__kcrctab", ".rela__kcrctab", "__ksymtab_strings", ".rodata",	 ".shstrtab",
};
enum { SECTIONS = COUNT(section_names) };

static const char *const exported[EXPORTS] = { "one", "two", "three" };
static const uint32_t sums[EXPORTS] = { 0x11111111, 0xdeadbeef, 0x7fffffff };

static struct bytes file;
static struct {
	size_t offset, size;
} parts[SECTIONS];

static void begin(unsigned section)
{
	file.size = (file.size + 7) / 8 * 8;
	parts[section].offset = file.size;
}

static void end(unsigned section)
{
	parts[section].size = file.size - parts[section].offset;
}

static unsigned word(struct kind kind)
{
	return kind.class == ELFCLASS64 ? 8 : 4;
}

/* Symbol i: its value in a section. */
static void put_symbol(struct kind kind, unsigned name, unsigned section, uint64_t value)
{
	bool wide = kind.class == ELFCLASS64;
	size_t p = file.size;

	put_number(&file, kind, p, 4, name);
	put_number(&file, kind, p + (wide ? 8 : 4), word(kind), value);
	put_number(&file, kind, p + (wide ? 16 : 8), word(kind), 0);
	put_number(&file, kind, p + (wide ? 6 : 14), 2, section);
	put_number(&file, kind, p + (wide ? 4 : 12), 1, STB_GLOBAL << 4);
	file.size = p + (wide ? 24 : 16);
}

static void put_relocation(struct kind kind, uint64_t offset, uint64_t symbol,
			   uint64_t addend)
{
	bool wide = kind.class == ELFCLASS64;

	put_number(&file, kind, file.size, word(kind), offset);
	put_number(&file, kind, file.size, word(kind),
		   wide ? symbol << 32 | 1 : symbol << 8 | 1);
	put_number(&file, kind, file.size, word(kind), addend);
}

static void put_entries(const struct shape *shape)
{
	unsigned size = shape->fields * shape->field;
	static const unsigned char zeros[EXPORTS * 24];

	begin(KSYMTAB);
	append(&file, zeros, (size_t)EXPORTS * size);
	end(KSYMTAB);
	begin(RELA_KSYMTAB);
	for (unsigned i = 0; i < EXPORTS; i++) {
		/* symbols: of values, of CRCs, and of the strings' section */
		put_relocation(shape->kind, i * size, 1 + i, 0);
		put_relocation(shape->kind, i * size + shape->field, SYMBOLS,
			       1 + 8 * (uint64_t)i);
		if (shape->fields == 3 && i > 0) /* the first has none at all */
			put_relocation(shape->kind, i * size + 2 * shape->field, SYMBOLS,
				       i == 1 ? 30 : 0);
	}
	end(RELA_KSYMTAB);
}

static void put_crcs(const struct shape *shape)
{
	begin(KCRCTAB);
	for (unsigned i = 0; i < EXPORTS && shape->crcs != CRCS_NONE; i++)
		put_number(&file, shape->kind, file.size, 4,
			   shape->crcs == CRCS_IN_TABLE ? sums[i] : 0);
	end(KCRCTAB);
	begin(RELA_KCRCTAB);
	for (unsigned i = 0; i < EXPORTS; i++)
		if (shape->crcs == CRCS_OF_SYMBOLS || shape->crcs == CRCS_ELSEWHERE)
			put_relocation(shape->kind, 4 * i, 1 + EXPORTS + i, 0);
	end(RELA_KCRCTAB);
	begin(RODATA);
	for (unsigned i = EXPORTS; i-- > 0;)
		put_number(&file, shape->kind, file.size, 4, sums[i]);
	end(RODATA);
}

static void put_symbols(const struct shape *shape)
{
	begin(SYMTAB);
	put_symbol(shape->kind, 0, 0, 0);
	for (unsigned i = 0; i < EXPORTS; i++)
		put_symbol(shape->kind, 1, RODATA, i);
	for (unsigned i = 0; i < EXPORTS; i++)
		if (shape->crcs == CRCS_ELSEWHERE)
			put_symbol(shape->kind, 1, RODATA, 4 * (EXPORTS - 1 - i));
		else
			put_symbol(shape->kind, 1, SHN_ABS, sums[i]);
	put_symbol(shape->kind, 0, STRINGS, 0);
	end(SYMTAB);
	begin(STRTAB);
	append(&file, "\0a", 3);
	end(STRTAB);
}

static void put_strings(void)
{
	static const char strings[40] = { [30] = 'S' };

	begin(STRINGS);
	append(&file, strings, sizeof(strings));
	for (unsigned i = 0; i < EXPORTS; i++)
		memcpy(file.data + parts[STRINGS].offset + 1 + 8 * (size_t)i, exported[i],
		       strlen(exported[i]));
	end(STRINGS);
}

static void put_sections(struct kind kind)
{
	static const unsigned types[SECTIONS] = {
		[SYMTAB] = SHT_SYMTAB,	  [STRTAB] = SHT_STRTAB,
		[KSYMTAB] = SHT_PROGBITS, [RELA_KSYMTAB] = SHT_RELA,
		[KCRCTAB] = SHT_PROGBITS, [RELA_KCRCTAB] = SHT_RELA,
		[STRINGS] = SHT_PROGBITS, [RODATA] = SHT_PROGBITS,
		[SHSTRTAB] = SHT_STRTAB,
	};
	unsigned name[SECTIONS], w = word(kind),
				 size = kind.class == ELFCLASS64 ? 64 : 40;
	size_t table;

	begin(SHSTRTAB);
	for (unsigned i = 0; i < SECTIONS; i++) {
		name[i] = (unsigned)(file.size - parts[SHSTRTAB].offset);
		append(&file, section_names[i], strlen(section_names[i]) + 1);
	}
	end(SHSTRTAB);
	table = (file.size + 7) / 8 * 8;
	for (unsigned i = 0; i < SECTIONS; i++) {
		size_t p = table + (size_t)i * size;
		bool allocated = types[i] == SHT_PROGBITS;

		put_number(&file, kind, p, 4, name[i]);
		put_number(&file, kind, p + 4, 4, types[i]);
		put_number(&file, kind, p + 8, w, allocated ? SHF_ALLOC : 0);
		put_number(&file, kind, p + 8 + 2 * w, w, parts[i].offset);
		put_number(&file, kind, p + 8 + 3 * w, w, parts[i].size);
		put_number(&file, kind, p + 8 + 4 * w, 4,
			   i == SYMTAB		? STRTAB :
			   types[i] == SHT_RELA ? SYMTAB :
						  0);
		put_number(&file, kind, p + 12 + 4 * w, 4,
			   types[i] == SHT_RELA ? i - 1 : 0);
		put_number(&file, kind, p + size - 1, 1, 0);
	}
	put_number(&file, kind, w == 8 ? 40 : 32, w, table);
	put_number(&file, kind, w == 8 ? 58 : 46, 2, size);
	put_number(&file, kind, w == 8 ? 60 : 48, 2, SECTIONS);
	put_number(&file, kind, w == 8 ? 62 : 50, 2, SHSTRTAB);
}

static void make_exporting(const struct shape *shape)
{
	struct kind kind = shape->kind;

	memset(&file, 0, sizeof(file));
	memset(parts, 0, sizeof(parts));
	append(&file, ELFMAG, SELFMAG);
	put_number(&file, kind, EI_CLASS, 1, kind.class);
	put_number(&file, kind, EI_DATA, 1, kind.order);
	put_number(&file, kind, EI_VERSION, 1, EV_CURRENT);
	put_number(&file, kind, 16, 2, ET_REL);
	put_number(&file, kind, 18, 2, EM_PPC64);
	put_number(&file, kind, 20, 4, EV_CURRENT);
	file.size = 64;
	put_entries(shape);
	put_crcs(shape);
	put_symbols(shape);
	put_strings();
	put_sections(kind);
}

static void assert_exports(const struct shape *shape)
{
	struct arena arena = { 0 };
	struct module_facts facts;
	const char *err = NULL;
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_int_equal(pwrite(fd, file.data, file.size, 0), (ssize_t)file.size);
	assert_int_equal(modreader_facts(reader, fd, &arena, NULL, &facts, &err), 0);
	close(fd);
	assert_null(facts.err);
	assert_int_equal(facts.n_exports, EXPORTS);
	for (unsigned i = 0; i < EXPORTS; i++) {
		assert_string_equal(facts.exports[i].name, exported[i]);
		assert_string_equal(facts.exports[i].namespace,
				    shape->fields == 3 && i == 1 ? "S" : "");
		assert_int_equal(facts.exports[i].has_crc, shape->crcs != CRCS_NONE);
		if (shape->crcs != CRCS_NONE)
			assert_int_equal(facts.exports[i].crc, sums[i]);
	}
	arena_free(&arena);
}

static void test_shapes(void **state)
{
	for (unsigned k = 0; k < N_KINDS; k++)
		for (unsigned n = 2; n <= 3; n++)
			for (unsigned field = 4; field <= word(kinds[k]); field += 4)
				for (unsigned c = CRCS_IN_TABLE; c <= CRCS_NONE; c++) {
					struct shape shape = { kinds[k], n, field, c };

					make_exporting(&shape);
					assert_exports(&shape);
				}
}

/* Each byte damaged in turn: nothing is read past an end (the sanitizers see it). */
static void test_damaged_exports(void **state)
{
	struct shape shape = { usual, 3, 4, CRCS_ELSEWHERE };

	make_exporting(&shape);
	for (size_t i = 64; i < file.size; i++) {
		struct arena arena = { 0 };
		struct module_facts facts;
		const char *err = NULL;
		int fd = memfd_create("test", MFD_CLOEXEC);

		file.data[i] ^= 0xff;
		assert_int_equal(pwrite(fd, file.data, file.size, 0), (ssize_t)file.size);
		if (modreader_facts(reader, fd, &arena, NULL, &facts, &err) < 0)
			assert_non_null(err);
		close(fd);
		arena_free(&arena);
		file.data[i] ^= 0xff;
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_shapes),
	cmocka_unit_test(test_damaged_exports),
};

UNIT_TEST_MAIN(make_reader, free_reader)
