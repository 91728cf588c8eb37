/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SYMTABLE_H
#define MODBOX_SYMTABLE_H

#include <stddef.h>
#include <stdint.h>

/* What owns a symbol of the kernel itself. */
#define NO_OWNER UINT32_MAX

struct symbol {
	const char *name; /* borrowed */
	uint64_t crc;
	uint32_t owner; /* the module's number, or NO_OWNER */
	uint32_t hash;	/* of the name; once sorted, its bucket */
};

/* Exported symbols by name.  Zero-initialise it; owns the table alone. */
struct symtable {
	struct symbol *symbols;
	size_t n, capacity;
	uint32_t *slots; /* 1 + index of symbols, or 0 */
	size_t n_slots;	 /* a power of two */
};

/* Add a symbol.  One of that name is replaced, as depmod has it. */
void symtable_add(struct symtable *table, const char *name, uint64_t crc, uint32_t owner);

/* Returns NULL where there is none. */
const struct symbol *symtable_find(const struct symtable *table, const char *name);

/*
 * Sort the symbols as depmod writes them: by the bucket that each has in the hash table
 * of kmod's depmod, then by name.  From now on, symtable_find() finds nothing.
 */
void symtable_sort(struct symtable *table);
void symtable_free(struct symtable *table);

#endif
