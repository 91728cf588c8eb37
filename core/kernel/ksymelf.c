// SPDX-License-Identifier: GPL-2.0-or-later
/* The exports of a vmlinux with section headers: the tables are sections (ksymtab.c). */
#include "kernel/elfimage.h"
#include "kernel/ksymtab.h"

struct table_sections {
	const char *entries, *crcs, *flags;
	bool gpl;
};

static const struct table_sections names[] = {
	{ "__ksymtab", "__kcrctab", "__kflagstab", false },
	{ "__ksymtab_gpl", "__kcrctab_gpl", NULL, true },
};
enum { TABLES = sizeof(names) / sizeof(*names) };

/* Return the offset of a section of n entries of width bytes, or 0 if there is none. */
static uint64_t find_column(struct bytes kernel, const char *name, size_t n,
			    unsigned width)
{
	struct image_section section;

	if (!name || !elf_image_section(kernel, name, &section) ||
	    section.data.size != (uint64_t)n * width)
		return 0;
	return section.offset;
}

/*
 * Read the tables as entries of one shape; entries of another have strings that lead
 * elsewhere.
 */
static int read_shape(struct kernel_exports *exports, struct arena *arena,
		      struct ksym_reader *reader, const struct image_section *strings)
{
	unsigned size = ksym_size(reader->shape);
	int result = 0;

	exports->n = 0;
	for (unsigned i = 0; i < TABLES && result == 0; i++) {
		struct image_section section;
		struct ksym_table table = { .gpl = names[i].gpl };

		if (!elf_image_section(reader->kernel, names[i].entries, &section))
			continue;
		table.entries = section.offset;
		table.n = section.data.size / size;
		table.crcs = find_column(reader->kernel, names[i].crcs, table.n, 4);
		table.flags = find_column(reader->kernel, names[i].flags, table.n, 1);
		/* From an address, or a distance in memory, to an offset in the file. */
		reader->bias = strings->offset - strings->address;
		if (reader->shape == KSYM_PREL32)
			reader->bias += section.address - section.offset;
		if (section.data.size % size)
			return -1;
		result = ksym_add(reader, &table, exports, arena);
	}
	return result;
}

void ksym_read_elf(struct kernel_exports *exports, struct arena *arena,
		   struct bytes kernel, bool wide, bool big_endian)
{
	const enum ksym_shape shapes[] = { KSYM_PREL32, wide ? KSYM_ABS64 : KSYM_ABS32 };
	struct image_section strings;

	if (!elf_image_section(kernel, "__ksymtab_strings", &strings))
		return;
	for (unsigned i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		struct ksym_reader reader = { .kernel = kernel,
					      .shape = shapes[i],
					      .big_endian = big_endian };

		if (read_shape(exports, arena, &reader, &strings) == 0 &&
		    exports_sort(exports) == 0)
			return;
	}
	exports->n = 0;
}
