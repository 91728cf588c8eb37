/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_STRIPWRITE_H
#define MODBOX_STRIPWRITE_H

/* What strip.c decides, and stripwrite.c writes. */
#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "module/elfcheck.h"

/* What differs between the two classes: the offset of a field, and sizes. */
#define AT(s, type, field) \
	((s)->layout.wide ? offsetof(Elf64_##type, field) : offsetof(Elf32_##type, field))
#define SIZE_OF(s, type) ((s)->layout.wide ? sizeof(Elf64_##type) : sizeof(Elf32_##type))
#define WORD(s) ((s)->layout.wide ? 8U : 4U)

enum { LLVM_ADDRSIG = 0x6fff4c03 }; /* SHT_LLVM_ADDRSIG, which not every elf.h has */

enum { GONE = 0 }; /* the new number of a section or symbol that goes */
#define STRING_GONE UINT32_MAX

struct strip_section {
	struct elf_section header;
	unsigned number;       /* in the file that is written, or GONE */
	uint32_t *strings;     /* of a table of strings: the new offset of each byte, or
				* STRING_GONE. NULL: the section is copied. */
	uint64_t offset, size; /* in the file that is written; set by strip_write() */
};

struct stripping {
	const unsigned char *data; /* the module */
	struct elf_layout layout;
	struct strip_section *sections;	  /* layout.sections of them; 0 is not used */
	struct strip_section **by_offset; /* the others, by their offset in the module */
	unsigned sections_kept;		  /* with section 0 */
	unsigned symtab, shstrtab;	  /* symtab is 0 if there are no symbols */
	uint32_t *symbols; /* their new numbers, or GONE; symbol 0 always stays */
	size_t n_symbols, symbols_kept;
	uint32_t first_global; /* the new sh_info of symtab */
	const char **err;
};

static inline int strip_fail(const struct stripping *s, const char *err)
{
	*s->err = err;
	return -1;
}

static inline uint64_t strip_number(const struct stripping *s, const unsigned char *p,
				    unsigned size)
{
	return elf_number(&s->layout, p, size);
}

static inline const struct elf_section *strip_header(const struct stripping *s,
						     unsigned i)
{
	return &s->sections[i].header;
}

static inline bool strip_goes(const struct stripping *s, unsigned i)
{
	return i != 0 && s->sections[i].number == GONE;
}

/* The contents of a section that has bytes in the file. */
static inline const unsigned char *strip_contents(const struct stripping *s, unsigned i)
{
	return s->data + strip_header(s, i)->part.offset;
}

static inline const unsigned char *strip_symbol(const struct stripping *s, size_t i)
{
	return strip_contents(s, s->symtab) + i * SIZE_OF(s, Sym);
}

/* Whether a section has bytes in the file. */
static inline bool strip_has_bytes(const struct elf_section *section)
{
	return section->type != SHT_NULL && section->type != SHT_NOBITS &&
	       section->part.size > 0;
}

static inline bool strip_is_relocations(const struct elf_section *section)
{
	return section->type == SHT_REL || section->type == SHT_RELA;
}

/*
 * Whether a section has the numbers of symbols whose addresses count; not if sh_link is
 * 0, by which GNU strip says that they are wrong.
 */
static inline bool strip_is_addrsig(const struct stripping *s,
				    const struct elf_section *section)
{
	return section->type == LLVM_ADDRSIG && s->symtab && section->link == s->symtab;
}

/* Whether sh_info is the number of a section. */
static inline bool strip_info_is_section(const struct elf_section *section)
{
	return strip_is_relocations(section) ||
	       (section->flags & SHF_INFO_LINK && section->type != SHT_SYMTAB &&
		section->type != SHT_GROUP);
}

/* The size of a relocation. */
unsigned strip_entry_size(const struct stripping *s, const struct elf_section *section);

/* The number of the symbol of a relocation. */
uint32_t strip_symbol_of(const struct stripping *s, const unsigned char *relocation);

/*
 * Write the file, in which the sections keep their order. The caller frees *out.
 * Returns 0, or -1 with *s->err set to a constant text; not reported.
 */
int strip_write(struct stripping *s, void **out, size_t *out_size);

#endif
