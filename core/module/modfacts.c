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
 *
 * Its own exports are modexports.c's.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "factsread.h"

enum {
	VERSION_SIZE = 64,
	MACHINE_LOONGARCH = 258, /* EM_LOONGARCH, which older headers lack */
	NAMES_MAX = 16 << 20, /* bytes of all names; the largest modules have 200 KiB */
};

int facts_damaged(const struct reading *r)
{
	r->facts->err = "symbol table is damaged";
	return -1;
}

struct elf_part facts_section(const struct reading *r, const char *name, unsigned *number)
{
	for (unsigned i = 1; i < r->layout->sections; i++) {
		struct elf_section section = elf_section(r->layout, i);

		if (strcmp(section.name, name) != 0 || section.type == SHT_NOBITS ||
		    section.type == SHT_NULL || !(section.flags & SHF_ALLOC))
			continue;
		if (number)
			*number = i;
		section.part.data = r->source->memory + section.part.offset;
		return section.part;
	}
	return (struct elf_part){ 0 };
}

/*
 * Whether the kernel gives a section flags of its own before it looks at them
 * (module_frob_arch_sections()): room for jumps, which it fills.
 */
static bool is_reshaped(const struct reading *r, const char *name)
{
	static const char *const names[] = { ".plt", ".init.plt", ".got", ".got.plt",
					     ".text.ftrace_trampoline" };
	unsigned machine = r->layout->machine;

	if (machine != EM_AARCH64 && machine != EM_ARM && machine != EM_RISCV &&
	    machine != MACHINE_LOONGARCH)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Find the symbol table, and the strings that it refers to. */
static void find_symbols(struct reading *r)
{
	for (unsigned i = 1; i < r->layout->sections; i++) {
		struct elf_section section = elf_section(r->layout, i);

		if (section.flags & SHF_WRITE && section.flags & SHF_EXECINSTR &&
		    section.flags & SHF_ALLOC && !is_reshaped(r, section.name))
			r->facts->writable_code = true;
		if (section.type != SHT_SYMTAB || section.link >= r->layout->sections)
			continue;
		r->symbols = section.part;
		r->symbols.data = r->source->memory + section.part.offset;
		section = elf_section(r->layout, section.link);
		if (section.type == SHT_NOBITS || section.type == SHT_NULL)
			continue;
		r->names = section.part;
		r->names.data = r->source->memory + section.part.offset;
	}
}

bool facts_is_ended(const struct elf_part *part)
{
	return part->size > 0 && part->data[part->size - 1] == '\0';
}

uint64_t facts_number(const struct reading *r, const unsigned char *p, unsigned size)
{
	return elf_number(r->layout, p, size);
}

/* The string at an offset of a section that facts_is_ended(), or NULL. */
const char *facts_string(const struct elf_part *part, uint64_t offset)
{
	return offset < part->size ? (const char *)part->data + offset : NULL;
}

const char *facts_copy(struct reading *r, const char *name)
{
	size_t n = strlen(name);

	r->bytes += n + 1;
	return arena_strndup(r->arena, name, n);
}

bool facts_is_long(const struct reading *r)
{
	return r->bytes >= NAMES_MAX;
}

/* -- symbols -------------------------------------------------------------------- */

/* Whether an undefined symbol is none: of the linker, and a register of SPARC's. */
static bool is_no_need(const struct reading *r, const struct elf_symbol *symbol)
{
	unsigned machine = r->layout->machine;

	return symbol->section != SHN_UNDEF ||
	       (machine == EM_PPC64 && strcmp(symbol->name, ".TOC.") == 0) ||
	       ((machine == EM_386 || machine == EM_X86_64 || machine == EM_S390) &&
		strcmp(symbol->name, "_GLOBAL_OFFSET_TABLE_") == 0) ||
	       elf_is_register(r->layout, symbol);
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
	struct elf_part plain = facts_section(r, "__versions", NULL);
	unsigned word = r->layout->wide ? 8 : 4;

	r->facts->versions[VERSIONS_PLAIN] = plain.size > 0;
	r->versions[VERSIONS_PLAIN] =
		xcalloc(plain.size / VERSION_SIZE + 1, sizeof(**r->versions));
	for (uint64_t at = 0; at + VERSION_SIZE <= plain.size; at += VERSION_SIZE) {
		const unsigned char *p = plain.data + at;

		if (!memchr(p + word, '\0', VERSION_SIZE - word))
			return facts_damaged(r);
		add_version(r, VERSIONS_PLAIN, (const char *)p + word,
			    facts_number(r, p, word));
	}
	sort_versions(r, VERSIONS_PLAIN);
	return 0;
}

static int read_extended(struct reading *r)
{
	struct elf_part crcs = facts_section(r, "__version_ext_crcs", NULL);
	struct elf_part names = facts_section(r, "__version_ext_names", NULL);
	uint64_t offset = 0;

	r->facts->versions[VERSIONS_EXTENDED] = crcs.size > 0;
	r->versions[VERSIONS_EXTENDED] =
		xcalloc(crcs.size / 4 + 1, sizeof(**r->versions));
	if (crcs.size && !facts_is_ended(&names))
		return facts_damaged(r);
	for (uint64_t at = 0; at + 4 <= crcs.size; at += 4) {
		const char *name = facts_string(&names, offset);

		if (!name)
			return facts_damaged(r);
		add_version(r, VERSIONS_EXTENDED, name,
			    facts_number(r, crcs.data + at, 4));
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
	size_t n = elf_symbol_count(r->layout, &r->symbols), count = 0;
	struct elf_symbol symbol;

	if (r->symbols.size && !facts_is_ended(&r->names))
		return facts_damaged(r);
	for (size_t i = 1; i < n; i++) {
		if (!elf_symbol(r->layout, &r->symbols, &r->names, i, &symbol))
			return facts_damaged(r);
		count += !is_no_need(r, &symbol);
		facts->common |= symbol.section == SHN_COMMON &&
				 strncmp(symbol.name, "__gnu_lto", 9) != 0;
	}
	facts->needs = arena_alloc(r->arena, (count + 1) * sizeof(*facts->needs));
	for (size_t i = 1; i < n && !facts_is_long(r); i++) {
		struct module_need *need = &facts->needs[facts->n_needs];

		if (!elf_symbol(r->layout, &r->symbols, &r->names, i, &symbol) ||
		    is_no_need(r, &symbol))
			continue;
		*need = (struct module_need){ .name = facts_copy(r, symbol.name),
					      .weak = symbol.bind == STB_WEAK };
		find_versions(r, symbol.name, need);
		facts->n_needs++;
	}
	facts->layout.name = "module_layout";
	find_versions(r, facts->layout.name, &facts->layout);
	return facts_is_long(r) ? facts_damaged(r) : 0;
}

void module_facts_read(struct module_facts *facts, const struct elf_source *source,
		       const struct elf_layout *layout, struct arena *arena)
{
	struct reading r = {
		.facts = facts, .source = source, .layout = layout, .arena = arena
	};

	*facts = (struct module_facts){ .machine = layout->machine,
					.wide = layout->wide,
					.big_endian = layout->big_endian };
	if (layout->modinfo.size)
		modinfo_split(&facts->info, arena, layout->modinfo.data,
			      layout->modinfo.size, NULL);
	facts->this_module = facts_section(&r, ".gnu.linkonce.this_module", NULL).size;
	find_symbols(&r);
	facts->symtab = r.symbols.size > 0;
	if (read_plain(&r) < 0 || read_extended(&r) < 0 || read_needs(&r) < 0 ||
	    exports_read(&r) < 0)
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
