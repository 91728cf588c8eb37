// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stripping a module: what goes, as GNU strip decides it (binutils: is_strip_section()
 * and filter_symbols() in objcopy.c).
 *
 *     sections    .debug* and the others of elf_is_debug(), unless they are allocated;
 *                 the relocations of these; a group whose members all go
 *     symbols     those of sections that go; symbols of sections and files that no
 *                 relocation uses. STRIP_UNNEEDED: also local symbols that no relocation
 *                 uses, except ARM's mapping symbols; undefined ones that are not weak
 *
 * All else stays in its order: stripwrite.c changes numbers of sections and symbols and
 * offsets of strings wherever the file has some. What has such numbers in a way that is
 * not known here is refused, and so is a section that refers to one that goes.
 *
 * The input is hostile. elf_check() knows that all sections lie within the file; here,
 * they must not overlap either, so that all of them together are no longer than the file:
 * time and memory are then a constant times its size.
 */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/util.h"
#include "module/strip.h"
#include "module/stripwrite.h"

enum { NEEDED = 1 }; /* a mark in symbols, before they get numbers */

static const char damaged[] = "section headers are damaged";
static const char damaged_symbols[] = "symbol table is damaged";
static const char refers[] = "a section that stays refers to debugging information";

/* -- reading the sections ------------------------------------------------------- */

/* By offset; sections without bytes before the one that begins there. */
static int compare_offsets(const void *a, const void *b)
{
	const struct strip_section *x = *(struct strip_section *const *)a;
	const struct strip_section *y = *(struct strip_section *const *)b;

	if (x->header.part.offset != y->header.part.offset)
		return x->header.part.offset < y->header.part.offset ? -1 : 1;
	if (strip_has_bytes(&x->header) != strip_has_bytes(&y->header))
		return strip_has_bytes(&x->header) ? 1 : -1;
	return x < y ? -1 : x > y;
}

static int sort_sections(struct stripping *s)
{
	uint64_t end = s->layout.header.size;
	unsigned n = s->layout.sections - 1;

	for (unsigned i = 0; i < n; i++)
		s->by_offset[i] = &s->sections[i + 1];
	qsort(s->by_offset, n, sizeof(struct strip_section *), compare_offsets);
	for (unsigned i = 0; i < n; i++) {
		const struct elf_section *section = &s->by_offset[i]->header;

		if (!strip_has_bytes(section))
			continue;
		if (section->part.offset < end)
			return strip_fail(s, "sections overlap");
		end = section->part.offset + section->part.size;
	}
	return 0;
}

static int check_links(const struct stripping *s, unsigned i)
{
	const struct elf_section *section = strip_header(s, i);

	/* Readers of .modinfo, which only look at its name, do not let it move. */
	if (section->type == SHT_NULL)
		return strcmp(section->name, ".modinfo") ? 0 : strip_fail(s, damaged);
	if (section->link >= s->layout.sections ||
	    (strip_info_is_section(section) && section->info >= s->layout.sections))
		return strip_fail(s, damaged);
	if (section->type == SHT_SYMTAB_SHNDX)
		return strip_fail(s, "has extended section numbers (SHT_SYMTAB_SHNDX)");
	if (strip_is_relocations(section) || section->type == SHT_GROUP) {
		if (!s->symtab || section->link != s->symtab)
			return strip_fail(s, "a section refers to no symbol table");
	} else if (s->symtab && section->link == s->symtab &&
		   !strip_is_addrsig(s, section)) {
		return strip_fail(s, "a section of an unknown type refers to symbols");
	}
	if (strip_is_relocations(section) &&
	    section->part.size % strip_entry_size(s, section) != 0)
		return strip_fail(s, "relocations are damaged");
	return 0;
}

static int read_sections(struct stripping *s)
{
	const unsigned char *p = s->layout.header.data;
	unsigned n = s->layout.sections;

	s->shstrtab = (unsigned)strip_number(s, p + AT(s, Ehdr, e_shstrndx), 2);
	if (strip_number(s, p + AT(s, Ehdr, e_phnum), 2) != 0)
		return strip_fail(s, "not a kernel module (it has program headers)");
	s->sections = xcalloc(n, sizeof(*s->sections));
	s->by_offset = xcalloc(n, sizeof(struct strip_section *));
	for (unsigned i = 1; i < n; i++) {
		s->sections[i].header = elf_section(&s->layout, i);
		if (strip_header(s, i)->type != SHT_SYMTAB)
			continue;
		if (s->symtab)
			return strip_fail(s, "has several symbol tables");
		s->symtab = i;
	}
	if (strip_header(s, s->shstrtab)->type != SHT_STRTAB)
		return strip_fail(s, "section names are damaged");
	for (unsigned i = 1; i < n; i++)
		if (check_links(s, i) < 0)
			return -1;
	return sort_sections(s);
}

/* -- sections that go ----------------------------------------------------------- */

/* Whether the section itself is debugging information. */
static bool is_debug(const struct stripping *s, unsigned i)
{
	const struct elf_section *section = strip_header(s, i);

	return !(section->flags & SHF_ALLOC) && !strip_is_relocations(section) &&
	       section->type != SHT_GROUP && i != s->symtab && i != s->shstrtab &&
	       !(s->symtab && i == strip_header(s, s->symtab)->link) &&
	       elf_is_debug(section->name);
}

/* Whether all members of a group go. Returns 1, 0, or -1 after setting the error. */
static int is_empty(const struct stripping *s, unsigned i)
{
	const struct elf_part *part = &strip_header(s, i)->part;
	int empty = 1;

	if (part->size == 0 || part->size % 4 != 0)
		return strip_fail(s, damaged);
	for (uint64_t k = 4; k < part->size; k += 4) {
		uint64_t member = strip_number(s, strip_contents(s, i) + k, 4);

		if (member == 0 || member >= s->layout.sections ||
		    strip_header(s, (unsigned)member)->type == SHT_GROUP)
			return strip_fail(s, damaged);
		if (!strip_goes(s, (unsigned)member))
			empty = 0;
	}
	return empty;
}

/* Sections get numbers: first 1, if they stay. */
static int number_sections(struct stripping *s)
{
	unsigned n = s->layout.sections;

	for (unsigned i = 1; i < n; i++)
		s->sections[i].number = !is_debug(s, i);
	for (unsigned i = 1; i < n; i++) {
		const struct elf_section *section = strip_header(s, i);

		if (strip_is_relocations(section) && !(section->flags & SHF_ALLOC) &&
		    section->info && is_debug(s, section->info))
			s->sections[i].number = GONE;
	}
	for (unsigned i = 1; i < n; i++) {
		int empty = strip_header(s, i)->type == SHT_GROUP ? is_empty(s, i) : 0;

		if (empty < 0)
			return -1;
		if (empty)
			s->sections[i].number = GONE;
	}
	s->sections_kept = 1;
	for (unsigned i = 1; i < n; i++) {
		const struct elf_section *section = strip_header(s, i);

		if (strip_goes(s, i))
			continue;
		if (section->type != SHT_NULL &&
		    (strip_goes(s, section->link) ||
		     (strip_info_is_section(section) && strip_goes(s, section->info))))
			return strip_fail(s, refers);
		s->sections[i].number = s->sections_kept++;
	}
	return 0;
}

/* -- symbols that go ------------------------------------------------------------ */

static unsigned symbol_section(const struct stripping *s, const unsigned char *p)
{
	return (unsigned)strip_number(s, p + AT(s, Sym, st_shndx), 2);
}

static int need(struct stripping *s, uint32_t i)
{
	if (i >= s->n_symbols)
		return strip_fail(s, damaged_symbols);
	s->symbols[i] = NEEDED;
	return 0;
}

/* Mark the symbols that sections which stay use. */
static int mark_symbols(struct stripping *s)
{
	for (unsigned i = 1; i < s->layout.sections; i++) {
		const struct elf_section *section = strip_header(s, i);
		unsigned size = strip_entry_size(s, section);

		if (strip_goes(s, i))
			continue;
		if (section->type == SHT_GROUP && need(s, section->info) < 0)
			return -1;
		if (!strip_is_relocations(section))
			continue;
		for (uint64_t k = 0; k < section->part.size; k += size)
			if (need(s, strip_symbol_of(s, strip_contents(s, i) + k)) < 0)
				return -1;
	}
	return 0;
}

/* Whether a symbol says what follows: instructions or data ("$a", "$d.1"). */
static bool is_mapping(const struct stripping *s, const unsigned char *p)
{
	const char *letters = s->layout.machine == EM_ARM     ? "atdx" :
			      s->layout.machine == EM_AARCH64 ? "dx" :
								"";
	const char *name =
		(const char *)strip_contents(s, strip_header(s, s->symtab)->link) +
		strip_number(s, p + AT(s, Sym, st_name), 4);

	return name[0] == '$' && name[1] && strchr(letters, name[1]) &&
	       (name[2] == '\0' || name[2] == '.');
}

/* Whether a symbol that no relocation uses stays. */
static bool stays(const struct stripping *s, const unsigned char *p,
		  enum strip_level level)
{
	unsigned info = p[AT(s, Sym, st_info)], type = ELF64_ST_TYPE(info);

	if (ELF64_ST_BIND(info) == STB_LOCAL)
		return type != STT_SECTION && type != STT_FILE &&
		       (level == STRIP_DEBUG || is_mapping(s, p));
	/* An undefined symbol of a processor's own type is a register, on SPARC. */
	return level == STRIP_DEBUG || ELF64_ST_BIND(info) == STB_WEAK ||
	       symbol_section(s, p) != SHN_UNDEF || type >= STT_LOPROC;
}

static int number_symbol(struct stripping *s, size_t i, enum strip_level level)
{
	const struct elf_part *names =
		&strip_header(s, strip_header(s, s->symtab)->link)->part;
	const unsigned char *p = strip_symbol(s, i);
	unsigned section = symbol_section(s, p);

	if (section == SHN_XINDEX ||
	    (section >= s->layout.sections && section < SHN_LORESERVE) ||
	    strip_number(s, p + AT(s, Sym, st_name), 4) >= names->size)
		return strip_fail(s, damaged_symbols);
	if (section < SHN_LORESERVE && strip_goes(s, section)) {
		if (s->symbols[i] == NEEDED)
			return strip_fail(s, refers);
	} else if (s->symbols[i] == NEEDED || stays(s, p, level)) {
		s->symbols[i] = (uint32_t)s->symbols_kept++;
	}
	return 0;
}

static int number_symbols(struct stripping *s, enum strip_level level)
{
	const struct elf_section *symtab = strip_header(s, s->symtab), *strtab;

	if (!s->symtab)
		return 0;
	strtab = strip_header(s, symtab->link);
	s->n_symbols = symtab->part.size / SIZE_OF(s, Sym);
	if (s->n_symbols == 0 || symtab->part.size % SIZE_OF(s, Sym) != 0 ||
	    symtab->info > s->n_symbols || strtab->type != SHT_STRTAB ||
	    !strip_has_bytes(strtab) || strtab->part.size >= STRING_GONE ||
	    strip_contents(s, symtab->link)[strtab->part.size - 1] != '\0')
		return strip_fail(s, damaged_symbols);
	s->symbols = xcalloc(s->n_symbols, sizeof(*s->symbols));
	if (mark_symbols(s) < 0)
		return -1;
	s->symbols[0] = 0;
	s->symbols_kept = 1;
	for (size_t i = 1; i < s->n_symbols; i++) {
		if (i == symtab->info)
			s->first_global = (uint32_t)s->symbols_kept;
		if (number_symbol(s, i, level) < 0)
			return -1;
	}
	if (symtab->info == s->n_symbols)
		s->first_global = (uint32_t)s->symbols_kept;
	return 0;
}

/* ------------------------------------------------------------------------------- */

static void release(struct stripping *s)
{
	for (unsigned i = 1; s->sections && i < s->layout.sections; i++)
		free(s->sections[i].strings);
	free(s->sections);
	free(s->by_offset);
	free(s->symbols);
}

static int copy(const void *module, size_t size, void **out, size_t *out_size,
		const char **err)
{
	struct strbuf buffer = { 0 };

	if (strbuf_reserve(&buffer, size, err) < 0)
		return -1;
	memcpy(buffer.data, module, size);
	*out = buffer.data;
	*out_size = size;
	return 0;
}

int module_strip(const void *module, size_t size, enum strip_level level, void **out,
		 size_t *out_size, bool *signature_dropped, const char **err)
{
	struct elf_source source = { .memory = module, .fd = -1, .size = size };
	struct elf_scratch scratch = { 0 };
	struct stripping s = { .data = module, .err = err };
	int result;

	if (elf_check(&source, &scratch, &s.layout, err) < 0)
		return -1;
	*signature_dropped = s.layout.is_signed;
	result = read_sections(&s);
	if (result == 0)
		result = number_sections(&s);
	if (result == 0)
		result = number_symbols(&s, level);
	if (result == 0 && s.sections_kept == s.layout.sections &&
	    s.symbols_kept == s.n_symbols) {
		result = copy(module, s.layout.is_signed ? s.layout.end : size, out,
			      out_size, err);
	} else if (result == 0) {
		result = strip_write(&s, out, out_size);
	}
	release(&s);
	return result;
}
