// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Symbols that modules export.
 *
 * modules.symbols follows the iteration order of depmod's hash table: 2048 buckets,
 * each sorted by name.  Lookups use another hash than kmod's, because its collisions are
 * easy to construct.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/util.h"
#include "tree/symtable.h"

enum { DEPMOD_BUCKETS = 2048, LEAST_SLOTS = 1024 };

/* The slot of a name, or the free slot where it belongs. */
static uint32_t *find_slot(const struct symtable *table, const char *name, uint32_t hash)
{
	size_t mask = table->n_slots - 1, i = hash & mask;

	while (table->slots[i]) {
		const struct symbol *symbol = &table->symbols[table->slots[i] - 1];

		if (symbol->hash == hash && strcmp(symbol->name, name) == 0)
			break;
		i = (i + 1) & mask;
	}
	return &table->slots[i];
}

static void make_slots(struct symtable *table)
{
	table->n_slots = table->n_slots ? table->n_slots * 2 : LEAST_SLOTS;
	free(table->slots);
	table->slots = xcalloc(table->n_slots, sizeof(*table->slots));
	for (size_t i = 0; i < table->n; i++) {
		const struct symbol *symbol = &table->symbols[i];

		*find_slot(table, symbol->name, symbol->hash) = (uint32_t)i + 1;
	}
}

void symtable_add(struct symtable *table, const char *name, uint64_t crc, uint32_t owner)
{
	struct symbol symbol = { name, crc, owner, hash_bytes(name, strlen(name)) };
	uint32_t *slot;

	if (table->n >= table->n_slots / 2)
		make_slots(table);
	slot = find_slot(table, name, symbol.hash);
	if (!*slot) {
		table->symbols = grow(table->symbols, table->n, &table->capacity,
				      sizeof(*table->symbols));
		*slot = (uint32_t)++table->n;
	}
	table->symbols[*slot - 1] = symbol;
}

const struct symbol *symtable_find(const struct symtable *table, const char *name)
{
	const uint32_t *slot;

	if (!table->n_slots)
		return NULL;
	slot = find_slot(table, name, hash_bytes(name, strlen(name)));
	return *slot ? &table->symbols[*slot - 1] : NULL;
}

static int by_name(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Sort into the buckets, then each of them: to compare all takes four times as long. */
void symtable_sort(struct symtable *table)
{
	struct symbol *sorted = xcalloc(table->n, sizeof(*sorted));
	size_t ends[DEPMOD_BUCKETS] = { 0 }, start = 0;

	for (size_t i = 0; i < table->n; i++) {
		struct symbol *symbol = &table->symbols[i];

		symbol->hash = kmod_hash(symbol->name) % DEPMOD_BUCKETS;
		ends[symbol->hash]++;
	}
	for (size_t i = 0, n; i < DEPMOD_BUCKETS; i++, start += n) {
		n = ends[i];
		ends[i] = start;
	}
	for (size_t i = 0; i < table->n; i++)
		sorted[ends[table->symbols[i].hash]++] = table->symbols[i];
	start = 0;
	for (size_t i = 0; i < DEPMOD_BUCKETS; start = ends[i++])
		if (ends[i] - start > 1)
			qsort(sorted + start, ends[i] - start, sizeof(*sorted), by_name);
	free(table->symbols);
	table->symbols = sorted;
	table->capacity = table->n;
	free(table->slots);
	table->slots = NULL;
	table->n_slots = 0;
}

void symtable_free(struct symtable *table)
{
	free(table->symbols);
	free(table->slots);
	*table = (struct symtable){ 0 };
}
