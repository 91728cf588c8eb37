// SPDX-License-Identifier: GPL-2.0-or-later
/* Making a record: recordformat.h. */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "tree/modtree.h"
#include "tree/record.h"
#include "tree/recordformat.h"

struct making {
	const struct record *old; /* whose symbols come first; or NULL */
	const char *vermagic;
	struct modsymbol *symbols;
	size_t n, capacity;
	uint32_t *slots; /* number of a symbol + 1, or 0 */
	size_t n_slots;	 /* a power of two */
	struct strbuf facts, modules;
	const char *path; /* the last one */
};

static void put_number(struct strbuf *out, uint64_t number)
{
	char *room = strbuf_room(out, 10), *p = room;

	for (; number >= 0x80; number >>= 7)
		*p++ = (char)(number | 0x80);
	*p++ = (char)number;
	out->size += (size_t)(p - room);
}

static void put_time(struct strbuf *out, const struct timespec *time)
{
	put_number(out, (uint64_t)time->tv_sec);
	put_number(out, (uint64_t)time->tv_nsec);
}

static void put_string(struct strbuf *out, const char *last, const char *string)
{
	size_t all = strlen(last), length = strlen(string);
	size_t least = all < length ? all : length, head = 0, tail = 0;

	while (head < least && last[head] == string[head])
		head++;
	while (tail < least - head && last[all - tail - 1] == string[length - tail - 1])
		tail++;
	put_number(out, head);
	put_number(out, tail);
	strbuf_add(out, string + head, length - head - tail);
	strbuf_add(out, "", 1);
}

/* -- symbols -------------------------------------------------------------------- */

static bool is_same(const struct modsymbol *a, const struct modsymbol *b)
{
	return a->crc == b->crc && a->weak == b->weak && strcmp(a->name, b->name) == 0;
}

static uint32_t *find_slot(const struct making *m, const struct modsymbol *symbol)
{
	size_t mask = m->n_slots - 1;
	size_t i = (hash_bytes(symbol->name, strlen(symbol->name)) ^ symbol->crc) & mask;

	while (m->slots[i] && !is_same(&m->symbols[m->slots[i] - 1], symbol))
		i = (i + 1) & mask;
	return &m->slots[i];
}

static void make_slots(struct making *m)
{
	m->n_slots = m->n_slots ? m->n_slots * 2 : 1024;
	while (m->n_slots / 2 <= m->n)
		m->n_slots *= 2;
	free(m->slots);
	m->slots = xcalloc(m->n_slots, sizeof(*m->slots));
	for (size_t i = 0; i < m->n; i++)
		*find_slot(m, &m->symbols[i]) = (uint32_t)i + 1;
}

static size_t number_of(struct making *m, const struct modsymbol *symbol)
{
	uint32_t *slot;

	if (m->n >= m->n_slots / 2)
		make_slots(m);
	slot = find_slot(m, symbol);
	if (!*slot) {
		m->symbols = grow(m->symbols, m->n, &m->capacity, sizeof(*m->symbols));
		m->symbols[m->n] = *symbol;
		*slot = (uint32_t)++m->n;
	}
	return *slot - 1;
}

static void put_references(struct making *m, const struct modsymbol *symbols, size_t n)
{
	put_number(&m->facts, n);
	for (size_t i = 0; i < n; i++)
		put_number(&m->facts, number_of(m, &symbols[i]));
}

/* -- modules -------------------------------------------------------------------- */

static unsigned key_of(const struct modinfo_field *field)
{
	unsigned key = 0;

	while (key < FIELD_KEYS && strcmp(field->key, record_keys[key]) != 0)
		key++;
	return key;
}

static bool is_usual(const struct making *m, const struct module *module, unsigned key,
		     const char *value)
{
	return (key == FIELD_NAME && strcmp(value, module->name) == 0) ||
	       (key == FIELD_VERMAGIC && strcmp(value, m->vermagic) == 0);
}

static void put_fields(struct making *m, const struct module *module)
{
	const struct modinfo *info = &module->info;
	const char *last = "";
	size_t n = 0;

	for (size_t i = 0; i < info->n; i++)
		n += key_of(&info->fields[i]) < FIELD_KEYS;
	put_number(&m->facts, n);
	for (size_t i = 0; i < info->n; i++) {
		const char *value = info->fields[i].value;
		unsigned key = key_of(&info->fields[i]);
		bool usual = is_usual(m, module, key, value);
		unsigned char byte = (unsigned char)(key | (usual ? FIELD_USUAL : 0));

		if (key == FIELD_KEYS)
			continue;
		strbuf_add(&m->facts, &byte, 1);
		if (usual)
			continue;
		put_string(&m->facts, last, value);
		last = value;
	}
}

static void put_facts(struct making *m, const struct module *module)
{
	m->facts.size = 0;
	put_number(&m->facts, module->info.decoded);
	put_number(&m->facts, module->info.memory);
	put_number(&m->facts, module->info.debug);
	put_fields(m, module);
	put_references(m, module->symbols->exported, module->symbols->n_exported);
	put_references(m, module->symbols->needed, module->symbols->n_needed);
}

static void put_module(struct making *m, const struct module *module)
{
	const struct record_stamp *stamp = module->stamp;
	const struct record_module *from = module->recorded;
	struct strbuf *out = &m->modules;
	unsigned char hashed = stamp->hashed;

	put_string(out, m->path, module->path);
	m->path = module->path;
	put_number(out, stamp->size);
	put_number(out, stamp->inode);
	put_time(out, &stamp->modified);
	put_time(out, &stamp->changed);
	strbuf_add(out, &hashed, 1);
	if (hashed)
		strbuf_add(out, stamp->sha256, RECORD_HASH);
	if (from && m->old) {
		put_number(out, from->facts_size);
		strbuf_add(out, from->facts, from->facts_size);
		return;
	}
	put_facts(m, module);
	put_number(out, m->facts.size);
	strbuf_add(out, m->facts.data, m->facts.size);
}

/* A CRC is a number of 32 bits; only a crafted module has others. */
static bool has_crcs(const struct modsymbol *symbols, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (symbols[i].crc >> 63)
			return false;
	return true;
}

static bool is_recordable(const struct module *module)
{
	const struct modsymbols *symbols = module->symbols;

	return module->stamp && !module->err && symbols &&
	       (module->recorded || (has_crcs(symbols->exported, symbols->n_exported) &&
				     has_crcs(symbols->needed, symbols->n_needed)));
}

static const char *find_vermagic(struct module *const *modules, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < modules[i]->info.n; k++)
			if (strcmp(modules[i]->info.fields[k].key, "vermagic") == 0)
				return modules[i]->info.fields[k].value;
	return "";
}

/* Begin with the symbols of the old record, unless too many of them may be in no use. */
static void take_old(struct making *m, const struct record *old, bool grows)
{
	if (!old || (!grows && old->n_symbols - old->n_first > old->n_symbols / 5))
		return;
	m->old = old;
	m->vermagic = old->vermagic;
	m->n = m->capacity = old->n_symbols;
	m->symbols = xcalloc(m->n, sizeof(*m->symbols));
	if (m->n)
		memcpy(m->symbols, old->symbols, m->n * sizeof(*m->symbols));
}

static void put_head(struct making *m, const struct record_head *head, struct strbuf *out)
{
	strbuf_add(out, RECORD_MAGIC "\0\0\0\0\0\0\0", RECORD_SUMMED);
	put_number(out, record_features());
	put_string(out, "", head->version);
	put_time(out, &head->made);
	strbuf_add(out, head->seal, RECORD_HASH);
	put_string(out, "", m->vermagic);
	put_number(out, m->n);
	put_number(out, m->old && !head->grows ? m->old->n_first : m->n);
	for (size_t i = 0; i < m->n; i++) {
		const struct modsymbol *symbol = &m->symbols[i];

		put_number(out, symbol->crc << 1 | symbol->weak);
		strbuf_add(out, symbol->name, strlen(symbol->name) + 1);
	}
}

void record_make(struct strbuf *out, const struct record_head *head,
		 struct module *const *modules, size_t n, const struct record *old)
{
	struct making m = { .path = "" };
	size_t count = 0;
	uint64_t sum;

	take_old(&m, old, head->grows);
	if (!m.old)
		m.vermagic = find_vermagic(modules, n);
	for (size_t i = 0; i < n; i++) {
		if (!is_recordable(modules[i]))
			continue;
		put_module(&m, modules[i]);
		count++;
	}
	put_head(&m, head, out);
	put_number(out, count);
	if (count)
		strbuf_add(out, m.modules.data, m.modules.size);
	sum = htole64(record_sum(out->data + RECORD_SUMMED, out->size - RECORD_SUMMED));
	memcpy(out->data + RECORD_MAGIC_SIZE, &sum, sizeof(sum));
	strbuf_free(&m.modules);
	strbuf_free(&m.facts);
	free(m.symbols);
	free(m.slots);
}
