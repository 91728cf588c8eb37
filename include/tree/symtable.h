/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SYMTABLE_H
#define MODBOX_SYMTABLE_H

#include <stddef.h>
#include <stdint.h>

/* The owner of the kernel's own symbols. */
#define NO_OWNER UINT32_MAX

struct symbol {
	const char *name; /* borrowed */
	uint64_t crc;
	uint32_t owner; /* the module's number, or NO_OWNER */
	uint32_t hash;	/* of the name; the bucket after symtable_sort() */
};

/* Exported symbols by name.  Zero-initialise it.  It owns the table, not the names. */
struct symtable {
	struct symbol *symbols;
	size_t n, capacity;
	uint32_t *slots; /* index in symbols + 1, or 0 */
	size_t n_slots;	 /* a power of two */
};

/* Add a symbol, replacing any of the same name, as depmod does. */
void symtable_add(struct symtable *table, const char *name, uint64_t crc, uint32_t owner);

/* Returns NULL if there is no such symbol. */
const struct symbol *symtable_find(const struct symtable *table, const char *name);

/*
 * Sort the symbols in depmod's output order: by bucket of the hash table in kmod's
 * depmod, then by name. symtable_find() finds nothing afterwards.
 */
void symtable_sort(struct symtable *table);
void symtable_free(struct symtable *table);

#endif
