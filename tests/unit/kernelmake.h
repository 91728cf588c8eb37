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
	MADE_NORMAL = 40, /* exports of each kind that are there by themselves */
	MADE_GPL = 36,
	MADE_EXPORTS = MADE_NORMAL + MADE_GPL,
	MADE_LIST = MADE_EXPORTS + 64,
	MADE_CERT = 300, /* bytes */
};

struct made_export {
	char name[64];
	char space[64]; /* its namespace */
	bool gpl;
	uint32_t crc;
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
	bool places;   /* CRCs are elsewhere, as with MODULE_REL_CRCS before 5.19 */
	bool twice;    /* an export is there twice */
	bool one_size; /* the keyring has only that of all, as before 5.13 */
	uint64_t base; /* address of the first byte */
	const char *release, *vermagic; /* NULL: MADE_RELEASE, MADE_VERMAGIC */
	/* certificates, DER, one behind the other; NULL: something that looks like one */
	const unsigned char *keyring;
	size_t keyring_size;
	/* made_list(): those of a kind together, sorted by name */
	struct made_export list[MADE_LIST];
	unsigned n, normal;
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

static inline void made_export(struct made *made, const char *name, uint32_t crc,
			       bool gpl, const char *space)
{
	struct made_export *export = &made->list[made->n++];

	snprintf(export->name, sizeof(export->name), "%s", name);
	snprintf(export->space, sizeof(export->space), "%s", space);
	export->gpl = gpl;
	export->crc = crc;
}

static inline int made_by_name(const void *a, const void *b)
{
	const struct made_export *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static inline int made_by_kind(const void *a, const void *b)
{
	const struct made_export *x = a, *y = b;

	return x->gpl != y->gpl ? x->gpl - y->gpl : strcmp(x->name, y->name);
}

/* Add MADE_EXPORTS exports to the list, and sort it. */
static inline void made_list(struct made *made)
{
	char name[64];

	for (unsigned i = 0; i < MADE_EXPORTS; i++) {
		bool gpl = made->one_table ? i % 3 == 0 : i >= MADE_NORMAL;

		snprintf(name, sizeof(name), "%s_%03u", gpl ? "gpl" : "plain", i);
		made_export(made, name, 0x9e3779b9U * (i + 1), gpl,
			    i == 2 || i == 70 ? "SPACE_A" :
			    i == 39	      ? "module:kvm-intel,kvm" :
						"");
	}
	qsort(made->list, made->n, sizeof(*made->list),
	      made->one_table ? made_by_name : made_by_kind);
	made->normal = 0;
	while (made->normal < made->n &&
	       (made->one_table || !made->list[made->normal].gpl))
		made->normal++;
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
	const struct made_export *last = &made->list[made->n - 1];

	made->strings = made->size;
	for (unsigned i = made->n; i-- > 0;) {
		names[i] = made_text(made, made->list[i].name);
		spaces[i] = made->list[i].space[0] ?
				    made_text(made, made->list[i].space) :
				    made->strings + strlen(last->name);
	}
}

static inline void made_exports(struct made *made)
{
	unsigned size = 3 * (made->addresses && made->wide ? 8 : 4);
	size_t names[MADE_LIST], spaces[MADE_LIST], sums = 0;

	made_list(made);
	if (made->twice)
		made->list[9] = made->list[8];
	if (made->places) {
		made_align(made, 4);
		sums = made->size;
		made->size += 4 * (size_t)made->n;
	}
	made_align(made, 8);
	made->tables[0] = made->size;
	made->tables[1] = made->size + (size_t)made->normal * size;
	made->size += (size_t)made->n * size;
	if (!made->no_crcs) {
		made->crcs[0] = made->size;
		made->crcs[1] = made->size + 4 * (size_t)made->normal;
		made->size += 4 * (size_t)made->n;
	}
	if (made->one_table) {
		made->flags = made->size;
		made->size += made->n;
	}
	made_strings(made, names, spaces);
	for (unsigned i = 0; i < made->n; i++) {
		const struct made_export *export = &made->list[i];
		size_t entry = made->tables[0] + (size_t)i * size;

		made_field(made, entry, 0, 0x100);
		made_field(made, entry, 1, names[i]);
		made_field(made, entry, 2, spaces[i]);
		/* as exports of assembly code in 6.1, it has no namespace at all */
		if (i == 0 && !export->space[0])
			memset(made->data + entry + size / 3 * 2, 0, size / 3);
		if (made->places) {
			size_t crc = made->crcs[0] + 4 * (size_t)i,
			       sum = sums + 4 * (size_t)i;

			made_number(made, sum, export->crc, 4);
			made_number(made, crc, (uint64_t)sum - crc, 4);
		} else if (!made->no_crcs) {
			made_number(made, made->crcs[0] + 4 * (size_t)i, export->crc, 4);
		}
		if (made->one_table)
			made->data[made->flags + i] = export->gpl;
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
	const unsigned char *keyring = made->keyring;
	size_t size = keyring ? made->keyring_size : MADE_CERT;
	size_t first = keyring ? 4U + (keyring[2] << 8) + keyring[3] : MADE_CERT;

	made_align(made, 8);
	if (keyring) {
		made->cert = made_add(made, keyring, size);
	} else {
		made->cert = made_add(made, head, sizeof(head));
		made->size = made->cert + MADE_CERT - sizeof(tail);
		made_add(made, tail, sizeof(tail));
	}
	made_align(made, 8);
	made_number(made, made->size, size, made->wide ? 8 : 4);
	if (!made->one_size)
		made_number(made, made->size + 8, first, made->wide ? 8 : 4);
	made->size += 16;
}

/* Make a kernel as it lies in memory. */
static inline void make_raw(struct made *made)
{
	memset(made->data, 0, sizeof(made->data));
	made->size = 0x200;
	made->size +=
		(size_t)sprintf((char *)made->data + made->size,
				"Linux version %s (me@here) (gcc 12) #1 SMP today\n",
				made->release ? made->release : MADE_RELEASE) +
		1;
	made_text(made, made->vermagic ? made->vermagic : MADE_VERMAGIC);
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
	unsigned size = 3 * (made->addresses && made->wide ? 8 : 4), n;
	size_t strings, normal;

	make_raw(made);
	normal = made->normal;
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
			     (made->n - normal) * size);
	made_section(made, names, "__kcrctab", made->crcs[0], 4 * normal);
	if (made->one_table)
		made_section(made, names, "__kflagstab", made->flags, made->n);
	else
		made_section(made, names, "__kcrctab_gpl", made->crcs[1],
			     4 * (made->n - normal));
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
