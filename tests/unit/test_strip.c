// SPDX-License-Identifier: GPL-2.0-or-later
/* Stripping small modules of all classes and byte orders, and hostile ones. */
#include "module/strip.h"
#include "modules.h"

enum {
	TEXT = 1,
	RELA_TEXT,
	DEBUG_INFO,
	RELA_DEBUG,
	GROUP_DEBUG, /* all members go */
	DEBUG_MACRO,
	GROUP_BOTH,
	DEBUG_TYPES,
	DATA,
	DEBUG_KEPT, /* allocated */
	BSS,
	ADDRSIG,
	SYMTAB,
	STRTAB,
	SHSTRTAB,
	N_SECTIONS,
};

static const char section_names[] =
	"\0.rela.text\0.debug_info\0.rela.debug_info\0.group\0"
	".debug_macro\0.debug_types\0.data\0.debug_kept\0"
	".bss\0.llvm_addrsig\0.symtab\0.strtab\0.shstrtab";
static const char symbol_names[] =
	"\0a.c\0local\0used\0global\0undefined\0unused\0weak\0signature\0$d.1\0gone";

/* The symbols, the first of which is all zeros. */
static const struct {
	const char *name;
	unsigned char info;
	unsigned section;
} symbols[] = {
	{ "" },
	{ "a.c", ELF32_ST_INFO(STB_LOCAL, STT_FILE), SHN_ABS },
	{ "", ELF32_ST_INFO(STB_LOCAL, STT_SECTION), TEXT },
	{ "", ELF32_ST_INFO(STB_LOCAL, STT_SECTION), DEBUG_INFO },
	{ "local", ELF32_ST_INFO(STB_LOCAL, STT_FUNC), TEXT },
	{ "used", ELF32_ST_INFO(STB_LOCAL, STT_NOTYPE), TEXT },
	{ "", ELF32_ST_INFO(STB_LOCAL, STT_SECTION), DATA },
	{ "$d.1", ELF32_ST_INFO(STB_LOCAL, STT_NOTYPE), TEXT },
	{ "gone", ELF32_ST_INFO(STB_LOCAL, STT_NOTYPE), DEBUG_TYPES },
	{ "global", ELF32_ST_INFO(STB_GLOBAL, STT_FUNC), TEXT },
	{ "undefined", ELF32_ST_INFO(STB_GLOBAL, STT_NOTYPE), SHN_UNDEF },
	{ "unused", ELF32_ST_INFO(STB_GLOBAL, STT_NOTYPE), SHN_UNDEF },
	{ "weak", ELF32_ST_INFO(STB_WEAK, STT_NOTYPE), SHN_UNDEF },
	{ "signature", ELF32_ST_INFO(STB_LOCAL, STT_NOTYPE), TEXT },
};
enum { FIRST_GLOBAL = 9, SIGNATURE = 13, UNUSED = 11 };

/* How a module is made. */
struct form {
	struct kind kind;
	unsigned machine, relocations; /* EM_..., SHT_REL or SHT_RELA */
};

/* Where the last one has what tests change. */
static struct {
	size_t table, symtab, parts[N_SECTIONS];
} in;

static unsigned word(struct form form)
{
	return form.kind.class == ELFCLASS64 ? 8 : 4;
}

static unsigned section_size(struct form form)
{
	return form.kind.class == ELFCLASS64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
}

static unsigned symbol_size(struct form form)
{
	return form.kind.class == ELFCLASS64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}

/* Where a section header has sh_flags (2) to sh_entsize (9), counted from sh_name (0). */
static size_t field(struct form form, unsigned section, unsigned n)
{
	size_t header = in.table + (size_t)section * section_size(form);
	unsigned words = n <= 2 ? 0 : n <= 6 ? n - 2 : n == 7 ? 4 : n - 4;

	return header +
	       4 * (n <= 2 ? n :
		    n <= 6 ? 2 :
		    n == 7 ? 3 :
			     4) +
	       words * word(form);
}

static size_t offset_of(const char *table, size_t size, const char *name)
{
	const char *p = memmem(table, size, name, strlen(name) + 1);

	assert_non_null(p);
	return (size_t)(p - table);
}

static void begin_part(struct bytes *b, unsigned section, unsigned align)
{
	b->size = (b->size + align - 1) / align * align;
	in.parts[section] = b->size;
}

static void put_relocation(struct bytes *b, struct form form, unsigned offset,
			   uint64_t symbol)
{
	size_t place = b->size;
	unsigned type = 5;

	put_number(b, form.kind, place, word(form), offset);
	place += word(form);
	if (form.kind.class == ELFCLASS32) {
		put_number(b, form.kind, place, 4, symbol << 8 | type);
	} else if (form.machine == EM_MIPS) {
		put_number(b, form.kind, place, 4, symbol);
		put_number(b, form.kind, place + 4, 4, 0);
		b->data[place + 7] = (unsigned char)type;
	} else {
		put_number(b, form.kind, place, 8, symbol << 32 | type);
	}
	if (form.relocations == SHT_RELA)
		put_number(b, form.kind, b->size, word(form), 0x11);
}

static void put_symbols(struct bytes *b, struct form form)
{
	in.symtab = b->size;
	for (size_t i = 0; i < COUNT(symbols); i++) {
		size_t place = b->size;
		bool wide = form.kind.class == ELFCLASS64;

		put_number(b, form.kind, place + symbol_size(form) - 1, 1, 0);
		put_number(b, form.kind, place, 4,
			   *symbols[i].name ?
				   offset_of(symbol_names, sizeof(symbol_names),
					     symbols[i].name) :
				   0);
		b->data[place + (wide ? 4 : 12)] = symbols[i].info;
		put_number(b, form.kind, place + (wide ? 6 : 14), 2, symbols[i].section);
		put_number(b, form.kind, place + (wide ? 8 : 4), word(form), i * 3);
	}
}

static void put_header_of(struct bytes *b, struct form form, unsigned section,
			  const char *name, unsigned type, unsigned flags, size_t size,
			  unsigned link, unsigned info, unsigned align)
{
	put_number(b, form.kind, field(form, section, 9), word(form), 0);
	put_number(b, form.kind, field(form, section, 0), 4,
		   offset_of(section_names, sizeof(section_names), name));
	put_number(b, form.kind, field(form, section, 1), 4, type);
	put_number(b, form.kind, field(form, section, 2), word(form), flags);
	put_number(b, form.kind, field(form, section, 4), word(form), in.parts[section]);
	put_number(b, form.kind, field(form, section, 5), word(form), size);
	put_number(b, form.kind, field(form, section, 6), 4, link);
	put_number(b, form.kind, field(form, section, 7), 4, info);
	put_number(b, form.kind, field(form, section, 8), word(form), align);
}

static void put_words(struct bytes *b, struct form form, unsigned n, ...)
{
	va_list numbers;

	va_start(numbers, n);
	while (n-- > 0)
		put_number(b, form.kind, b->size, 4, va_arg(numbers, unsigned));
	va_end(numbers);
}

static void put_parts(struct bytes *b, struct form form)
{
	begin_part(b, TEXT, 16);
	append(b, "the text, of 24 bytes..", 24);
	begin_part(b, RELA_TEXT, 8);
	put_relocation(b, form, 1, 5);
	put_relocation(b, form, 2, 10);
	put_relocation(b, form, 3, 6);
	put_relocation(b, form, 4, 0);
	begin_part(b, DEBUG_INFO, 1);
	append(b, "debugging information", 21);
	begin_part(b, RELA_DEBUG, 8);
	put_relocation(b, form, 1, 2);
	put_relocation(b, form, 2, 4);
	begin_part(b, GROUP_DEBUG, 4);
	put_words(b, form, 2, GRP_COMDAT, DEBUG_MACRO);
	begin_part(b, DEBUG_MACRO, 1);
	append(b, "macro", 5);
	begin_part(b, GROUP_BOTH, 4);
	put_words(b, form, 3, GRP_COMDAT, DEBUG_TYPES, DATA);
	begin_part(b, DEBUG_TYPES, 1);
	append(b, "types", 5);
	begin_part(b, DATA, 32);
	append(b, "the data", 8);
	begin_part(b, DEBUG_KEPT, 1);
	append(b, "kept", 4);
	begin_part(b, BSS, 64);
	begin_part(b, ADDRSIG, 1);
	append(b, "\x01\x85\x80\x00\x0a", 5); /* symbols 1, 5, 10 */
	begin_part(b, SYMTAB, 8);
	put_symbols(b, form);
	begin_part(b, STRTAB, 1);
	append(b, symbol_names, sizeof(symbol_names));
	begin_part(b, SHSTRTAB, 1);
	append(b, section_names, sizeof(section_names));
}

static struct bytes make(struct form form)
{
	struct bytes b = { .size = form.kind.class == ELFCLASS64 ? sizeof(Elf64_Ehdr) :
								   sizeof(Elf32_Ehdr) };
	unsigned r = form.relocations,
		 size = r == SHT_RELA ? 3 * word(form) : 2 * word(form);

	put_parts(&b, form);
	at.header_size = b.size;
	at.section_size = section_size(form);
	in.table = at.table = b.size = (b.size + 7) / 8 * 8;
	put_number(&b, form.kind, b.size + section_size(form) - 1, 1, 0);
	put_header_of(&b, form, TEXT, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR,
		      24, 0, 0, 16);
	put_header_of(&b, form, RELA_TEXT, ".rela.text", r, SHF_INFO_LINK, 4 * size,
		      SYMTAB, TEXT, 8);
	put_header_of(&b, form, DEBUG_INFO, ".debug_info", SHT_PROGBITS, 0, 21, 0, 0, 1);
	put_header_of(&b, form, RELA_DEBUG, ".rela.debug_info", r, SHF_INFO_LINK,
		      2 * size, SYMTAB, DEBUG_INFO, 8);
	put_header_of(&b, form, GROUP_DEBUG, ".group", SHT_GROUP, 0, 8, SYMTAB, 4, 4);
	put_header_of(&b, form, DEBUG_MACRO, ".debug_macro", SHT_PROGBITS, SHF_GROUP, 5,
		      0, 0, 1);
	put_header_of(&b, form, GROUP_BOTH, ".group", SHT_GROUP, 0, 12, SYMTAB, SIGNATURE,
		      4);
	put_header_of(&b, form, DEBUG_TYPES, ".debug_types", SHT_PROGBITS, SHF_GROUP, 5,
		      0, 0, 1);
	put_header_of(&b, form, DATA, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 8, 0,
		      0, 32);
	put_header_of(&b, form, DEBUG_KEPT, ".debug_kept", SHT_PROGBITS, SHF_ALLOC, 4, 0,
		      0, 1);
	put_header_of(&b, form, BSS, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 4096, 0,
		      0, 64);
	put_header_of(&b, form, ADDRSIG, ".llvm_addrsig", 0x6fff4c03, SHF_EXCLUDE, 5,
		      SYMTAB, 0, 1);
	put_header_of(&b, form, SYMTAB, ".symtab", SHT_SYMTAB, 0,
		      COUNT(symbols) * symbol_size(form), STRTAB, FIRST_GLOBAL, 8);
	put_header_of(&b, form, STRTAB, ".strtab", SHT_STRTAB, 0, sizeof(symbol_names), 0,
		      0, 1);
	put_header_of(&b, form, SHSTRTAB, ".shstrtab", SHT_STRTAB, 0,
		      sizeof(section_names), 0, 0, 1);
	put_header(&b, form.kind);
	put_number(&b, form.kind, 18, 2, form.machine);
	put_number(&b, form.kind, form.kind.class == ELFCLASS64 ? 60 : 48, 2, N_SECTIONS);
	put_number(&b, form.kind, form.kind.class == ELFCLASS64 ? 62 : 50, 2, SHSTRTAB);
	return b;
}

static const struct form usual_form = { { ELFCLASS64, ELFDATA2LSB },
					EM_X86_64,
					SHT_RELA };

/* -- what the result says ----------------------------------------------------------- */

static struct bytes result;
static bool was_signed;
static char said[2048];

/* Strip exactly these bytes. Returns the error, or NULL. */
static const char *strip(const struct bytes *b, enum strip_level level)
{
	const char *err = NULL;
	unsigned char *copy = malloc(b->size + !b->size);
	void *out = NULL;
	size_t size = 0;

	assert_non_null(copy);
	memcpy(copy, b->data, b->size);
	if (module_strip(copy, b->size, level, &out, &size, &was_signed, &err) == 0) {
		assert_null(err);
		assert_true(size <= sizeof(result.data));
		memcpy(result.data, out, size);
		result.size = size;
		free(out);
	} else {
		assert_non_null(err);
	}
	free(copy);
	return err;
}

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
	size_t n = strlen(said);
	va_list args;

	va_start(args, format);
	vsnprintf(said + n, sizeof(said) - n, format, args);
	va_end(args);
}

static void say_symbol(const struct elf_layout *layout, struct form form, uint64_t i)
{
	struct elf_section table = { 0 }, strings;
	bool wide = form.kind.class == ELFCLASS64;
	const unsigned char *p;
	unsigned section;

	for (unsigned k = 1; table.type != SHT_SYMTAB; k++)
		table = elf_section(layout, k);
	assert_true(i < table.part.size / symbol_size(form));
	strings = elf_section(layout, table.link);
	p = result.data + table.part.offset + i * symbol_size(form);
	section = (unsigned)elf_number(layout, p + (wide ? 6 : 14), 2);
	say(" %s%s", i == table.info ? "| " : "",
	    (const char *)result.data + strings.part.offset + elf_number(layout, p, 4));
	/* Values tell symbols apart. */
	say("=%d", (int)elf_number(layout, p + (wide ? 8 : 4), word(form)));
	if (section && section < layout->sections)
		say("%s", elf_section(layout, section).name);
}

static void say_relocations(const struct elf_layout *layout, struct form form,
			    const struct elf_section *section)
{
	unsigned size = (section->type == SHT_RELA ? 3 : 2) * word(form);

	say("(%s)", elf_section(layout, section->info).name);
	for (size_t i = 0; i < section->part.size; i += size) {
		const unsigned char *p = result.data + section->part.offset + i;
		uint64_t info = elf_number(layout, p + word(form), word(form));

		if (form.kind.class == ELFCLASS32)
			info = info >> 8;
		else if (form.machine == EM_MIPS)
			info = elf_number(layout, p + 8, 4);
		else
			info = info >> 32;
		say_symbol(layout, form, info);
	}
}

static void say_contents(const struct elf_layout *layout, struct form form,
			 const struct elf_section *section)
{
	const unsigned char *p = result.data + section->part.offset;

	if (section->type == SHT_REL || section->type == SHT_RELA) {
		say_relocations(layout, form, section);
	} else if (section->type == SHT_SYMTAB) {
		for (size_t i = 0; i < section->part.size / symbol_size(form); i++)
			say_symbol(layout, form, i);
	} else if (section->type == SHT_GROUP) {
		say_symbol(layout, form, section->info);
		say(":");
		for (size_t i = 4; i < section->part.size; i += 4)
			say(" %s",
			    elf_section(layout, (unsigned)elf_number(layout, p + i, 4))
				    .name);
	} else if (section->type == SHT_STRTAB) {
		for (size_t i = 0; i < section->part.size; i++)
			say("%c", p[i] ? p[i] : ' ');
	} else if (section->type == 0x6fff4c03) {
		for (size_t i = 0; i < section->part.size; i++)
			say_symbol(layout, form, p[i]);
	} else if (section->type != SHT_NOBITS) {
		say(" %.*s", (int)section->part.size, (const char *)p);
	}
}

/* The result as text, a line for each section. */
static const char *contents(struct form form)
{
	struct elf_source source = { result.data, -1, result.size };
	struct elf_scratch scratch = { 0 };
	struct elf_layout layout;
	const char *err = NULL;

	assert_int_equal(elf_check(&source, &scratch, &layout, &err), 0);
	*said = '\0';
	for (unsigned i = 1; i < layout.sections; i++) {
		struct elf_section section = elf_section(&layout, i);
		unsigned at_align = word(form) == 8 ? 48 : 32;
		uint64_t align =
			elf_number(&layout,
				   layout.table.data + i * section_size(form) + at_align,
				   word(form));

		assert_int_equal(section.part.offset % align, 0);
		say("%s", section.name);
		say_contents(&layout, form, &section);
		say("\n");
	}
	return said;
}

static const char after_debug[] =
	".text the text, of 24 bytes..\n"
	".rela.text(.text) used=15.text undefined=30 =18.data =0\n"
	".group signature=39.text: .data\n"
	".data the data\n"
	".debug_kept kept\n"
	".bss\n"
	".llvm_addrsig used=15.text undefined=30\n"
	".symtab =0 local=12.text used=15.text =18.data $d.1=21.text | global=27.text "
	"undefined=30 unused=33 weak=36 signature=39.text\n"
	".strtab local used global undefined unused weak signature $d.1 \n"
	".shstrtab .rela.text .group .data .debug_kept .bss .llvm_addrsig .symtab .strtab "
	".shstrtab \n";

static const char after_unneeded[] =
	".text the text, of 24 bytes..\n"
	".rela.text(.text) used=15.text undefined=30 =18.data =0\n"
	".group signature=39.text: .data\n"
	".data the data\n"
	".debug_kept kept\n"
	".bss\n"
	".llvm_addrsig used=15.text undefined=30\n"
	".symtab =0 used=15.text =18.data | global=27.text undefined=30 weak=36 "
	"signature=39.text\n"
	".strtab used global undefined weak signature \n"
	".shstrtab .rela.text .group .data .debug_kept .bss .llvm_addrsig .symtab .strtab "
	".shstrtab \n";

static void strips(struct form form)
{
	struct bytes b = make(form), once;

	assert_null(strip(&b, STRIP_DEBUG));
	assert_string_equal(contents(form), after_debug);
	assert_false(was_signed);
	once = result;
	assert_null(strip(&once, STRIP_DEBUG));
	assert_int_equal(result.size, once.size);
	assert_memory_equal(result.data, once.data, once.size);
	assert_null(strip(&b, STRIP_UNNEEDED));
	assert_string_equal(contents(form), after_unneeded);
}

static void test_all_kinds(void **state)
{
	static const unsigned machines[] = { EM_X86_64, EM_MIPS };

	for (size_t i = 0; i < COUNT(kinds); i++)
		for (size_t m = 0; m < COUNT(machines); m++) {
			strips((struct form){ kinds[i], machines[m], SHT_REL });
			strips((struct form){ kinds[i], machines[m], SHT_RELA });
		}
}

/* ARM's mapping symbols stay. */
static void test_mapping_symbols(void **state)
{
	struct form form = usual_form;
	struct bytes b;

	form.machine = EM_AARCH64;
	b = make(form);
	assert_null(strip(&b, STRIP_UNNEEDED));
	assert_non_null(strstr(contents(form), " $d.1=21.text | global"));
	b.data[in.parts[STRTAB] + offset_of(symbol_names, sizeof(symbol_names), "$d.1") +
	       1] = 'a';
	assert_null(strip(&b, STRIP_UNNEEDED));
	assert_null(strstr(contents(form), "$a.1"));
	form.machine = EM_ARM;
	put_number(&b, form.kind, 18, 2, form.machine);
	assert_null(strip(&b, STRIP_UNNEEDED));
	assert_non_null(strstr(contents(form), " $a.1=21.text | global"));
}

/* Names of sections and symbols in one table. */
static void test_one_table_of_strings(void **state)
{
	struct bytes b = make(usual_form);

	/* The symbols' names are section names now: "rela.text", ".text" and others. */
	put_number(&b, usual, field(usual_form, SYMTAB, 6), 4, SHSTRTAB);
	for (size_t i = 1; i < COUNT(symbols); i++)
		put_number(&b, usual, in.symtab + i * symbol_size(usual_form), 4, i);
	assert_null(strip(&b, STRIP_UNNEEDED));
	contents(usual_form);
	assert_non_null(
		strstr(said, ".rela.text(.text) a.text=15.text t=30 .text=18.data =0"));
	assert_non_null(strstr(said, ".shstrtab .rela.text .debug_info .group"));
}

/* Nothing to strip: the same bytes, but for a signature and what precedes it. */
static void test_nothing_to_strip(void **state)
{
	static const char mark[] = "~Module signature appended~\n";
	struct bytes b = make(usual_form), plain;

	assert_null(strip(&b, STRIP_UNNEEDED));
	plain = b = result;
	append(&b, "\0\0\0", 3);
	assert_null(strip(&b, STRIP_UNNEEDED));
	assert_int_equal(result.size, b.size);
	assert_memory_equal(result.data, b.data, b.size);
	b = plain;
	append(&b, "0\x82signature", 11);
	append(&b, mark, sizeof(mark) - 1);
	append(&b, mark, sizeof(mark) - 1);
	assert_null(strip(&b, STRIP_UNNEEDED));
	assert_true(was_signed);
	assert_int_equal(result.size, plain.size);
	assert_memory_equal(result.data, plain.data, plain.size);
	/* One that has no end is not taken for padding. */
	b.size -= 2 * sizeof(mark);
	assert_string_equal(strip(&b, STRIP_UNNEEDED),
			    "truncated (within the signature)");
}

static void test_signature_of_what_is_stripped(void **state)
{
	struct bytes b = make(usual_form);

	append(&b, "~Module signature appended~\n", 28);
	assert_null(strip(&b, STRIP_DEBUG));
	assert_true(was_signed);
	assert_string_equal(contents(usual_form), after_debug);
}

/* No symbol table: only sections go. */
static void test_without_symbols(void **state)
{
	static const struct form form = { { ELFCLASS64, ELFDATA2LSB },
					  EM_X86_64,
					  SHT_RELA };
	static const unsigned gone[] = { RELA_TEXT,  RELA_DEBUG, GROUP_DEBUG,
					 GROUP_BOTH, ADDRSIG,	 SYMTAB };
	struct bytes b = make(form);

	for (size_t i = 0; i < COUNT(gone); i++)
		put_number(&b, usual, field(form, gone[i], 1), 4, SHT_NULL);
	assert_null(strip(&b, STRIP_UNNEEDED));
	contents(form);
	assert_null(strstr(said, "debugging"));
	assert_non_null(strstr(said, ".debug_kept kept"));
}

/* -- hostile modules ---------------------------------------------------------------- */

/* Change a field of a section header: 0 is sh_name, 9 sh_entsize. */
static const char *with(unsigned section, unsigned n, uint64_t value)
{
	struct bytes b = make(usual_form);
	unsigned size = n <= 1 || n == 6 || n == 7 ? 4 : 8;

	put_number(&b, usual, field(usual_form, section, n), size, value);
	return strip(&b, STRIP_UNNEEDED);
}

/* Change a number in the contents of a section. */
static const char *with_bytes(unsigned section, size_t offset, unsigned size,
			      uint64_t value)
{
	struct bytes b = make(usual_form);

	put_number(&b, usual, in.parts[section] + offset, size, value);
	return strip(&b, STRIP_UNNEEDED);
}

enum { TYPE = 1, FLAGS = 2, OFFSET = 4, SIZE = 5, LINK = 6, INFO = 7, ALIGN = 8 };

static void test_refused(void **state)
{
	static const char headers[] = "section headers are damaged";
	static const char table[] = "symbol table is damaged";
	static const char refers[] =
		"a section that stays refers to debugging information";

	assert_string_equal(with(TEXT, TYPE, SHT_SYMTAB_SHNDX),
			    "has extended section numbers (SHT_SYMTAB_SHNDX)");
	assert_string_equal(with(TEXT, TYPE, SHT_SYMTAB), "has several symbol tables");
	assert_string_equal(with(TEXT, LINK, SYMTAB),
			    "a section of an unknown type refers to symbols");
	assert_string_equal(with(RELA_TEXT, LINK, STRTAB),
			    "a section refers to no symbol table");
	assert_string_equal(with(SYMTAB, TYPE, SHT_PROGBITS),
			    "a section refers to no symbol table");
	assert_string_equal(with(RELA_TEXT, SIZE, 23), "relocations are damaged");
	assert_string_equal(with(SHSTRTAB, TYPE, SHT_PROGBITS),
			    "section names are damaged");
	assert_string_equal(with(TEXT, LINK, N_SECTIONS), headers);
	assert_string_equal(with(RELA_TEXT, INFO, UINT32_MAX), headers);
	assert_string_equal(with(GROUP_BOTH, SIZE, 11), headers);
	assert_string_equal(with(GROUP_BOTH, SIZE, 0), headers);
	assert_string_equal(with_bytes(GROUP_BOTH, 4, 4, N_SECTIONS), headers);
	assert_string_equal(with_bytes(GROUP_BOTH, 4, 4, 0), headers);
	assert_string_equal(with_bytes(GROUP_BOTH, 4, 4, GROUP_DEBUG), headers);
	assert_string_equal(with_bytes(GROUP_BOTH, 8, 4, N_SECTIONS), headers);
	assert_string_equal(with(GROUP_BOTH, INFO, COUNT(symbols)), table);
	assert_string_equal(with(SYMTAB, INFO, COUNT(symbols) + 1), table);
	assert_string_equal(with(SYMTAB, SIZE, 25), table);
	assert_string_equal(with(SYMTAB, SIZE, 0), table);
	assert_string_equal(with(SYMTAB, LINK, TEXT), table);
	assert_string_equal(with(STRTAB, SIZE, sizeof(symbol_names) - 1), table);
	assert_string_equal(with(STRTAB, SIZE, 0), table);
	assert_string_equal(with_bytes(RELA_TEXT, 12, 4, COUNT(symbols)), table);
	assert_string_equal(with_bytes(SYMTAB, 24, 4, sizeof(symbol_names)), table);
	assert_string_equal(with_bytes(SYMTAB, 24 + 6, 2, N_SECTIONS), table);
	assert_string_equal(with_bytes(SYMTAB, 24 + 6, 2, SHN_XINDEX), table);
	assert_string_equal(with_bytes(SYMTAB, 5 * 24 + 6, 2, DEBUG_INFO), refers);
	assert_string_equal(with(DATA, LINK, DEBUG_INFO), refers);
	assert_string_equal(with(ADDRSIG, SIZE, 2),
			    "address-significance table is damaged");
	assert_string_equal(with_bytes(ADDRSIG, 4, 1, COUNT(symbols)),
			    "address-significance table is damaged");
	assert_string_equal(with(DATA, SIZE, 9), "sections overlap");
	assert_string_equal(with(TEXT, OFFSET, 63), "sections overlap");
	assert_string_equal(with(TEXT, SIZE, UINT64_MAX),
			    "truncated (a section is beyond the end)");
}

/* GNU strip sets sh_link to 0 where symbols have other numbers than a section says. */
static void test_unlinked_addrsig_is_copied(void **state)
{
	assert_null(with(ADDRSIG, LINK, 0));
}

/* An empty section may be said to begin anywhere; its new place is in the file. */
static void test_empty_section_at_0(void **state)
{
	struct bytes b = make(usual_form);

	put_number(&b, usual, field(usual_form, DEBUG_KEPT, SIZE), 8, 0);
	put_number(&b, usual, field(usual_form, DEBUG_KEPT, OFFSET), 8, 0);
	put_number(&b, usual, field(usual_form, DEBUG_KEPT, ALIGN), 8, UINT64_C(1) << 40);
	assert_null(strip(&b, STRIP_DEBUG));
	b = result;
	assert_null(strip(&b, STRIP_DEBUG));
}

/* A section is no longer than the module's, whatever its alignment. */
static void test_large_alignments(void **state)
{
	struct bytes b = make(usual_form);

	for (unsigned align = 0; align < 64; align++) {
		for (unsigned i = 1; i < N_SECTIONS; i++)
			put_number(&b, usual, field(usual_form, i, ALIGN), 8,
				   UINT64_C(1) << align);
		put_number(&b, usual, field(usual_form, BSS, OFFSET), 8,
			   UINT64_C(1) << align);
		assert_null(strip(&b, STRIP_DEBUG));
		assert_true(result.size < b.size);
	}
	assert_null(with(TEXT, ALIGN, UINT64_MAX));
	assert_null(with(TEXT, ALIGN, 3));
}

static void test_truncated(void **state)
{
	struct bytes b = make(usual_form);

	for (b.size--; b.size > 0; b.size--)
		assert_non_null(strip(&b, STRIP_DEBUG));
	assert_non_null(strip(&b, STRIP_DEBUG));
}

/* Each byte, changed in several ways: an answer, and no more than that. */
static void test_changed_bytes(void **state)
{
	static const unsigned char changes[] = { 0x01, 0x04, 0x08, 0x80, 0xff };
	struct form form = { { ELFCLASS32, ELFDATA2MSB }, EM_PPC, SHT_RELA };
	size_t refused = 0;

	for (int wide = 0; wide < 2; wide++) {
		struct bytes b = make(wide ? usual_form : form);

		for (size_t i = 0; i < b.size; i++)
			for (size_t k = 0; k < COUNT(changes); k++) {
				b.data[i] ^= changes[k];
				refused += strip(&b, STRIP_UNNEEDED) != NULL;
				assert_true(result.size <= b.size + 64);
				b.data[i] ^= changes[k];
			}
	}
	assert_true(refused > 100);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_all_kinds),
	cmocka_unit_test(test_mapping_symbols),
	cmocka_unit_test(test_one_table_of_strings),
	cmocka_unit_test(test_nothing_to_strip),
	cmocka_unit_test(test_signature_of_what_is_stripped),
	cmocka_unit_test(test_without_symbols),
	cmocka_unit_test(test_refused),
	cmocka_unit_test(test_unlinked_addrsig_is_copied),
	cmocka_unit_test(test_empty_section_at_0),
	cmocka_unit_test(test_large_alignments),
	cmocka_unit_test(test_truncated),
	cmocka_unit_test(test_changed_bytes),
};

UNIT_TEST_MAIN(NULL, NULL)
