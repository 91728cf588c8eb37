// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checking the structure of an uncompressed module.
 *
 *     ELF header          e_shoff, e_shnum, e_shstrndx lead to
 *     sections            .text ... .modinfo ... .shstrtab (the sections' names)
 *     section headers     one for each section, offset and size in the file
 *     [signature]         PKCS#7 data, struct module_signature, the marker below
 *
 * Refused is anything that the kernel's loader refuses too, or that would mislead
 * libkmod: libkmod asserts that e_shstrndx is not 0, that the names do not begin at the
 * end of the file, and that .modinfo does not either. It also takes e_shnum literally, so
 * that it sees no sections in a file with extended numbering (over 65,279 sections; no
 * kernel loads one).
 *
 * A module is truncated if its section headers, a section or a signature extend beyond
 * its end. A SHT_NOBITS section occupies no bytes, whatever its offset.
 */
#include <elf.h>
#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "config.h"
#include "module/elfcheck.h"

/* Limit for section names: 65,279 names of a kilobyte. */
#define NAMES_MAX (64U << 20)
/* Limit for .modinfo: the largest in a kernel are some 100 KiB. */
#define MODINFO_MAX (16U << 20)

static const char marker[] = "~Module signature appended~\n";
enum { MARKER_SIZE = sizeof(marker) - 1 };

/* Offsets of the fields that differ between the two classes. */
static const struct elf_class {
	uint8_t word; /* size of a word: an offset or a size */
	uint8_t header_size, section_size;
	uint8_t e_shoff, e_shentsize, e_shnum, e_shstrndx;
	uint8_t sh_offset, sh_size, sh_info;
} classes[] = {
#define CLASS(bits)                                                          \
	{                                                                    \
		.word = (bits) / 8, .header_size = sizeof(Elf##bits##_Ehdr), \
		.section_size = sizeof(Elf##bits##_Shdr),                    \
		.e_shoff = offsetof(Elf##bits##_Ehdr, e_shoff),              \
		.e_shentsize = offsetof(Elf##bits##_Ehdr, e_shentsize),      \
		.e_shnum = offsetof(Elf##bits##_Ehdr, e_shnum),              \
		.e_shstrndx = offsetof(Elf##bits##_Ehdr, e_shstrndx),        \
		.sh_offset = offsetof(Elf##bits##_Shdr, sh_offset),          \
		.sh_size = offsetof(Elf##bits##_Shdr, sh_size),              \
		.sh_info = offsetof(Elf##bits##_Shdr, sh_info),              \
	}
	[ELFCLASS32] = CLASS(32),
	[ELFCLASS64] = CLASS(64),
};

/* These have the same offset in both. */
enum {
	E_TYPE = offsetof(Elf64_Ehdr, e_type),
	E_MACHINE = offsetof(Elf64_Ehdr, e_machine),
	SH_NAME = offsetof(Elf64_Shdr, sh_name),
	SH_TYPE = offsetof(Elf64_Shdr, sh_type),
	SH_FLAGS = offsetof(Elf64_Shdr, sh_flags), /* word-sized */
};
_Static_assert(offsetof(Elf32_Ehdr, e_type) == E_TYPE, "e_type");
_Static_assert(offsetof(Elf32_Ehdr, e_machine) == E_MACHINE, "e_machine");
_Static_assert(offsetof(Elf32_Shdr, sh_name) == SH_NAME, "sh_name");
_Static_assert(offsetof(Elf32_Shdr, sh_type) == SH_TYPE, "sh_type");
_Static_assert(offsetof(Elf32_Shdr, sh_flags) == SH_FLAGS, "sh_flags");

/* State of a check. */
struct elf {
	const struct elf_source *source;
	const struct elf_class *class;
	bool big_endian;
	unsigned shnum, shstrndx;
	uint64_t end; /* end of everything the section headers describe */
	struct elf_layout *layout;
	const char **err;
};

static int fail(const struct elf *elf, const char *err)
{
	*elf->err = err;
	return -1;
}

/* size: 2, 4 or 8. Hot: called half a million times for all modules of a kernel. */
static uint64_t read_number(const unsigned char *p, unsigned size, bool big_endian)
{
	uint16_t n16;
	uint32_t n32;
	uint64_t n64;

	switch (size) {
	case sizeof(n16):
		memcpy(&n16, p, sizeof(n16));
		return big_endian ? be16toh(n16) : le16toh(n16);
	case sizeof(n32):
		memcpy(&n32, p, sizeof(n32));
		return big_endian ? be32toh(n32) : le32toh(n32);
	default:
		memcpy(&n64, p, sizeof(n64));
		return big_endian ? be64toh(n64) : le64toh(n64);
	}
}

static uint64_t number(const struct elf *elf, const unsigned char *p, unsigned size)
{
	return read_number(p, size, elf->big_endian);
}

uint64_t elf_number(const struct elf_layout *layout, const unsigned char *p,
		    unsigned size)
{
	return read_number(p, size, layout->big_endian);
}

static bool within(const struct elf *elf, const struct elf_part *part)
{
	return part->offset <= elf->source->size &&
	       part->size <= elf->source->size - part->offset;
}

static const unsigned char *section_header(const struct elf *elf, unsigned i)
{
	return elf->layout->table.data + (size_t)i * elf->class->section_size;
}

/* Load a part that lies within the file. */
static int load(const struct elf *elf, struct elf_part *part, struct strbuf *buffer)
{
	if (elf->source->memory) {
		part->data = elf->source->memory + part->offset;
		return 0;
	}
	if (strbuf_reserve(buffer, part->size, elf->err) < 0 ||
	    read_at(elf->source->fd, buffer->data, part->size, part->offset, elf->err) <
		    0)
		return -1;
	part->data = (const unsigned char *)buffer->data;
	return 0;
}

static struct elf_part section_part(const struct elf *elf, unsigned i)
{
	const struct elf_class *class = elf->class;
	const unsigned char *section = section_header(elf, i);

	return (struct elf_part){
		.offset = number(elf, section + class->sh_offset, class->word),
		.size = number(elf, section + class->sh_size, class->word),
	};
}

static int check_header(struct elf *elf, struct strbuf *buffer)
{
	struct elf_part *header = &elf->layout->header, *table = &elf->layout->table;
	const struct elf_class *fields;
	const unsigned char *p;

	header->size = sizeof(Elf64_Ehdr);
	if (header->size > elf->source->size)
		header->size = elf->source->size;
	if (load(elf, header, buffer) < 0)
		return -1;
	p = header->data;
	if (header->size < SELFMAG || memcmp(p, ELFMAG, SELFMAG) != 0)
		return fail(elf, "not a kernel module (not an ELF file)");
	if (header->size < EI_NIDENT)
		return fail(elf, "truncated (within the ELF header)");
	if ((p[EI_CLASS] != ELFCLASS32 && p[EI_CLASS] != ELFCLASS64) ||
	    (p[EI_DATA] != ELFDATA2LSB && p[EI_DATA] != ELFDATA2MSB))
		return fail(elf, "ELF header is damaged");
	fields = &classes[p[EI_CLASS]];
	elf->class = fields;
	elf->big_endian = p[EI_DATA] == ELFDATA2MSB;
	if (header->size < fields->header_size)
		return fail(elf, "truncated (within the ELF header)");
	header->size = fields->header_size;

	if (number(elf, p + E_TYPE, 2) != ET_REL)
		return fail(elf, "not a kernel module (not a relocatable ELF file)");
	table->offset = number(elf, p + fields->e_shoff, fields->word);
	elf->shnum = (unsigned)number(elf, p + fields->e_shnum, 2);
	elf->shstrndx = (unsigned)number(elf, p + fields->e_shstrndx, 2);
	table->size = (uint64_t)elf->shnum * fields->section_size;
	if (table->offset == 0 || elf->shnum == 0)
		return fail(elf, "not a kernel module (no ELF sections)");
	if (number(elf, p + fields->e_shentsize, 2) != fields->section_size ||
	    elf->shstrndx == SHN_UNDEF || elf->shstrndx >= elf->shnum)
		return fail(elf, "ELF header is damaged");
	if (!within(elf, table))
		return fail(elf, "truncated (section headers are beyond the end)");
	elf->end = table->offset + table->size;
	return 0;
}

/* The section of names may be of any type, as in libkmod and the kernel. */
static int check_names(struct elf *elf, struct strbuf *buffer)
{
	struct elf_part *names = &elf->layout->names;

	*names = section_part(elf, elf->shstrndx);
	if (!within(elf, names))
		return fail(elf, "truncated (section names are beyond the end)");
	if (names->size == 0 || names->size > NAMES_MAX)
		return fail(elf, "section names are damaged");
	if (load(elf, names, buffer) < 0)
		return -1;
	if (names->data[names->size - 1] != '\0')
		return fail(elf, "section names are damaged");
	return 0;
}

bool elf_is_debug(const char *name)
{
	static const char *const prefixes[] = {
		".debug",	    ".zdebug", ".line", ".stab", ".gnu.debuglto_.debug_",
		".gnu.linkonce.wi."
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return strcmp(name, ".gdb_index") == 0;
}

/* The same for a section, or its relocations. */
static bool is_debug(const char *name)
{
	if (strncmp(name, ".rel", 4) == 0)
		name += name[4] == 'a' ? 5 : 4;
	return elf_is_debug(name);
}

static int check_section(struct elf *elf, unsigned i)
{
	const unsigned char *section = section_header(elf, i);
	struct elf_part part = section_part(elf, i);
	uint64_t type = number(elf, section + SH_TYPE, 4);
	uint64_t name = number(elf, section + SH_NAME, 4);
	struct elf_layout *layout = elf->layout;

	if (name >= layout->names.size)
		return fail(elf, "section names are damaged");
	if (number(elf, section + SH_FLAGS, elf->class->word) & SHF_ALLOC)
		layout->memory += part.size;
	else if (ENABLED(MODLIST_LINT) && type != SHT_NOBITS &&
		 is_debug((const char *)layout->names.data + name))
		layout->debug += part.size;
	if (layout->modinfo.offset == 0 &&
	    strcmp((const char *)layout->names.data + name, ".modinfo") == 0) {
		/* Accept any other type, as libkmod and the kernel do. */
		if (type == SHT_NOBITS || part.offset == 0 || part.size > MODINFO_MAX)
			return fail(elf, ".modinfo section is damaged");
		layout->modinfo = part;
	} else if (type == SHT_NOBITS || type == SHT_NULL) {
		return 0;
	}
	if (!within(elf, &part))
		return fail(elf, "truncated (a section is beyond the end)");
	if (elf->end < part.offset + part.size)
		elf->end = part.offset + part.size;
	return 0;
}

/* Whether the file has these bytes at offset. Returns 1, 0, or -1: cannot be read. */
static int matches(const struct elf *elf, uint64_t offset, const void *bytes, size_t size)
{
	unsigned char data[MARKER_SIZE];

	if (elf->source->memory)
		return memcmp(elf->source->memory + offset, bytes, size) == 0;
	if (read_at(elf->source->fd, data, size, offset, elf->err) < 0)
		return -1;
	return memcmp(data, bytes, size) == 0;
}

/*
 * The last section is followed by padding, or by a signature that ends with the marker.
 * PKCS#7 data (a DER sequence of more than 255 bytes) without the marker is a truncated
 * signature; the kernel would treat the module as unsigned.
 */
static int check_signature(const struct elf *elf)
{
	static const unsigned char pkcs7[] = { 0x30, 0x82 };
	uint64_t rest = elf->source->size - elf->end;
	int found;

	if (rest >= MARKER_SIZE) {
		found = matches(elf, elf->source->size - MARKER_SIZE, marker,
				MARKER_SIZE);
		elf->layout->is_signed = found > 0;
		if (found != 0)
			return found < 0 ? -1 : 0;
	}
	if (rest == 0)
		return 0;
	found = matches(elf, elf->end, pkcs7,
			rest < sizeof(pkcs7) ? rest : sizeof(pkcs7));
	if (found > 0)
		return fail(elf, ELF_CUT_SIGNATURE);
	return found;
}

int elf_check(const struct elf_source *source, struct elf_scratch *scratch,
	      struct elf_layout *layout, const char **err)
{
	struct elf elf = { .source = source, .layout = layout, .err = err };

	*layout = (struct elf_layout){ 0 };
	if (check_header(&elf, &scratch->header) < 0 ||
	    load(&elf, &layout->table, &scratch->table) < 0 ||
	    check_names(&elf, &scratch->names) < 0)
		return -1;
	for (unsigned i = 1; i < elf.shnum; i++) {
		if (check_section(&elf, i) < 0)
			return -1;
	}
	if (WITH_SYMBOLS) {
		layout->wide = elf.class == &classes[ELFCLASS64];
		layout->big_endian = elf.big_endian;
		layout->machine =
			(unsigned)number(&elf, layout->header.data + E_MACHINE, 2);
		layout->sections = elf.shnum;
		layout->end = elf.end;
	}
	if (layout->modinfo.size > 0 && source->memory)
		layout->modinfo.data = source->memory + layout->modinfo.offset;
	return check_signature(&elf);
}

struct elf_section elf_section(const struct elf_layout *layout, unsigned i)
{
	const struct elf_class *class = &classes[layout->wide ? ELFCLASS64 : ELFCLASS32];
	const unsigned char *p = layout->table.data + (size_t)i * class->section_size;

	return (struct elf_section){
		.name = (const char *)layout->names.data +
			elf_number(layout, p + SH_NAME, 4),
		.type = (uint32_t)elf_number(layout, p + SH_TYPE, 4),
		.info = (uint32_t)elf_number(layout, p + class->sh_info, 4),
		.link = (uint32_t)elf_number(layout, p + class->sh_info - 4, 4),
		.flags = elf_number(layout, p + SH_FLAGS, class->word),
		.part = { .offset = elf_number(layout, p + class->sh_offset, class->word),
			  .size = elf_number(layout, p + class->sh_size, class->word) },
	};
}

void elf_scratch_trim(struct elf_scratch *scratch)
{
	strbuf_trim(&scratch->names);
	strbuf_trim(&scratch->symbols);
}

void elf_scratch_free(struct elf_scratch *scratch)
{
	strbuf_free(&scratch->header);
	strbuf_free(&scratch->table);
	strbuf_free(&scratch->names);
	strbuf_free(&scratch->symbols);
}
