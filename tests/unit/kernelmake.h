/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_KERNELMAKE_H
#define TESTS_KERNELMAKE_H

/*
 * Small kernels, as a linker script lays them out: the header of an architecture,
 * strings, the tables of exports, and the built-in keyring. Nothing in them runs.
 */
#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MADE_MAX = 1 << 17,
	MADE_NORMAL = 40, /* exports of each kind, if there are two tables */
	MADE_GPL = 36,
	MADE_EXPORTS = MADE_NORMAL + MADE_GPL,
	MADE_CERT = 300, /* bytes */
};

#define MADE_RELEASE "6.1.0-test"
#define MADE_VERMAGIC MADE_RELEASE " SMP mod_unload modversions "
#define MADE_BANNER "Linux version " MADE_RELEASE " (me@here) (gcc 12) #1 SMP today"

struct made {
	unsigned char data[MADE_MAX];
	size_t size;
	/* how to make it */
	bool big_endian, wide;
	bool addresses; /* entries have addresses, not distances */
	bool one_table; /* with flags, as from 7.0 on */
	bool no_crcs;
	uint64_t base; /* address of the first byte */
	/* where its parts are */
	size_t tables[2], crcs[2], flags, strings, cert, sections;
};

static inline void made_number(struct made *made, size_t at, uint64_t number,
			       unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		made->data[at + (made->big_endian ? size - 1 - i : i)] =
			(unsigned char)(number >> 8 * i);
}

static inline size_t made_add(struct made *made, const void *data, size_t size)
{
	size_t at = made->size;

	memcpy(made->data + at, data, size);
	made->size += size;
	return at;
}

static inline size_t made_text(struct made *made, const char *text)
{
	return made_add(made, text, strlen(text) + 1);
}

static inline void made_align(struct made *made, size_t to)
{
	made->size = (made->size + to - 1) / to * to;
}

/* What export i is: the GPL-only ones come last, but for one table. */
static inline const char *made_name(const struct made *made, unsigned i)
{
	static char name[32];

	if (made->one_table)
		snprintf(name, sizeof(name), "symbol_%03u", i);
	else
		snprintf(name, sizeof(name), i < MADE_NORMAL ? "plain_%03u" : "gpl_%03u",
			 i);
	return name;
}

/* The first has none at all, as exports of assembly code in 6.1. */
static inline const char *made_namespace(unsigned i)
{
	return i == 2 || i == 70 ? "SPACE_A" : i == 39 ? "module:kvm-intel,kvm" : "";
}

static inline bool made_gpl(const struct made *made, unsigned i)
{
	return made->one_table ? i % 3 == 0 : i >= MADE_NORMAL;
}

static inline uint32_t made_crc(unsigned i)
{
	return 0x9e3779b9U * (i + 1);
}

/* Write field 0, 1 or 2 of the entry at an offset. */
static inline void made_field(struct made *made, size_t entry, unsigned field, size_t to)
{
	unsigned size = made->addresses && made->wide ? 8 : 4;
	size_t at = entry + field * size;

	made_number(made, at, made->addresses ? made->base + to : (uint64_t)to - at,
		    size);
}

/* Strings in another order than the tables': the last export's first. */
static inline void made_strings(struct made *made, size_t names[], size_t spaces[])
{
	made->strings = made->size;
	for (unsigned i = MADE_EXPORTS; i-- > 0;) {
		names[i] = made_text(made, made_name(made, i));
		spaces[i] =
			*made_namespace(i) ?
				made_text(made, made_namespace(i)) :
				made->strings + strlen(made_name(made, MADE_EXPORTS - 1));
	}
}

static inline void made_exports(struct made *made)
{
	unsigned size = 3 * (made->addresses && made->wide ? 8 : 4);
	size_t names[MADE_EXPORTS], spaces[MADE_EXPORTS];

	made_align(made, 8);
	made->tables[0] = made->size;
	made->tables[1] = made->size + (size_t)MADE_NORMAL * size;
	made->size += (size_t)MADE_EXPORTS * size;
	if (!made->no_crcs) {
		made->crcs[0] = made->size;
		made->crcs[1] = made->size + 4 * MADE_NORMAL;
		made->size += 4 * MADE_EXPORTS;
	}
	if (made->one_table) {
		made->flags = made->size;
		made->size += MADE_EXPORTS;
	}
	made_strings(made, names, spaces);
	for (unsigned i = 0; i < MADE_EXPORTS; i++) {
		size_t entry = made->tables[0] + (size_t)i * size;

		made_field(made, entry, 0, 0x100);
		made_field(made, entry, 1, names[i]);
		made_field(made, entry, 2, spaces[i]);
		if (i == 0)
			memset(made->data + entry + size / 3 * 2, 0, size / 3);
		if (!made->no_crcs)
			made_number(made, made->crcs[0] + 4 * i, made_crc(i), 4);
		if (made->one_table)
			made->data[made->flags + i] = made_gpl(made, i);
	}
}

/* What looks like a certificate: SEQUENCE { SEQUENCE { [0] { 2 }, 2 ... }, {}, BITS }. */
static inline void made_keyring(struct made *made)
{
	static const unsigned char head[] = { 0x30,
					      0x82,
					      (MADE_CERT - 4) >> 8,
					      (MADE_CERT - 4) & 255,
					      0x30,
					      0x82,
					      (MADE_CERT - 16) >> 8,
					      (MADE_CERT - 16) & 255,
					      0xa0,
					      3,
					      2,
					      1,
					      2,
					      2,
					      1,
					      9 };
	static const unsigned char tail[] = { 0x30, 0, 0x03, 4, 0, 1, 2, 3 };

	made_align(made, 8);
	made->cert = made_add(made, head, sizeof(head));
	made->size = made->cert + MADE_CERT - sizeof(tail);
	made_add(made, tail, sizeof(tail));
	made_align(made, 8);
	made_number(made, made->size, MADE_CERT, made->wide ? 8 : 4);
	made_number(made, made->size + 8, MADE_CERT, made->wide ? 8 : 4);
	made->size += 16;
}

/* Make a kernel as it lies in memory. */
static inline void make_raw(struct made *made)
{
	memset(made->data, 0, sizeof(made->data));
	made->size = 0x200;
	made_text(made, MADE_BANNER "\n");
	made_text(made, MADE_VERMAGIC);
	made_text(made, "Linux version %s (%s)\n");
	made_text(
		made,
		"\0013module %s: section size must match the kernel's built struct module size at run time\n");
	made_text(made, "\0014%s: disagrees about version of symbol %s\n");
	made_exports(made);
	made_keyring(made);
	made_text(made, "the end");
}

static inline void make_arm64(struct made *made)
{
	made->wide = true;
	make_raw(made);
	memcpy(made->data + 56, "ARM\x64", 4);
}

/* A section header, and its name. */
static inline void made_section(struct made *made, const char *names, const char *name,
				size_t offset, size_t size)
{
	size_t at = made->size, word = made->wide ? 8 : 4;
	const char *p = names;

	while (strcmp(p, name) != 0)
		p += strlen(p) + 1;
	made_number(made, at, (uint64_t)(p - names), 4);
	made_number(made, at + 4, SHT_PROGBITS, 4);
	made_number(made, at + 8 + word, made->base + offset, (unsigned)word);
	made_number(made, at + 8 + 2 * word, offset, (unsigned)word);
	made_number(made, at + 8 + 3 * word, size, (unsigned)word);
	made->size += made->wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
}

/* The same as an ELF file, with its section headers last. */
static inline void make_elf(struct made *made, unsigned machine)
{
	static const char names[] =
		"\0__ksymtab\0__ksymtab_gpl\0__kcrctab\0__kcrctab_gpl\0__kflagstab\0"
		"__ksymtab_strings\0.shstrtab";
	unsigned size = 3 * (made->addresses && made->wide ? 8 : 4), n = 6;
	size_t strings, normal = made->one_table ? MADE_EXPORTS : MADE_NORMAL;

	make_raw(made);
	memcpy(made->data, ELFMAG, SELFMAG);
	made->data[EI_CLASS] = made->wide ? ELFCLASS64 : ELFCLASS32;
	made->data[EI_DATA] = made->big_endian ? ELFDATA2MSB : ELFDATA2LSB;
	made_number(made, 18, machine, 2);
	strings = made_add(made, names, sizeof(names));
	made_align(made, 8);
	made->sections = made->size;
	made_number(made,
		    made->wide ? offsetof(Elf64_Ehdr, e_shoff) :
				 offsetof(Elf32_Ehdr, e_shoff),
		    made->sections, made->wide ? 8 : 4);
	made->size += made->wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	made_section(made, names, "__ksymtab", made->tables[0], normal * size);
	if (!made->one_table)
		made_section(made, names, "__ksymtab_gpl", made->tables[1],
			     (size_t)MADE_GPL * size);
	made_section(made, names, "__kcrctab", made->crcs[0], 4 * normal);
	if (made->one_table)
		made_section(made, names, "__kflagstab", made->flags, MADE_EXPORTS);
	else
		made_section(made, names, "__kcrctab_gpl", made->crcs[1], 4 * MADE_GPL);
	made_section(made, names, "__ksymtab_strings", made->strings,
		     made->cert - made->strings);
	made_section(made, names, ".shstrtab", strings, sizeof(names));
	n = (unsigned)((made->size - made->sections) /
		       (made->wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr)));
	made_number(made,
		    made->wide ? offsetof(Elf64_Ehdr, e_shentsize) :
				 offsetof(Elf32_Ehdr, e_shentsize),
		    made->wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr), 2);
	made_number(made,
		    made->wide ? offsetof(Elf64_Ehdr, e_shnum) :
				 offsetof(Elf32_Ehdr, e_shnum),
		    n, 2);
	made_number(made,
		    made->wide ? offsetof(Elf64_Ehdr, e_shstrndx) :
				 offsetof(Elf32_Ehdr, e_shstrndx),
		    n - 1, 2);
}

#endif
