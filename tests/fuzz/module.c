// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Modules, plain or compressed: their structure, their symbols, what the proof compares,
 * and .modinfo as libkmod and our own parser read it.
 */
#include "fuzz.h"

#include "module/elfsymbols.h"
#include "module/modfacts.h"
#include "module/modfile.h"

/* libkmod and our parser find the same fields. */
static void compare(const struct modinfo *a, const struct modinfo *b)
{
	REQUIRE(a->n == b->n && a->memory == b->memory);
	for (size_t i = 0; i < a->n; i++) {
		REQUIRE(strcmp(a->fields[i].key, b->fields[i].key) == 0);
		REQUIRE(strcmp(a->fields[i].value, b->fields[i].value) == 0);
	}
}

/* All names are strings. */
static void measure(const struct modsymbols *symbols)
{
	size_t bytes = 0;

	for (size_t i = 0; i < symbols->n_exported; i++)
		bytes += strlen(symbols->exported[i].name);
	for (size_t i = 0; i < symbols->n_needed; i++)
		bytes += strlen(symbols->needed[i].name);
	REQUIRE(bytes < SIZE_MAX / 2);
}

static void measure_facts(const struct module_facts *facts)
{
	size_t bytes = facts->info.n;

	for (size_t i = 0; i < facts->n_exports; i++)
		bytes += strlen(facts->exports[i].name) +
			 strlen(facts->exports[i].namespace);
	for (size_t i = 0; i < facts->n_needs; i++)
		bytes += strlen(facts->needs[i].name);
	REQUIRE(bytes < SIZE_MAX / 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct modreader *reader;
	struct modinfo info, own;
	struct modsymbols symbols;
	struct module_facts facts;
	struct arena arena = { 0 };
	const char *err = NULL;
	int fd = memory_file(data, size);
	bool whole, read;

	if (!reader)
		reader = modreader_new(4 << 20);
	whole = modreader_check(reader, fd, true, &err) == 0;
	REQUIRE(whole == !err);
	err = NULL;
	/* A module that decodes must also pass the check without decoding. */
	REQUIRE(modreader_check(reader, fd, false, &err) == 0 || !whole);
	err = NULL;
	read = modreader_modinfo(reader, fd, &arena, &info, &err) == 0;
	REQUIRE(read == !err && (whole || !read));
	err = NULL;
	if (modreader_symbols(reader, fd, &arena, &own, &symbols, &err) == 0) {
		measure(&symbols);
		REQUIRE(!err && read);
		compare(&info, &own);
	}
	err = NULL;
	if (modreader_facts(reader, fd, &arena, NULL, &facts, &err) == 0) {
		measure_facts(&facts);
		REQUIRE(!err && whole);
	}
	arena_free(&arena);
	return 0;
}
