// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel's loader compares of a module with the kernel (kernel/module/main.c):
 *
 *	.modinfo			vermagic=, license=, import_ns=, name=
 *	.gnu.linkonce.this_module	struct module, whose size a kernel knows
 *	.symtab				the symbols that it needs are undefined
 *	__versions			64 bytes each: CRC (unsigned long), name
 *	__version_ext_crcs		6.14 and later, if names are long: CRCs, u32
 *	__version_ext_names		and their names, each with a NUL
 *	__ksymtab, __ksymtab_gpl	its own exports, as in kernel/ksymtab.c
 *	__kcrctab, __kcrctab_gpl	a u32 for each of them
 *	__kflagstab			7.0 and later: a byte for each
 *	__ksymtab_strings		names and namespaces
 *
 * In the file, an entry of __ksymtab is empty: relocations tell where its three fields
 * lead. Those that lead into __ksymtab_strings give its name and namespace; the places
 * where relocations are, the size of an entry.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "module/modfacts.h"

enum {
	VERSION_SIZE = 64,
	NAMES_MAX = 16 << 20, /* bytes of all names; the largest modules have 200 KiB */
	FLAG_GPL = 1 << 0,
};

/* A version in either table. */
struct version {
	const char *name;
	uint64_t crc;
	size_t number; /* the first of a name counts */
};

struct reading {
	struct module_facts *facts;
	const unsigned char *data;
	const struct elf_layout *layout;
	struct arena *arena;
	struct elf_part symbols, names;
	struct version *versions[2]; /* sorted by name */
	size_t n_versions[2];
	size_t bytes; /* of all names */
};

static int damaged(const struct reading *r)
{
	r->facts->err = "symbol table is damaged";
	return -1;
}

/*
 * Find a section with bytes in the file; size 0: there is none. The kernel looks only at
 * those that are allocated.
 */
static struct elf_part find_section(const struct reading *r, const char *name,
				    unsigned *number)
{
	for (unsigned i = 1; i < r->layout->sections; i++) {
		struct elf_section section = elf_section(r->layout, i);

		if (strcmp(section.name, name) != 0 || section.type == SHT_NOBITS ||
		    section.type == SHT_NULL || !(section.flags & SHF_ALLOC))
			continue;
		if (number)
			*number = i;
		section.part.data = r->data + section.part.offset;
		return section.part;
	}
	return (struct elf_part){ 0 };
}

/* Find the symbol table, and the strings that it refers to. */
static void find_symbols(struct reading *r)
{
	for (unsigned i = 1; i < r->layout->sections; i++) {
		struct elf_section section = elf_section(r->layout, i);

		if (section.flags & SHF_WRITE && section.flags & SHF_EXECINSTR &&
		    section.flags & SHF_ALLOC)
			r->facts->writable_code = true;
		if (section.type != SHT_SYMTAB || section.link >= r->layout->sections)
			continue;
		r->symbols = section.part;
		r->symbols.data = r->data + section.part.offset;
		section = elf_section(r->layout, section.link);
		if (section.type == SHT_NOBITS || section.type == SHT_NULL)
			continue;
		r->names = section.part;
		r->names.data = r->data + section.part.offset;
	}
}

/* Whether strings end in their section, so that each needs no look for its end. */
static bool is_ended(const struct elf_part *part)
{
	return part->size > 0 && part->data[part->size - 1] == '\0';
}

static uint64_t number_at(const struct reading *r, const unsigned char *p, unsigned size)
{
	return elf_number(r->layout, p, size);
}

/* The string at an offset of a section that is_ended(), or NULL. */
static const char *string_at(const struct elf_part *part, uint64_t offset)
{
	return offset < part->size ? (const char *)part->data + offset : NULL;
}

static const char *copy(struct reading *r, const char *name)
{
	size_t n = strlen(name);

	r->bytes += n + 1;
	return arena_strndup(r->arena, name, n);
}

/* -- symbols -------------------------------------------------------------------- */

struct symbol {
	const char *name;
	uint64_t value;
	unsigned section, bind, type;
};

static size_t symbol_size(const struct reading *r)
{
	return r->layout->wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}

/* Read symbol i. Returns false if there is none, or its name is out of bounds. */
static bool read_symbol(const struct reading *r, uint64_t i, struct symbol *symbol)
{
	bool wide = r->layout->wide;
	const unsigned char *p;
	unsigned info;

	if (i >= r->symbols.size / symbol_size(r))
		return false;
	p = r->symbols.data + i * symbol_size(r);
	symbol->name = string_at(&r->names, number_at(r, p, 4));
	info = p[wide ? offsetof(Elf64_Sym, st_info) : offsetof(Elf32_Sym, st_info)];
	symbol->bind = ELF64_ST_BIND(info);
	symbol->type = ELF64_ST_TYPE(info);
	symbol->section = (unsigned)number_at(r,
					      p + (wide ? offsetof(Elf64_Sym, st_shndx) :
							  offsetof(Elf32_Sym, st_shndx)),
					      2);
	symbol->value = number_at(r,
				  p + (wide ? offsetof(Elf64_Sym, st_value) :
					      offsetof(Elf32_Sym, st_value)),
				  wide ? 8 : 4);
	return symbol->name != NULL;
}

/* Whether an undefined symbol is none: of the linker, and a register of SPARC's. */
static bool is_no_need(const struct reading *r, const struct symbol *symbol)
{
	unsigned machine = r->layout->machine;

	return symbol->section != SHN_UNDEF ||
	       (machine == EM_PPC64 && strcmp(symbol->name, ".TOC.") == 0) ||
	       ((machine == EM_386 || machine == EM_X86_64 || machine == EM_S390) &&
		strcmp(symbol->name, "_GLOBAL_OFFSET_TABLE_") == 0) ||
	       ((machine == EM_SPARC || machine == EM_SPARCV9) &&
		symbol->type == STT_SPARC_REGISTER);
}

/* -- versions ------------------------------------------------------------------- */

static int compare_versions(const void *a, const void *b)
{
	const struct version *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->number > y->number) - (x->number < y->number);
}

static void add_version(struct reading *r, unsigned table, const char *name, uint64_t crc)
{
	size_t n = r->n_versions[table]++;

	r->versions[table][n] = (struct version){ name, crc, n };
}

static void sort_versions(struct reading *r, unsigned table)
{
	qsort(r->versions[table], r->n_versions[table], sizeof(**r->versions),
	      compare_versions);
}

static int read_plain(struct reading *r)
{
	struct elf_part plain = find_section(r, "__versions", NULL);
	unsigned word = r->layout->wide ? 8 : 4;

	r->facts->versions[VERSIONS_PLAIN] = plain.size > 0;
	r->versions[VERSIONS_PLAIN] =
		xcalloc(plain.size / VERSION_SIZE + 1, sizeof(**r->versions));
	for (uint64_t at = 0; at + VERSION_SIZE <= plain.size; at += VERSION_SIZE) {
		const unsigned char *p = plain.data + at;

		if (!memchr(p + word, '\0', VERSION_SIZE - word))
			return damaged(r);
		add_version(r, VERSIONS_PLAIN, (const char *)p + word,
			    number_at(r, p, word));
	}
	sort_versions(r, VERSIONS_PLAIN);
	return 0;
}

static int read_extended(struct reading *r)
{
	struct elf_part crcs = find_section(r, "__version_ext_crcs", NULL);
	struct elf_part names = find_section(r, "__version_ext_names", NULL);
	uint64_t offset = 0;

	r->facts->versions[VERSIONS_EXTENDED] = crcs.size > 0;
	r->versions[VERSIONS_EXTENDED] =
		xcalloc(crcs.size / 4 + 1, sizeof(**r->versions));
	if (crcs.size && !is_ended(&names))
		return damaged(r);
	for (uint64_t at = 0; at + 4 <= crcs.size; at += 4) {
		const char *name = string_at(&names, offset);

		if (!name)
			return damaged(r);
		add_version(r, VERSIONS_EXTENDED, name, number_at(r, crcs.data + at, 4));
		offset += strlen(name) + 1;
	}
	sort_versions(r, VERSIONS_EXTENDED);
	return 0;
}

static void find_version(const struct reading *r, unsigned table, const char *name,
			 struct module_need *need)
{
	const struct version *versions = r->versions[table];
	size_t low = 0, high = r->n_versions[table];

	/* the first of this name */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(versions[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == r->n_versions[table] || strcmp(versions[low].name, name) != 0)
		return;
	need->version[table].found = true;
	need->version[table].crc = versions[low].crc;
}

static void find_versions(const struct reading *r, const char *name,
			  struct module_need *need)
{
	find_version(r, VERSIONS_PLAIN, name, need);
	find_version(r, VERSIONS_EXTENDED, name, need);
}

static int read_needs(struct reading *r)
{
	struct module_facts *facts = r->facts;
	size_t n = r->symbols.size / symbol_size(r), count = 0;
	struct symbol symbol;

	if (r->symbols.size && !is_ended(&r->names))
		return damaged(r);
	for (size_t i = 1; i < n; i++) {
		if (!read_symbol(r, i, &symbol))
			return damaged(r);
		count += !is_no_need(r, &symbol);
		facts->common |= symbol.section == SHN_COMMON &&
				 strncmp(symbol.name, "__gnu_lto", 9) != 0;
	}
	facts->needs = arena_alloc(r->arena, (count + 1) * sizeof(*facts->needs));
	for (size_t i = 1; i < n && r->bytes < NAMES_MAX; i++) {
		struct module_need *need = &facts->needs[facts->n_needs];

		if (!read_symbol(r, i, &symbol) || is_no_need(r, &symbol))
			continue;
		*need = (struct module_need){ .name = copy(r, symbol.name),
					      .weak = symbol.bind == STB_WEAK };
		find_versions(r, symbol.name, need);
		facts->n_needs++;
	}
	facts->layout.name = "module_layout";
	find_versions(r, facts->layout.name, &facts->layout);
	return r->bytes < NAMES_MAX ? 0 : damaged(r);
}

/* -- exports -------------------------------------------------------------------- */

/* A table of exports, and its relocations. */
struct table {
	unsigned section; /* number of __ksymtab */
	uint64_t size;
	struct elf_part relocations, crcs, flags;
	bool addends; /* SHT_RELA; SHT_REL has them in the entries */
	struct elf_part entries;
	unsigned entry; /* bytes */
	bool gpl;
};

struct relocation {
	uint64_t offset, symbol, addend;
};

static size_t relocation_size(const struct reading *r, const struct table *table)
{
	size_t word = r->layout->wide ? 8 : 4;

	return (table->addends ? 3 : 2) * word;
}

/* The symbol's number in r_info. In MIPS' 64-bit ELF it is a field of its own, the first.
 */
static uint64_t symbol_of(const struct elf_layout *layout, uint64_t info)
{
	if (!layout->wide)
		return info >> 8;
	return layout->machine == EM_MIPS && !layout->big_endian ? info & UINT32_MAX :
								   info >> 32;
}

static struct relocation read_relocation(const struct reading *r,
					 const struct table *table, uint64_t at)
{
	const unsigned char *p = table->relocations.data + at;
	unsigned word = r->layout->wide ? 8 : 4;
	uint64_t info = number_at(r, p + word, word);
	struct relocation found = { .offset = number_at(r, p, word),
				    .symbol = symbol_of(r->layout, info) };

	if (table->addends)
		found.addend = number_at(r, p + (size_t)2 * word, word);
	else if (found.offset < table->entries.size &&
		 table->entries.size - found.offset >= 4)
		found.addend = number_at(r, table->entries.data + found.offset, 4);
	return found;
}

/* Entries of 64-bit addresses have no field at an offset of 4. */
static unsigned entry_size(const struct reading *r, const struct table *table)
{
	size_t step = relocation_size(r, table);

	for (uint64_t at = 0; at + step <= table->relocations.size; at += step)
		if (read_relocation(r, table, at).offset % 8 == 4)
			return 12;
	return r->layout->wide ? 24 : 12;
}

/* Set the name or the namespace of an export, where a relocation leads. */
static int take_relocation(struct reading *r, const struct table *table,
			   const struct elf_part *strings, unsigned strings_number,
			   struct relocation relocation, struct module_export *exports)
{
	uint64_t i = relocation.offset / table->entry;
	unsigned field =
		(unsigned)(relocation.offset % table->entry / (table->entry / 3));
	struct symbol symbol;
	const char *text;

	if (relocation.offset >= table->size ||
	    !read_symbol(r, relocation.symbol, &symbol) ||
	    symbol.section != strings_number || field == 0)
		return 0;
	text = string_at(strings, symbol.value + relocation.addend);
	if (!text || r->bytes >= NAMES_MAX)
		return damaged(r);
	if (field == 1)
		exports[i].name = copy(r, text);
	else
		exports[i].namespace = copy(r, text);
	return 0;
}

/* Read a table, whose entries follow the exports read before. */
static int read_table(struct reading *r, struct table *table)
{
	struct module_facts *facts = r->facts;
	struct module_export *exports = facts->exports + facts->n_exports;
	unsigned strings_number = 0;
	struct elf_part strings = find_section(r, "__ksymtab_strings", &strings_number);
	size_t step = relocation_size(r, table), n;

	if (!is_ended(&strings))
		return damaged(r);
	table->entry = entry_size(r, table);
	n = table->size / table->entry;
	for (size_t i = 0; i < n; i++) {
		exports[i] = (struct module_export){ .namespace = "", .gpl = table->gpl };
		exports[i].has_crc = 4 * (i + 1) <= table->crcs.size;
		if (exports[i].has_crc)
			exports[i].crc =
				(uint32_t)number_at(r, table->crcs.data + 4 * i, 4);
		if (i < table->flags.size)
			exports[i].gpl = table->flags.data[i] & FLAG_GPL;
	}
	for (uint64_t at = 0; at + step <= table->relocations.size; at += step)
		if (take_relocation(r, table, &strings, strings_number,
				    read_relocation(r, table, at), exports) < 0)
			return -1;
	for (size_t i = 0; i < n; i++)
		if (!exports[i].name)
			return damaged(r);
	facts->n_exports += n;
	return 0;
}

/* Find a table's relocations: a section that refers to it. */
static void find_relocations(const struct reading *r, struct table *table)
{
	for (unsigned i = 1; i < r->layout->sections; i++) {
		struct elf_section section = elf_section(r->layout, i);

		if ((section.type != SHT_RELA && section.type != SHT_REL) ||
		    section.info != table->section)
			continue;
		table->addends = section.type == SHT_RELA;
		table->relocations = section.part;
		table->relocations.data = r->data + section.part.offset;
	}
}

static int read_exports(struct reading *r)
{
	static const struct {
		const char *entries, *crcs, *flags;
	} names[] = {
		{ "__ksymtab", "__kcrctab", "__kflagstab" },
		{ "__ksymtab_gpl", "__kcrctab_gpl", "" },
	};
	struct table tables[2] = { 0 };
	uint64_t size = 0;

	for (unsigned i = 0; i < 2; i++) {
		tables[i].entries = find_section(r, names[i].entries, &tables[i].section);
		tables[i].size = tables[i].entries.size;
		tables[i].crcs = find_section(r, names[i].crcs, NULL);
		tables[i].flags = find_section(r, names[i].flags, NULL);
		tables[i].gpl = i == 1;
		size += tables[i].size;
		if (tables[i].size)
			find_relocations(r, &tables[i]);
	}
	r->facts->exports =
		arena_alloc(r->arena, (size / 12 + 1) * sizeof(*r->facts->exports));
	for (unsigned i = 0; i < 2; i++)
		if (tables[i].size && read_table(r, &tables[i]) < 0)
			return -1;
	return 0;
}

void module_facts_read(struct module_facts *facts, const struct elf_source *source,
		       const struct elf_layout *layout, struct arena *arena)
{
	struct reading r = {
		.facts = facts, .data = source->memory, .layout = layout, .arena = arena
	};

	*facts = (struct module_facts){ .machine = layout->machine,
					.wide = layout->wide,
					.big_endian = layout->big_endian };
	if (layout->modinfo.size)
		modinfo_split(&facts->info, arena, layout->modinfo.data,
			      layout->modinfo.size, NULL);
	facts->this_module = find_section(&r, ".gnu.linkonce.this_module", NULL).size;
	find_symbols(&r);
	facts->symtab = r.symbols.size > 0;
	if (read_plain(&r) < 0 || read_extended(&r) < 0 || read_needs(&r) < 0 ||
	    read_exports(&r) < 0)
		*facts = (struct module_facts){ .err = facts->err };
	free(r.versions[VERSIONS_PLAIN]);
	free(r.versions[VERSIONS_EXTENDED]);
}

const char *module_facts_field(const struct module_facts *facts, const char *key)
{
	for (size_t i = 0; i < facts->info.n; i++)
		if (strcmp(facts->info.fields[i].key, key) == 0)
			return facts->info.fields[i].value;
	return NULL;
}
