// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The exports of a module:
 *
 *	__ksymtab, __ksymtab_gpl	entries, as in kernel/ksymtab.c
 *	__kcrctab, __kcrctab_gpl	a u32 for each of them, with MODVERSIONS
 *	__kflagstab			7.0 and later: a byte for each
 *	__ksymtab_strings		names and namespaces
 *
 * In the file, an entry of __ksymtab is empty: relocations tell where its fields lead,
 * one to the value, others into __ksymtab_strings, to the name and, from 5.4 on, the
 * namespace. So there are as many entries as values.
 *
 * Before 5.19, relocations give the CRCs too (include/asm-generic/export.h): the value of
 * a symbol __crc_NAME or, with MODULE_REL_CRCS, the place of the CRC, which the entry is
 * relative to.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "factsread.h"

enum { FLAG_GPL = 1 << 0 };

/* A section, and its relocations. */
struct related {
	unsigned number;
	struct elf_part data, relocations;
	bool addends; /* SHT_RELA; SHT_REL has them in the data */
};

/* A table of exports. */
struct table {
	struct related entries, crcs;
	struct elf_part flags;
	struct module_export *exports;
	size_t n;
	unsigned field; /* bytes of an entry's field */
	unsigned entry; /* bytes */
	bool gpl;
};

struct relocation {
	uint64_t offset, addend;
	struct elf_symbol symbol;
};

static size_t relocation_size(const struct reading *r, const struct related *related)
{
	size_t word = r->layout->wide ? 8 : 4;

	return (related->addends ? 3 : 2) * word;
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

/*
 * Read the relocation at *at, and move on. Returns false at the end. One whose symbol or
 * place does not exist is passed over.
 */
static bool next_relocation(const struct reading *r, const struct related *related,
			    uint64_t *at, struct relocation *found)
{
	unsigned word = r->layout->wide ? 8 : 4;
	size_t step = relocation_size(r, related);

	while (*at + step <= related->relocations.size) {
		const unsigned char *p = related->relocations.data + *at;
		uint64_t info = facts_number(r, p + word, word);

		*at += step;
		found->offset = facts_number(r, p, word);
		if (related->data.size < 4 || found->offset > related->data.size - 4 ||
		    !elf_symbol(r->layout, &r->symbols, &r->names,
				symbol_of(r->layout, info), &found->symbol))
			continue;
		found->addend =
			related->addends ?
				facts_number(r, p + (size_t)2 * word, word) :
				facts_number(r, related->data.data + found->offset, 4);
		return true;
	}
	return false;
}

/* Set the size of an entry and their number: one for each value. */
static int measure(const struct reading *r, struct table *table, unsigned strings)
{
	struct relocation found;
	uint64_t at = 0, size = table->entries.data.size;

	while (next_relocation(r, &table->entries, &at, &found))
		table->n += found.symbol.section != strings &&
			    found.symbol.section != table->entries.number;
	if (table->n == 0 || size % table->n)
		return facts_damaged(r);
	size /= table->n;
	if (size != 8 && size != 12 && size != 16 && size != 24)
		return facts_damaged(r);
	table->entry = (unsigned)size;
	table->field = size == 16 || size == 24 ? 8 : 4;
	return 0;
}

/* Set the names and namespaces: where relocations lead into the strings. */
static int read_names(struct reading *r, struct table *table,
		      const struct elf_part *strings, unsigned number)
{
	struct relocation found;
	uint64_t at = 0;

	while (next_relocation(r, &table->entries, &at, &found)) {
		struct module_export *item = &table->exports[found.offset / table->entry];
		uint64_t field = found.offset % table->entry / table->field;
		const char *text;

		if (found.symbol.section != number || field == 0)
			continue;
		text = facts_string(strings, found.symbol.value + found.addend);
		if (!text || facts_is_long(r))
			return facts_damaged(r);
		if (field == 1)
			item->name = facts_copy(r, text);
		else
			item->namespace = facts_copy(r, text);
	}
	for (size_t i = 0; i < table->n; i++)
		if (!table->exports[i].name)
			return facts_damaged(r);
	return 0;
}

static void read_crcs(const struct reading *r, struct table *table)
{
	struct relocation found;
	uint64_t at = 0;

	for (size_t i = 0; i < table->n && 4 * (i + 1) <= table->crcs.data.size; i++) {
		table->exports[i].has_crc = true;
		table->exports[i].crc =
			(uint32_t)facts_number(r, table->crcs.data.data + 4 * i, 4);
	}
	while (next_relocation(r, &table->crcs, &at, &found)) {
		struct module_export *item;
		uint64_t crc;

		if (found.offset / 4 >= table->n)
			continue;
		item = &table->exports[found.offset / 4];
		item->has_crc = elf_crc(r->source, r->layout, found.symbol.section,
					found.symbol.value + found.addend, &crc);
		item->crc = (uint32_t)crc;
	}
}

static int read_table(struct reading *r, struct table *table)
{
	unsigned number = 0;
	struct elf_part strings = facts_section(r, "__ksymtab_strings", &number);

	if (!facts_is_ended(&strings) || measure(r, table, number) < 0)
		return facts_damaged(r);
	table->exports = r->facts->exports + r->facts->n_exports;
	for (size_t i = 0; i < table->n; i++) {
		table->exports[i] =
			(struct module_export){ .namespace = "", .gpl = table->gpl };
		if (i < table->flags.size)
			table->exports[i].gpl = table->flags.data[i] & FLAG_GPL;
	}
	read_crcs(r, table);
	r->facts->n_exports += table->n;
	return read_names(r, table, &strings, number);
}

/* Find a section, and its relocations: in a section that refers to it. */
static void find_related(const struct reading *r, const char *name,
			 struct related *related)
{
	related->data = facts_section(r, name, &related->number);
	for (unsigned i = 1; related->data.size && i < r->layout->sections; i++) {
		struct elf_section section = elf_section(r->layout, i);

		if ((section.type != SHT_RELA && section.type != SHT_REL) ||
		    section.info != related->number)
			continue;
		related->addends = section.type == SHT_RELA;
		related->relocations = section.part;
		related->relocations.data = r->source->memory + section.part.offset;
	}
}

int exports_read(struct reading *r)
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
		find_related(r, names[i].entries, &tables[i].entries);
		find_related(r, names[i].crcs, &tables[i].crcs);
		tables[i].flags = facts_section(r, names[i].flags, NULL);
		tables[i].gpl = i == 1;
		size += tables[i].entries.data.size;
	}
	r->facts->exports =
		arena_alloc(r->arena, (size / 8 + 1) * sizeof(*r->facts->exports));
	for (unsigned i = 0; i < 2; i++)
		if (tables[i].entries.data.size && read_table(r, &tables[i]) < 0)
			return -1;
	return 0;
}
