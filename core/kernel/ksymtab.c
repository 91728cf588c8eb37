// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables in which a kernel keeps what it exports (include/linux/export-internal.h,
 * include/asm-generic/vmlinux.lds.h), one behind the other:
 *
 *	__ksymtab		entries: exports for all modules
 *	__ksymtab_gpl		entries: exports for modules under the GPL
 *	__kcrctab		u32 for each entry of __ksymtab, with MODVERSIONS
 *	__kcrctab_gpl		u32 for each entry of __ksymtab_gpl
 *	__ksymtab_strings	names and namespaces
 *
 * From 7.0 on, one __ksymtab has both kinds, and __kflagstab a byte for each entry, whose
 * bit 0 stands for modules under the GPL. Before 5.19, with MODULE_REL_CRCS, a CRC's
 * place is in __kcrctab, relative to the field, and the CRC elsewhere.
 *
 * An entry has three fields, and each table is sorted by name:
 *
 *	value, name, namespace
 *
 * They are relative to the place of the field itself, 32 bits (most architectures), or
 * addresses of 32 bits (arm) or 64 (ppc64le, s390x). A namespace of 0 is none, in 6.1 for
 * symbols of assembly code; otherwise, none is an empty string. Names and namespaces
 * share bytes: a string can be the end of another.
 */
#include "kernel/ksymtab.h"

enum { FIELDS = 3, FLAG_GPL = 1 << 0 };

static unsigned field_size(enum ksym_shape shape)
{
	return shape == KSYM_ABS64 ? 8 : 4;
}

unsigned ksym_size(enum ksym_shape shape)
{
	return FIELDS * field_size(shape);
}

/* The offset of the string that field 1 or 2 of an entry refers to; KSYM_NONE: none. */
static uint64_t string_offset(const struct ksym_reader *reader, uint64_t entry,
			      unsigned field)
{
	unsigned size = field_size(reader->shape);
	uint64_t at = entry + field * size;
	uint64_t value = bytes_number(reader->kernel, at, size, reader->big_endian);

	if (value == 0)
		return KSYM_NONE;
	if (reader->shape == KSYM_PREL32)
		value = at + (uint64_t)(int64_t)(int32_t)(uint32_t)value;
	return value + reader->bias;
}

static bool is_name_character(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

static bool is_name(struct bytes kernel, uint64_t offset)
{
	struct bytes text = bytes_part(kernel, offset, EXPORT_NAME_MAX + 1);
	size_t n = 0;

	while (n < text.size && is_name_character(text.data[n]))
		n++;
	return n > 0 && n < text.size && text.data[n] == '\0' &&
	       (text.data[0] < '0' || text.data[0] > '9');
}

static bool is_namespace(struct bytes kernel, uint64_t offset)
{
	struct bytes text = bytes_part(kernel, offset, EXPORT_NAME_MAX + 1);
	size_t n = 0;

	while (n < text.size && text.data[n] > ' ' && text.data[n] < 0x7f)
		n++;
	return n < text.size && text.data[n] == '\0';
}

bool ksym_read(const struct ksym_reader *reader, uint64_t offset,
	       struct ksym_entry *entry)
{
	if (!bytes_hold(reader->kernel, offset, ksym_size(reader->shape)))
		return false;
	entry->name = string_offset(reader, offset, 1);
	if (!is_name(reader->kernel, entry->name))
		return false;
	entry->namespace = string_offset(reader, offset, 2);
	return entry->namespace == KSYM_NONE ||
	       is_namespace(reader->kernel, entry->namespace);
}

/* The place that a relative field leads to. */
static uint64_t relative(const struct ksym_reader *reader, uint64_t at)
{
	uint64_t value = bytes_number(reader->kernel, at, 4, reader->big_endian);

	return at + (uint64_t)(int64_t)(int32_t)(uint32_t)value;
}

/*
 * Whether a table has the places of CRCs: all of them lie in the kernel. Of CRCs, one in
 * fifty would.
 */
static bool has_places(const struct ksym_reader *reader, const struct ksym_table *table)
{
	enum { LEAST = 8 };

	for (size_t i = 0; i < table->n; i++)
		if (!bytes_hold(reader->kernel, relative(reader, table->crcs + 4 * i), 4))
			return false;
	return table->n >= LEAST;
}

int ksym_add(const struct ksym_reader *reader, const struct ksym_table *table,
	     struct kernel_exports *exports, struct arena *arena)
{
	struct bytes kernel = reader->kernel;
	bool places = table->crcs && has_places(reader, table);

	for (size_t i = 0; i < table->n; i++) {
		uint64_t crc = table->crcs + 4 * i;
		struct kernel_export item = { .gpl = table->gpl };
		struct ksym_entry entry;

		if (!ksym_read(reader, table->entries + i * ksym_size(reader->shape),
			       &entry))
			return -1;
		item.name = (const char *)kernel.data + entry.name;
		item.namespace = entry.namespace == KSYM_NONE ?
					 "" :
					 (const char *)kernel.data + entry.namespace;
		if (table->crcs)
			item.crc = (uint32_t)bytes_number(kernel,
							  places ? relative(reader, crc) :
								   crc,
							  4, reader->big_endian);
		if (table->flags)
			item.gpl = bytes_number(kernel, table->flags + i, 1, false) &
				   FLAG_GPL;
		if (exports_add(exports, arena, &item) < 0)
			return -1;
	}
	exports->crcs = exports->crcs || table->crcs;
	return 0;
}
