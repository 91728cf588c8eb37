// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Records, without the magic and the sum, which are put before the input.  What is read
 * is recorded again, and then reads the same.
 */
#include "fuzz.h"

#include <endian.h>

#include "tree/modtree.h"
#include "tree/record.h"
#include "tree/recordformat.h"

static const char version[] = "6.1";

/* Parse a record, whose sum is made right. */
static struct record *parse(const void *data, size_t size)
{
	size_t all = RECORD_SUMMED + size;
	char *record = malloc(all);
	const char *err = NULL;
	struct record *result;
	uint64_t sum;

	REQUIRE(record);
	memcpy(record, RECORD_MAGIC, RECORD_MAGIC_SIZE);
	if (size)
		memcpy(record + RECORD_SUMMED, data, size);
	sum = htole64(record_sum(record + RECORD_SUMMED, size));
	memcpy(record + RECORD_MAGIC_SIZE, &sum, sizeof(sum));
	result = record_parse(record, all, version, &err);
	REQUIRE(!result == !!err);
	return result;
}

static bool is_same_list(const struct modsymbol *a, const struct modsymbol *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(a[i].name, b[i].name) != 0 || a[i].crc != b[i].crc ||
		    a[i].weak != b[i].weak)
			return false;
	return true;
}

static void compare(const struct module *module, const struct record *again,
		    struct arena *arena)
{
	const struct record_module *from = record_find(again, module->path);
	struct modsymbols symbols;
	struct modinfo info;

	/* A string may take more of its room than before. */
	REQUIRE(from);
	if (record_facts(again, from, module->name, arena, &info, &symbols) < 0)
		return;
	REQUIRE(info.n == module->info.n && info.memory == module->info.memory);
	for (size_t i = 0; i < info.n; i++)
		REQUIRE(info.fields[i].key == module->info.fields[i].key &&
			strcmp(info.fields[i].value, module->info.fields[i].value) == 0);
	REQUIRE(symbols.n_needed == module->symbols->n_needed &&
		symbols.n_exported == module->symbols->n_exported);
	REQUIRE(is_same_list(symbols.needed, module->symbols->needed, symbols.n_needed));
	REQUIRE(is_same_list(symbols.exported, module->symbols->exported,
			     symbols.n_exported));
}

/* Read all facts; those that can be read become modules to record. */
static size_t read_facts(struct record *record, struct module **modules,
			 struct arena *arena)
{
	size_t n = 0;

	for (size_t i = 0; i < record->n; i++) {
		struct record_module *from = &record->modules[i];
		struct modsymbols *symbols = arena_alloc(arena, sizeof(*symbols));
		struct module *module = arena_alloc(arena, sizeof(*module));

		*module = (struct module){ .name = "m",
					   .path = from->path,
					   .stamp = &from->stamp,
					   .symbols = symbols };
		if (record_facts(record, from, "m", arena, &module->info, symbols) == 0 &&
		    record_find(record, from->path) == from)
			modules[n++] = module;
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record *record = parse(data, size), *again;
	struct record_head head = { .version = version };
	struct strbuf out = { 0 };
	struct arena arena = { 0 };
	struct module **modules;
	size_t n;

	if (!record)
		return 0;
	modules = calloc(record->n + 1, sizeof(*modules));
	REQUIRE(modules);
	n = read_facts(record, modules, &arena);
	record_make(&out, &head, modules, n, NULL);
	again = parse(out.data + RECORD_SUMMED, out.size - RECORD_SUMMED);
	REQUIRE(again || out.size > RECORD_MAX);
	for (size_t i = 0; again && i < n; i++)
		compare(modules[i], again, &arena);
	record_free(again);
	strbuf_free(&out);
	free(modules);
	arena_free(&arena);
	record_free(record);
	return 0;
}
