// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading a record: recordformat.h.
 *
 * The sum finds damage; but who writes a record can write its sum too.  So every number
 * and length is checked, and what strings expand to is bounded by what they take.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "tree/record.h"
#include "tree/recordformat.h"

const char *const record_keys[FIELD_KEYS] = {
	[FIELD_NAME] = "name",
	[FIELD_VERMAGIC] = "vermagic",
	"alias",
	"depends",
	"firmware",
	"softdep",
	"weakdep",
};

/* A bijection of either, so that no single flipped bit is lost. */
static uint64_t add_word(uint64_t sum, uint64_t word)
{
	sum = (sum ^ le64toh(word)) * UINT64_C(0x9e3779b97f4a7c15);
	return sum ^ sum >> 29;
}

uint64_t record_sum(const void *data, size_t size)
{
	const unsigned char *p = data;
	uint64_t sum = size, word;

	for (; size >= sizeof(word); p += sizeof(word), size -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		sum = add_word(sum, word);
	}
	word = 0;
	if (size)
		memcpy(&word, p, size);
	return add_word(sum, word);
}

unsigned record_features(void)
{
	return ENABLED(FEATURE_MODULE_GZIP) | ENABLED(FEATURE_MODULE_XZ) << 1 |
	       ENABLED(FEATURE_MODULE_ZSTD) << 2 | ENABLED(MODLIST_LINT) << 3;
}

/* A place in the record. At the first fault it moves to the end. */
struct cursor {
	const unsigned char *at, *end;
	size_t room; /* bytes that strings may still take in arena */
	struct arena *arena;
	bool bad;
};

static void fail(struct cursor *c)
{
	c->bad = true;
	c->at = c->end;
}

static size_t left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

static uint64_t get_number(struct cursor *c)
{
	uint64_t number = 0;

	for (unsigned shift = 0; shift < 64 && c->at < c->end; shift += 7) {
		unsigned char byte = *c->at++;

		number |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return number;
	}
	fail(c);
	return 0;
}

/* A number of things that have at least one byte each. */
static size_t get_count(struct cursor *c)
{
	uint64_t n = get_number(c);

	if (n <= left(c))
		return (size_t)n;
	fail(c);
	return 0;
}

static const unsigned char *get_bytes(struct cursor *c, size_t n)
{
	static const unsigned char none[RECORD_HASH];
	const unsigned char *at = c->at;

	if (n > left(c)) {
		fail(c);
		return none;
	}
	c->at += n;
	return at;
}

static struct timespec get_time(struct cursor *c)
{
	struct timespec time = { .tv_sec = (time_t)get_number(c) };

	time.tv_nsec = (long)get_number(c);
	return time;
}

/* Text up to its NUL. */
static const char *get_text(struct cursor *c, size_t *length)
{
	const char *text = (const char *)c->at;
	const char *nul = memchr(text, '\0', left(c));

	*length = 0;
	if (!nul) {
		fail(c);
		return "";
	}
	*length = (size_t)(nul - text);
	c->at += *length + 1;
	return text;
}

static const char *get_string(struct cursor *c, const char *last)
{
	uint64_t head = get_number(c), tail = get_number(c);
	size_t length, all = strlen(last);
	const char *text = get_text(c, &length);
	char *string, *p;

	if (!head && !tail)
		return text;
	if (head > all || tail > all - head || head + length + tail >= c->room) {
		fail(c);
		return "";
	}
	c->room -= head + length + tail + 1;
	string = arena_alloc(c->arena, head + length + tail + 1);
	p = mempcpy(string, last, head);
	p = mempcpy(p, text, length);
	memcpy(p, last + all - tail, tail + 1);
	return string;
}

static void get_symbols(struct record *record, struct cursor *c)
{
	size_t n = get_count(c), length;

	record->n_first = (size_t)get_number(c);
	record->symbols = arena_alloc(&record->arena, (n + 1) * sizeof(*record->symbols));
	for (; record->n_symbols < n && !c->bad; record->n_symbols++) {
		struct modsymbol *symbol = &record->symbols[record->n_symbols];
		uint64_t number = get_number(c);

		symbol->crc = number >> 1;
		symbol->weak = number & 1;
		symbol->name = get_text(c, &length);
	}
}

static void get_module(struct record_module *module, struct cursor *c, const char *last)
{
	struct record_stamp *stamp = &module->stamp;

	module->path = get_string(c, last);
	stamp->size = get_number(c);
	stamp->inode = get_number(c);
	stamp->modified = get_time(c);
	stamp->changed = get_time(c);
	stamp->hashed = *get_bytes(c, 1);
	if (stamp->hashed)
		memcpy(stamp->sha256, get_bytes(c, RECORD_HASH), RECORD_HASH);
	module->facts_size = get_count(c);
	module->facts = get_bytes(c, module->facts_size);
}

static void get_modules(struct record *record, struct cursor *c)
{
	size_t n = get_count(c);
	const char *last = "";

	record->modules = xcalloc(n, sizeof(*record->modules));
	while (record->n < n && !c->bad) {
		struct record_module *module = &record->modules[record->n++];

		get_module(module, c, last);
		last = module->path;
		HASH_ADD_KEYPTR(hh, record->by_path, module->path, strlen(module->path),
				module);
	}
}

/* Returns NULL, or what is wrong. */
static const char *parse(struct record *record, const char *version)
{
	const unsigned char *data = (const unsigned char *)record->data;
	struct cursor c = { .arena = &record->arena };
	uint64_t sum;

	if (record->size < RECORD_SUMMED ||
	    memcmp(data, RECORD_MAGIC, RECORD_MAGIC_SIZE - 1) != 0)
		return "not a record";
	if (data[RECORD_MAGIC_SIZE - 1] != RECORD_MAGIC[RECORD_MAGIC_SIZE - 1])
		return "of another version of modbox";
	memcpy(&sum, data + RECORD_MAGIC_SIZE, sizeof(sum));
	c.at = data + RECORD_SUMMED;
	c.end = data + record->size;
	c.room = record->size * RECORD_EXPANSION;
	if (le64toh(sum) != record_sum(c.at, left(&c)))
		return "damaged";
	if (get_number(&c) != record_features())
		return "of a modbox with other features";
	if (strcmp(get_string(&c, ""), version) != 0)
		return c.bad ? "damaged" : "of another kernel";
	record->made = get_time(&c);
	memcpy(record->seal, get_bytes(&c, RECORD_HASH), RECORD_HASH);
	record->vermagic = get_string(&c, "");
	get_symbols(record, &c);
	get_modules(record, &c);
	return c.bad || left(&c) ? "damaged" : NULL;
}

struct record *record_parse(char *data, size_t size, const char *version,
			    const char **err)
{
	struct record *record = xcalloc(1, sizeof(*record));

	record->data = data;
	record->size = size;
	*err = parse(record, version);
	if (!*err)
		return record;
	record_free(record);
	return NULL;
}

void record_free(struct record *record)
{
	if (!record)
		return;
	HASH_CLEAR(hh, record->by_path);
	free(record->modules);
	free(record->data);
	arena_free(&record->arena);
	free(record);
}

struct record_module *record_find(const struct record *record, const char *path)
{
	struct record_module *found;

	HASH_FIND_STR(record->by_path, path, found);
	return found;
}

static void get_fields(const struct record *record, const char *name, struct cursor *c,
		       struct modinfo *info)
{
	size_t n = get_count(c);
	const char *last = "";

	info->fields = arena_alloc(c->arena, (n + 1) * sizeof(*info->fields));
	for (; info->n < n && !c->bad; info->n++) {
		struct modinfo_field *field = &info->fields[info->n];
		unsigned byte = *get_bytes(c, 1), key = byte & ~(unsigned)FIELD_USUAL;

		if (key >= FIELD_KEYS) {
			fail(c);
			return;
		}
		field->key = record_keys[key];
		if (!(byte & FIELD_USUAL))
			last = field->value = get_string(c, last);
		else
			field->value = key == FIELD_NAME ? name : record->vermagic;
	}
}

static struct modsymbol *get_references(const struct record *record, struct cursor *c,
					size_t *n)
{
	struct modsymbol *symbols;
	size_t count = get_count(c);

	symbols = arena_alloc(c->arena, (count + 1) * sizeof(*symbols));
	for (*n = 0; *n < count && !c->bad; (*n)++) {
		/* Most have one or two bytes. */
		bool two = left(c) >= 2 && c->at[0] >= 0x80 && c->at[1] < 0x80;
		uint64_t number = two ? (c->at[0] & 0x7fu) | (unsigned)c->at[1] << 7 :
					get_number(c);

		c->at += two ? 2 : 0;
		if (number < record->n_symbols)
			symbols[*n] = record->symbols[number];
		else
			fail(c);
	}
	return symbols;
}

int record_facts(const struct record *record, const struct record_module *from,
		 const char *name, struct arena *arena, struct modinfo *info,
		 struct modsymbols *symbols)
{
	struct cursor c = { .at = from->facts,
			    .end = from->facts + from->facts_size,
			    .room = from->facts_size * RECORD_EXPANSION,
			    .arena = arena };

	*info = (struct modinfo){ .decoded = get_number(&c) };
	info->memory = get_number(&c);
	info->debug = get_number(&c);
	get_fields(record, name, &c, info);
	symbols->exported = get_references(record, &c, &symbols->n_exported);
	symbols->needed = get_references(record, &c, &symbols->n_needed);
	return c.bad || left(&c) ? -1 : 0;
}
