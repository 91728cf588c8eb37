// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sections of a vmlinux, which is an executable: elfcheck.c is for modules.
 *
 *	ELF header	class, byte order; e_shoff, e_shentsize, e_shnum, e_shstrndx
 *	...
 *	section headers	sh_name, sh_type, sh_addr, sh_offset, sh_size
 *	section names	sh_name is an offset in them
 */
#include <elf.h>

#include "kernel/elfimage.h"

/* A section header of either class. */
struct header {
	uint64_t name, type, address, offset, size;
};

struct headers {
	struct bytes file;
	bool big_endian;
	unsigned word; /* bytes of an offset or a size */
	uint64_t table, entry, n, names;
};

/* A field of the ELF header or a section header, at the offset for its class. */
#define FIELD(headers, at, type, field, bytes)                                      \
	bytes_number((headers)->file,                                               \
		     (at) + ((headers)->word == 8 ? offsetof(Elf64_##type, field) : \
						    offsetof(Elf32_##type, field)), \
		     bytes, (headers)->big_endian)

static struct headers read_headers(struct bytes file)
{
	struct headers h = { .file = file };

	h.word = bytes_number(file, EI_CLASS, 1, false) == ELFCLASS64 ? 8 : 4;
	h.big_endian = bytes_number(file, EI_DATA, 1, false) == ELFDATA2MSB;
	h.table = FIELD(&h, 0, Ehdr, e_shoff, h.word);
	h.entry = FIELD(&h, 0, Ehdr, e_shentsize, 2);
	h.n = FIELD(&h, 0, Ehdr, e_shnum, 2);
	h.names = FIELD(&h, 0, Ehdr, e_shstrndx, 2);
	return h;
}

/* Section header i; all zeros if it lies outside of the file. */
static struct header read_section(const struct headers *h, uint64_t i)
{
	struct bytes table = bytes_part(h->file, h->table, h->n * h->entry);
	uint64_t at = h->table + i * h->entry;

	if (!bytes_hold(table, i * h->entry, h->entry))
		return (struct header){ 0 };
	return (struct header){
		.name = FIELD(h, at, Shdr, sh_name, 4),
		.type = FIELD(h, at, Shdr, sh_type, 4),
		.address = FIELD(h, at, Shdr, sh_addr, h->word),
		.offset = FIELD(h, at, Shdr, sh_offset, h->word),
		.size = FIELD(h, at, Shdr, sh_size, h->word),
	};
}

bool elf_image_section(struct bytes file, const char *name, struct image_section *section)
{
	struct headers h = read_headers(file);
	struct header names = read_section(&h, h.names);
	struct bytes strings = bytes_part(file, names.offset, names.size);

	for (uint64_t i = 1; i < h.n; i++) {
		struct header s = read_section(&h, i);

		if (!bytes_match(strings, s.name, name, strlen(name) + 1))
			continue;
		if (s.type == SHT_NOBITS || s.type == SHT_NULL ||
		    !bytes_hold(file, s.offset, s.size))
			return false;
		section->data = bytes_part(file, s.offset, s.size);
		section->offset = s.offset;
		section->address = s.address;
		return true;
	}
	return false;
}
