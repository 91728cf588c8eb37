/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_KSYMTAB_H
#define MODBOX_KSYMTAB_H

#include "kernel/bytes.h"
#include "kernel/exports.h"

/* How an entry of __ksymtab refers to its symbol and strings: ksymtab.c. */
enum ksym_shape { KSYM_PREL32, KSYM_ABS32, KSYM_ABS64 };

/* What it takes to read entries. */
struct ksym_reader {
	struct bytes kernel;
	enum ksym_shape shape;
	bool big_endian;
	uint64_t bias; /* added to what an entry refers to, it is an offset in kernel */
};

/* An entry's strings, as offsets in the kernel; KSYM_NONE: it has no namespace. */
#define KSYM_NONE UINT64_MAX
struct ksym_entry {
	uint64_t name, namespace;
	bool again; /* in order, the one before has the same name */
};

/* A table of entries, as offsets in the kernel; 0: there is no such part. */
struct ksym_table {
	uint64_t entries, crcs, flags;
	size_t n;
	bool gpl; /* all of them are GPL-only; flags tell if there are any */
};

/* Bytes of an entry. */
unsigned ksym_size(enum ksym_shape shape);

/* Read the entry at an offset. Returns whether its strings can be those of one. */
bool ksym_read(const struct ksym_reader *reader, uint64_t offset,
	       struct ksym_entry *entry);

/*
 * Add the exports of a table.  Returns 0, or -1 if an entry cannot be one.
 */
int ksym_add(const struct ksym_reader *reader, const struct ksym_table *table,
	     struct kernel_exports *exports, struct arena *arena);

/*
 * Find and read the exports of a vmlinux by its sections, or of a raw image by what they
 * look like. wide, big_endian: the kernel's class and byte order. exports->n is 0 if that
 * fails.
 */
void ksym_read_elf(struct kernel_exports *exports, struct arena *arena,
		   struct bytes kernel, bool wide, bool big_endian);
void ksym_read_raw(struct kernel_exports *exports, struct arena *arena,
		   struct bytes kernel, bool wide, bool big_endian);

#endif
