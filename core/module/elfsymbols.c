// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The symbols that a module exports and needs.
 *
 *     .symtab            undefined symbols are the needed ones; __crc_NAME has the
 *                        CRC of the exported NAME: in its value, or at that offset
 *                        of the section that it refers to
 *     .strtab            the symbols' names
 *     __versions         64 bytes each: a needed symbol's CRC, and its name
 *     __ksymtab_strings  the exported names, for kernels without CRCs
 *
 * The lists are the same as those of libkmod's kmod_elf_get_symbols() and
 * kmod_elf_get_dependency_symbols(), entry by entry; a test compares them. libkmod itself
 * is not used: it trusts the file too much (it checks where a name begins, but not where
 * it ends, nor a CRC in a section of less than four bytes), and it compares every needed
 * symbol with every version, so that a crafted module can keep it busy for hours. It also
 * took most of the time of indexing uncompressed modules.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "module/elfcheck.h"
#include "module/elfsymbols.h"

/* The sections that are read. */
enum { SYMTAB, STRTAB, VERSIONS, KSYMTAB_STRINGS, N_PARTS };

static const char *const part_names[N_PARTS] = {
	[SYMTAB] = ".symtab",
	[STRTAB] = ".strtab",
	[VERSIONS] = "__versions",
	[KSYMTAB_STRINGS] = "__ksymtab_strings",
};

enum {
	VERSION_SIZE = 64,   /* bytes of a __versions entry, in either class */
	MAX_PROBES = 128,    /* in a hash table that is at least half empty */
	NAMES_MAX = 8 << 20, /* bytes of all names; the largest modules have 200 KiB */
};

/*
 * State of reading. Symbols can share the bytes of their names: without NAMES_MAX, a
 * module of a few MiB could exhaust memory.
 */
struct reading {
	const struct elf_source *source;
	const struct elf_layout *layout;
	struct elf_scratch *scratch;
	struct elf_part parts[N_PARTS];
	size_t names; /* bytes of all names listed */
	size_t n_exported, n_needed;
	char *strings; /* where the next name is copied to */
	struct modsymbols *symbols;
	const char **err;
};

/* A symbol, and what it is to other modules. */
struct symbol {
	struct elf_symbol is;
	bool exported, needed;
};

static int damaged(const struct reading *r)
{
	*r->err = "symbol table is damaged";
	return -1;
}

/* If sections have the same name the first one counts, as in libkmod. */
static int find_parts(struct reading *r)
{
	for (unsigned i = r->layout->sections - 1; i > 0; i--) {
		struct elf_section section = elf_section(r->layout, i);

		for (unsigned k = 0; k < N_PARTS; k++) {
			if (strcmp(section.name, part_names[k]) != 0)
				continue;
			/*
			 * elf_check() checked the bounds of those with bytes in the file.
			 */
			if (section.type == SHT_NOBITS || section.type == SHT_NULL)
				return damaged(r);
			r->parts[k] = section.part;
		}
	}
	return 0;
}

/*
 * Load the sections: one after the other in the scratch, unless the module is in memory.
 */
static int load_parts(struct reading *r)
{
	struct strbuf *buffer = &r->scratch->symbols;
	uint64_t size = 0;

	for (unsigned k = 0; k < N_PARTS; k++)
		size += r->parts[k].size;
	if (!r->source->memory && strbuf_reserve(buffer, size + 1, r->err) < 0)
		return -1;
	size = 0;
	for (unsigned k = 0; k < N_PARTS; k++) {
		struct elf_part *part = &r->parts[k];

		if (r->source->memory) {
			part->data = r->source->memory + part->offset;
			continue;
		}
		part->data = (const unsigned char *)buffer->data + size;
		size += part->size;
		if (read_at(r->source->fd, buffer->data + size - part->size, part->size,
			    part->offset, r->err) < 0)
			return -1;
	}
	return 0;
}

static size_t symbol_size(const struct elf_layout *layout)
{
	return layout->wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}

size_t elf_symbol_count(const struct elf_layout *layout, const struct elf_part *table)
{
	return table->size / symbol_size(layout);
}

bool elf_symbol(const struct elf_layout *layout, const struct elf_part *table,
		const struct elf_part *names, uint64_t i, struct elf_symbol *symbol)
{
	bool wide = layout->wide;
	const unsigned char *p;
	uint64_t name;
	unsigned info;

	if (i >= elf_symbol_count(layout, table))
		return false;
	p = table->data + i * symbol_size(layout);
	name = elf_number(layout, p, 4);
	info = p[wide ? offsetof(Elf64_Sym, st_info) : offsetof(Elf32_Sym, st_info)];
	symbol->name = name < names->size ? (const char *)names->data + name : NULL;
	symbol->bind = ELF64_ST_BIND(info);
	symbol->type = ELF64_ST_TYPE(info);
	symbol->section = (unsigned)elf_number(layout,
					       p + (wide ? offsetof(Elf64_Sym, st_shndx) :
							   offsetof(Elf32_Sym, st_shndx)),
					       2);
	symbol->value = elf_number(layout,
				   p + (wide ? offsetof(Elf64_Sym, st_value) :
					       offsetof(Elf32_Sym, st_value)),
				   wide ? 8 : 4);
	return symbol->name != NULL;
}

bool elf_is_register(const struct elf_layout *layout, const struct elf_symbol *symbol)
{
	return (layout->machine == EM_SPARC || layout->machine == EM_SPARCV9) &&
	       symbol->type == STT_SPARC_REGISTER;
}

/* Returns 0, or -1: the name is out of bounds. */
static int read_symbol(const struct reading *r, size_t i, struct symbol *symbol)
{
	static const char sum[] = "__crc_";

	if (!elf_symbol(r->layout, &r->parts[SYMTAB], &r->parts[STRTAB], i, &symbol->is))
		return damaged(r);
	symbol->exported = strncmp(symbol->is.name, sum, sizeof(sum) - 1) == 0;
	symbol->needed = symbol->is.section == SHN_UNDEF && symbol->is.name[0] != '\0' &&
			 !elf_is_register(r->layout, &symbol->is);
	return 0;
}

static int count_name(struct reading *r, const char *name, size_t *n)
{
	r->names += strnlen(name, NAMES_MAX) + 1;
	(*n)++;
	return r->names > NAMES_MAX ? damaged(r) : 0;
}

static size_t count_symbols(const struct reading *r)
{
	return r->parts[STRTAB].size ? elf_symbol_count(r->layout, &r->parts[SYMTAB]) : 0;
}

/* Check the tables, and count their entries. */
static int check_symbols(struct reading *r)
{
	const struct elf_part *names = &r->parts[STRTAB];
	size_t n = count_symbols(r);
	struct symbol symbol;

	if ((names->size && names->data[names->size - 1] != '\0') ||
	    r->parts[SYMTAB].size % symbol_size(r->layout) != 0)
		return damaged(r);
	for (size_t i = 1; i < n; i++) {
		if (read_symbol(r, i, &symbol) < 0 ||
		    (symbol.exported &&
		     count_name(r, symbol.is.name, &r->n_exported) < 0) ||
		    (symbol.needed && count_name(r, symbol.is.name, &r->n_needed) < 0))
			return -1;
	}
	return 0;
}

static size_t count_versions(const struct reading *r)
{
	const struct elf_part *versions = &r->parts[VERSIONS];

	/*
	 * libkmod ignores a section of any other size, and the versions of a module
	 * without symbols.
	 */
	return versions->size % VERSION_SIZE || !count_symbols(r) ?
		       0 :
		       versions->size / VERSION_SIZE;
}

static const char *version_name(const struct reading *r, size_t i)
{
	return (const char *)r->parts[VERSIONS].data + i * VERSION_SIZE +
	       (r->layout->wide ? 8 : 4);
}

static uint64_t version_sum(const struct reading *r, size_t i)
{
	return elf_number(r->layout, r->parts[VERSIONS].data + i * VERSION_SIZE,
			  r->layout->wide ? 8 : 4);
}

static int check_versions(struct reading *r)
{
	size_t size = VERSION_SIZE - (r->layout->wide ? 8 : 4);
	size_t n = count_versions(r), unused = 0;

	for (size_t i = 0; i < n; i++) {
		if (!memchr(version_name(r, i), '\0', size))
			return damaged(r);
		/* Each may turn out to be an additional needed symbol. */
		if (count_name(r, version_name(r, i), &unused) < 0)
			return -1;
	}
	r->n_needed += n;
	return 0;
}

static int check_strings(struct reading *r)
{
	const struct elf_part *strings = &r->parts[KSYMTAB_STRINGS];
	const char *p = (const char *)strings->data, *end = p + strings->size;

	if (r->n_exported)
		return 0;
	if (strings->size && end[-1] != '\0')
		return damaged(r);
	for (; p < end; p += strlen(p) + 1)
		if (*p && count_name(r, p, &r->n_exported) < 0)
			return -1;
	return 0;
}

bool elf_crc(const struct elf_source *source, const struct elf_layout *layout,
	     unsigned number, uint64_t value, uint64_t *crc)
{
	struct elf_section section;
	unsigned char data[4];
	const char *err;

	*crc = value;
	if (number == SHN_ABS || number == SHN_UNDEF)
		return true;
	if (number >= layout->sections)
		return false;
	section = elf_section(layout, number);
	if (section.type == SHT_NOBITS || section.type == SHT_NULL ||
	    section.part.size < sizeof(data) || value > section.part.size - sizeof(data))
		return false;
	if (source->memory)
		memcpy(data, source->memory + section.part.offset + value, sizeof(data));
	else if (read_at(source->fd, data, sizeof(data), section.part.offset + value,
			 &err) < 0)
		return false;
	*crc = elf_number(layout, data, sizeof(data));
	return true;
}

/* Return the CRC of an exported symbol; like libkmod, all ones if it has none. */
static uint64_t crc_of(const struct reading *r, const struct elf_symbol *symbol)
{
	uint64_t crc;

	return elf_crc(r->source, r->layout, symbol->section, symbol->value, &crc) ?
		       crc :
		       UINT64_MAX;
}

/* A hash table of versions by name; the first of each name counts. */
struct versions {
	uint32_t *slots; /* 1 + index, or 0 */
	size_t mask;
	bool *used; /* for each version: a symbol has its name */
};

/*
 * Return a name's slot, or the free one where it belongs. NULL after MAX_PROBES
 * collisions, which only a crafted module has.
 */
static uint32_t *find_slot(const struct reading *r, const struct versions *v,
			   const char *name)
{
	size_t i = 5381;

	for (const char *p = name; *p; p++)
		i = i * 33 + (unsigned char)*p;
	for (unsigned probes = 0; probes < MAX_PROBES; probes++, i++) {
		uint32_t *slot = &v->slots[i & v->mask];

		if (!*slot || strcmp(version_name(r, *slot - 1), name) == 0)
			return slot;
	}
	return NULL;
}

static int hash_versions(const struct reading *r, struct versions *v)
{
	size_t n = count_versions(r), size = 4;

	while (size < 2 * n)
		size *= 2;
	v->mask = size - 1;
	v->slots = xcalloc(size, sizeof(*v->slots));
	v->used = xcalloc(n, sizeof(*v->used));
	for (size_t i = 0; i < n; i++) {
		uint32_t *slot = find_slot(r, v, version_name(r, i));

		if (!slot)
			return damaged(r);
		if (!*slot)
			*slot = (uint32_t)i + 1;
	}
	return 0;
}

static struct modsymbol make(struct reading *r, const char *name, uint64_t crc, bool weak)
{
	struct modsymbol symbol = { r->strings, crc, weak };

	r->strings = stpcpy(r->strings, name) + 1;
	return symbol;
}

static void list_needed(struct reading *r, const struct elf_symbol *symbol,
			const struct versions *v)
{
	struct modsymbols *list = r->symbols;
	const uint32_t *slot = find_slot(r, v, symbol->name);
	uint32_t version = slot ? *slot : 0;

	list->needed[list->n_needed++] = make(r, symbol->name,
					      version ? version_sum(r, version - 1) : 0,
					      symbol->bind == STB_WEAK);
	if (version)
		v->used[version - 1] = true;
}

/* List exported names if there are no CRCs. */
static void list_strings(struct reading *r)
{
	const struct elf_part *strings = &r->parts[KSYMTAB_STRINGS];
	const char *p = (const char *)strings->data, *end = p + strings->size;

	for (; p < end; p += strlen(p) + 1)
		if (*p)
			r->symbols->exported[r->symbols->n_exported++] =
				make(r, p, 0, false);
}

static void list_symbols(struct reading *r, const struct versions *v)
{
	struct modsymbols *list = r->symbols;
	size_t n = count_symbols(r);

	for (size_t i = 1; i < n; i++) {
		struct symbol symbol = { 0 };

		read_symbol(r, i, &symbol);
		if (symbol.exported)
			list->exported[list->n_exported++] =
				make(r, symbol.is.name + strlen("__crc_"),
				     crc_of(r, &symbol.is), false);
		if (symbol.needed)
			list_needed(r, &symbol.is, v);
	}
	if (list->n_exported == 0)
		list_strings(r);
	/* module_layout has a version but no symbol. */
	n = count_versions(r);
	for (size_t i = 0; i < n; i++)
		if (!v->used[i])
			list->needed[list->n_needed++] =
				make(r, version_name(r, i), version_sum(r, i), false);
}

int elf_symbols(const struct elf_source *source, struct elf_scratch *scratch,
		const struct elf_layout *layout, struct arena *arena,
		struct modsymbols *symbols, const char **err)
{
	struct reading r = { .source = source,
			     .layout = layout,
			     .scratch = scratch,
			     .symbols = symbols,
			     .err = err };
	struct versions versions = { 0 };
	int result;

	*symbols = (struct modsymbols){ 0 };
	if (find_parts(&r) < 0 || load_parts(&r) < 0 || check_symbols(&r) < 0 ||
	    check_versions(&r) < 0 || check_strings(&r) < 0)
		return -1;
	symbols->exported = arena_alloc(arena, (r.n_exported +
						r.n_needed) * sizeof(*symbols->exported) +
						       r.names);
	symbols->needed = symbols->exported + r.n_exported;
	r.strings = (char *)(symbols->needed + r.n_needed);
	result = hash_versions(&r, &versions);
	if (result == 0)
		list_symbols(&r, &versions);
	free(versions.slots);
	free(versions.used);
	return result;
}
