// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writing a stripped module:
 *
 *     ELF header
 *     sections           those that stay, in the order of their offsets
 *     section headers
 *
 * A section moves towards the beginning, to the first offset that is aligned as its old
 * one was. So no section ends after its old end, whatever alignment it asks for, and the
 * file is longer than the module by its section headers at most.
 */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/util.h"
#include "module/stripwrite.h"

unsigned strip_entry_size(const struct stripping *s, const struct elf_section *section)
{
	return (unsigned)(section->type == SHT_REL ? SIZE_OF(s, Rel) : SIZE_OF(s, Rela));
}

/*
 * Where a relocation has the word with its symbol, in r_info:
 *
 *     32 bits           the upper three bytes of a word; the type is below them
 *     64 bits           the upper half of a double word
 *     64 bits, MIPS     the first of two words; the other is a byte each for a special
 *                       symbol and three types
 */
static unsigned symbol_at(const struct stripping *s)
{
	if (!s->layout.wide)
		return offsetof(Elf32_Rel, r_info);
	return offsetof(Elf64_Rel, r_info) +
	       (s->layout.big_endian || s->layout.machine == EM_MIPS ? 0 : 4);
}

uint32_t strip_symbol_of(const struct stripping *s, const unsigned char *relocation)
{
	uint32_t word =
		(uint32_t)strip_number(s, relocation + symbol_at(s), sizeof(word));

	return s->layout.wide ? word : ELF32_R_SYM(word);
}

/* size: 2, 4 or 8 */
static void put(const struct stripping *s, unsigned char *p, unsigned size,
		uint64_t number)
{
	for (unsigned i = 0; i < size; i++, number >>= 8)
		p[s->layout.big_endian ? size - 1 - i : i] = (unsigned char)number;
}

/* -- strings -------------------------------------------------------------------- */

/*
 * A table of strings is made anew, so that names of symbols that go do not stay; unless
 * it is allocated, or sections use it that are not known here.
 */
static void begin_strings(struct stripping *s, unsigned table)
{
	struct strip_section *section = &s->sections[table];

	if (section->strings || section->header.flags & SHF_ALLOC)
		return;
	for (unsigned i = 1; i < s->layout.sections; i++)
		if (strip_header(s, i)->link == table && i != s->symtab &&
		    !strip_goes(s, i))
			return;
	section->strings =
		xreallocarray(NULL, section->header.part.size, sizeof(*section->strings));
	memset(section->strings, 0xff, /* STRING_GONE */
	       section->header.part.size * sizeof(*section->strings));
	section->strings[0] = 0;
}

static void mark_string(struct stripping *s, unsigned table, const unsigned char *offset)
{
	if (s->sections[table].strings)
		s->sections[table].strings[strip_number(s, offset, 4)] = 0;
}

/*
 * Where strings share bytes (".rela.text", ".text"), they still do: of each sequence of
 * bytes up to a NUL, all stay after the first that is marked.
 */
static void end_strings(struct stripping *s, unsigned table)
{
	const unsigned char *p = strip_contents(s, table);
	struct strip_section *section = &s->sections[table];
	uint32_t offset = 0;
	bool inside = false;

	if (!section->strings)
		return;
	for (uint64_t i = 0; i < section->header.part.size; i++) {
		if (!inside && section->strings[i] == STRING_GONE)
			continue;
		section->strings[i] = offset++;
		inside = p[i] != '\0';
	}
	section->size = offset;
}

static void number_strings(struct stripping *s)
{
	unsigned strtab = s->symtab ? strip_header(s, s->symtab)->link : s->shstrtab;

	begin_strings(s, s->shstrtab);
	begin_strings(s, strtab);
	for (unsigned i = 1; i < s->layout.sections; i++)
		if (!strip_goes(s, i))
			mark_string(s, s->shstrtab,
				    s->layout.table.data + i * SIZE_OF(s, Shdr));
	for (size_t i = 1; i < s->n_symbols; i++)
		if (s->symbols[i] != GONE)
			mark_string(s, strtab, strip_symbol(s, i) + AT(s, Sym, st_name));
	end_strings(s, s->shstrtab);
	if (strtab != s->shstrtab)
		end_strings(s, strtab);
}

/* -- contents of sections: each function returns their size ------------------------ */

static uint32_t new_string(const struct strip_section *table, uint32_t offset)
{
	return table->strings ? table->strings[offset] : offset;
}

static uint64_t write_strings(const struct strip_section *section,
			      const unsigned char *from, unsigned char *to)
{
	for (uint64_t i = 0; i < section->header.part.size; i++)
		if (section->strings[i] != STRING_GONE)
			to[section->strings[i]] = from[i];
	return section->size;
}

static uint64_t write_symbols(const struct stripping *s, const unsigned char *from,
			      unsigned char *to)
{
	const struct elf_section *symtab = &s->sections[s->symtab].header;
	const struct strip_section *strtab = &s->sections[symtab->link];
	size_t size = SIZE_OF(s, Sym);

	for (size_t i = 0; i < s->n_symbols; i++, from += size) {
		unsigned char *p = to + s->symbols[i] * size;
		unsigned section;

		if (i != 0 && s->symbols[i] == GONE)
			continue;
		memcpy(p, from, size);
		if (i == 0)
			continue;
		section = (unsigned)strip_number(s, from + AT(s, Sym, st_shndx), 2);
		put(s, p, 4, new_string(strtab, (uint32_t)strip_number(s, from, 4)));
		if (section < SHN_LORESERVE)
			put(s, p + AT(s, Sym, st_shndx), 2, s->sections[section].number);
	}
	return s->symbols_kept * size;
}

static uint64_t write_relocations(const struct stripping *s,
				  const struct elf_section *section, unsigned char *to)
{
	unsigned size = strip_entry_size(s, section);

	for (uint64_t i = 0; i < section->part.size; i += size) {
		unsigned char *p = to + i + symbol_at(s);
		uint32_t old = (uint32_t)strip_number(s, p, 4);
		uint32_t number = s->symbols[strip_symbol_of(s, to + i)];

		put(s, p, 4, s->layout.wide ? number : ELF32_R_INFO(number, old & 0xff));
	}
	return section->part.size;
}

/* Flags, and the numbers of the members. */
static uint64_t write_group(const struct stripping *s, const struct elf_section *section,
			    unsigned char *to)
{
	uint64_t size = 4;

	for (uint64_t i = 4; i < section->part.size; i += 4) {
		unsigned number = s->sections[strip_number(s, to + i, 4)].number;

		if (number == GONE)
			continue;
		put(s, to + size, 4, number);
		size += 4;
	}
	return size;
}

/* Numbers of symbols in ULEB128. New ones are not larger, so that they fit in place. */
static int write_addrsig(const struct stripping *s, const struct elf_section *section,
			 unsigned char *to, uint64_t *size)
{
	const unsigned char *from = to, *end = to + section->part.size;
	unsigned char *p = to;

	while (from < end) {
		uint64_t number = 0;
		unsigned shift = 0;

		do {
			if (from == end || shift > 28)
				return strip_fail(s,
						  "address-significance table is damaged");
			number |= (uint64_t)(*from & 0x7f) << shift;
			shift += 7;
		} while (*from++ & 0x80);
		if (number >= s->n_symbols)
			return strip_fail(s, "address-significance table is damaged");
		number = s->symbols[number];
		if (number == GONE)
			continue;
		for (; number > 0x7f; number >>= 7)
			*p++ = (unsigned char)(number | 0x80);
		*p++ = (unsigned char)number;
	}
	*size = (uint64_t)(p - to);
	return 0;
}

static int write_contents(const struct stripping *s, struct strip_section *section,
			  unsigned char *to)
{
	const struct elf_section *header = &section->header;
	const unsigned char *from = s->data + header->part.offset;

	if (section == &s->sections[s->symtab]) {
		section->size = write_symbols(s, from, to);
		return 0;
	}
	if (section->strings) {
		section->size = write_strings(section, from, to);
		return 0;
	}
	memcpy(to, from, header->part.size);
	section->size = header->part.size;
	if (strip_is_relocations(header))
		section->size = write_relocations(s, header, to);
	else if (header->type == SHT_GROUP)
		section->size = write_group(s, header, to);
	else if (strip_is_addrsig(s, header))
		return write_addrsig(s, header, to, &section->size);
	return 0;
}

/* -- the file ------------------------------------------------------------------------ */

static void write_header(const struct stripping *s, unsigned i, unsigned char *to)
{
	const struct strip_section *section = &s->sections[i];
	const struct elf_section *header = &section->header;
	unsigned word = WORD(s);

	memcpy(to, s->layout.table.data + i * SIZE_OF(s, Shdr), SIZE_OF(s, Shdr));
	if (i == 0)
		return;
	put(s, to, 4,
	    new_string(&s->sections[s->shstrtab], (uint32_t)strip_number(s, to, 4)));
	if (header->type == SHT_NULL)
		return;
	put(s, to + AT(s, Shdr, sh_offset), word, section->offset);
	if (strip_has_bytes(header))
		put(s, to + AT(s, Shdr, sh_size), word, section->size);
	put(s, to + AT(s, Shdr, sh_link), 4, s->sections[header->link].number);
	if (strip_info_is_section(header))
		put(s, to + AT(s, Shdr, sh_info), 4, s->sections[header->info].number);
	else if (header->type == SHT_GROUP)
		put(s, to + AT(s, Shdr, sh_info), 4, s->symbols[header->info]);
	else if (header->type == SHT_SYMTAB)
		put(s, to + AT(s, Shdr, sh_info), 4, s->first_global);
}

/* The largest power of two that divides a section's offset and its alignment. */
static uint64_t alignment(const struct stripping *s, const struct strip_section *section)
{
	const unsigned char *p =
		s->layout.table.data + (size_t)(section - s->sections) * SIZE_OF(s, Shdr);
	uint64_t align = strip_number(s, p + AT(s, Shdr, sh_addralign), WORD(s));

	if (align <= 1)
		return 1;
	align |= section->header.part.offset;
	return align & -align;
}

static uint64_t align_up(uint64_t offset, uint64_t align)
{
	return (offset + align - 1) & -align;
}

int strip_write(struct stripping *s, void **out, size_t *out_size)
{
	uint64_t end = s->layout.header.size, table_size;
	struct strbuf buffer = { 0 };
	unsigned char *data;

	number_strings(s);
	table_size = s->sections_kept * SIZE_OF(s, Shdr);
	if (strbuf_reserve(&buffer, s->layout.end + table_size + WORD(s), s->err) < 0)
		return -1;
	data = (unsigned char *)buffer.data;
	memset(data, 0, s->layout.end + table_size + WORD(s));
	memcpy(data, s->data, s->layout.header.size);
	for (unsigned i = 0; i < s->layout.sections - 1; i++) {
		struct strip_section *section = s->by_offset[i];

		if (section->number == GONE)
			continue;
		section->offset = align_up(end, alignment(s, section));
		if (!strip_has_bytes(&section->header)) {
			/* Its old offset and alignment may be anything. */
			if (section->offset > section->header.part.offset)
				section->offset = end;
			continue;
		}
		if (write_contents(s, section, data + section->offset) < 0) {
			strbuf_free(&buffer);
			return -1;
		}
		end = section->offset + section->size;
	}
	end = align_up(end, WORD(s));
	for (unsigned i = 0; i < s->layout.sections; i++)
		if (i == 0 || s->sections[i].number != GONE)
			write_header(s, i,
				     data + end +
					     s->sections[i].number * SIZE_OF(s, Shdr));
	put(s, data + AT(s, Ehdr, e_shoff), WORD(s), end);
	put(s, data + AT(s, Ehdr, e_shnum), 2, s->sections_kept);
	put(s, data + AT(s, Ehdr, e_shstrndx), 2, s->sections[s->shstrtab].number);
	*out = data;
	*out_size = end + table_size;
	return 0;
}
