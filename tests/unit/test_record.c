// SPDX-License-Identifier: GPL-2.0-or-later
/* Records: a round trip; damaged and hostile ones; what is believed of them. */
#include <endian.h>

#include "fs/rootfs.h"
#include "modules.h"
#include "tempdir.h"
#include "tree/modload.h"
#include "tree/modopen.h"
#include "tree/record.h"
#include "tree/recordformat.h"

static const char version[] = "6.1-test";

/* Modules to record, and what is in them. */
static struct modinfo_field fields_a[] = {
	{ "license", "GPL" },
	{ "alias", "pci:v00001234d00000001sv*" },
	{ "alias", "pci:v00001234d00000002sv*" },
	{ "depends", "b" },
	{ "name", "a" },
	{ "vermagic", "6.1 SMP" },
	{ "softdep", "pre: b" },
	{ "firmware", "" },
	{ "parm", "x:y" },
};
static struct modinfo_field fields_b[] = {
	{ "name", "other" },
	{ "vermagic", "6.0" },
	{ "weakdep", "a" },
};
static struct modsymbol exported_a[] = { { "a_1", 0x12345678, false },
					 { "a_2", 0, false } };
static struct modsymbol needed_a[] = { { "b_1", 7, false }, { "b_1", 7, true } };
static struct modsymbol exported_b[] = { { "b_1", 7, false } };
static struct modsymbols symbols_a = { exported_a, needed_a, 2, 2 };
static struct modsymbols symbols_b = { exported_b, NULL, 1, 0 };
static struct record_stamp stamp_a = { .size = 100,
				       .inode = 1ULL << 40,
				       .modified = { -5, 1 },
				       .changed = { 1700000000, 999999999 },
				       .hashed = true,
				       .sha256 = "0123456789abcdef0123456789abcde" };
static struct record_stamp stamp_b = { .size = 3, .changed = { 1, 1 } };
static struct module module_a, module_b;
static struct module *both[] = { &module_a, &module_b };

static int reset(void **state)
{
	module_a = (struct module){ .name = "a",
				    .path = "kernel/a.ko.xz",
				    .symbols = &symbols_a,
				    .stamp = &stamp_a,
				    .info = { fields_a, COUNT(fields_a), 1000, 2000,
					      3000 } };
	module_b = (struct module){ .name = "b",
				    .path = "kernel/b.ko",
				    .symbols = &symbols_b,
				    .stamp = &stamp_b,
				    .info = { fields_b, COUNT(fields_b), 3, 0, 0 } };
	return 0;
}

static struct strbuf make(size_t n, const struct record *old)
{
	struct record_head head = { version, { 1700000001, 5 }, "seal" };
	struct strbuf out = { 0 };

	record_make(&out, &head, both, n, old);
	return out;
}

static struct record *parse(const void *data, size_t size, const char **err)
{
	char *copy = malloc(size + 1);

	assert_non_null(copy);
	memcpy(copy, data, size);
	return record_parse(copy, size, version, err);
}

static struct record *made(size_t n, const struct record *old)
{
	struct strbuf out = make(n, old);
	const char *err;
	struct record *record = parse(out.data, out.size, &err);

	assert_null(err);
	assert_non_null(record);
	strbuf_free(&out);
	return record;
}

static void assert_symbols(const struct modsymbol *a, const struct modsymbol *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(a[i].name, b[i].name);
		assert_int_equal(a[i].crc, b[i].crc);
		assert_int_equal(a[i].weak, b[i].weak);
	}
}

/* Compare what a record has with the module, of whose fields some are not recorded. */
static void assert_recorded(const struct record *record, const struct module *module)
{
	const struct record_module *from = record_find(record, module->path);
	struct arena arena = { 0 };
	struct modsymbols symbols;
	struct modinfo info;
	size_t n = 0;

	assert_non_null(from);
	assert_memory_equal(&from->stamp.changed, &module->stamp->changed,
			    sizeof(from->stamp.changed));
	assert_memory_equal(&from->stamp.modified, &module->stamp->modified,
			    sizeof(from->stamp.modified));
	assert_int_equal(from->stamp.size, module->stamp->size);
	assert_int_equal(from->stamp.inode, module->stamp->inode);
	assert_int_equal(from->stamp.hashed, module->stamp->hashed);
	assert_memory_equal(from->stamp.sha256, module->stamp->sha256, RECORD_HASH);
	assert_int_equal(record_facts(record, from, module->name, &arena, &info,
				      &symbols),
			 0);
	assert_int_equal(info.decoded, module->info.decoded);
	assert_int_equal(info.memory, module->info.memory);
	assert_int_equal(info.debug, module->info.debug);
	for (size_t i = 0; i < module->info.n; i++) {
		const struct modinfo_field *field = &module->info.fields[i];

		if (strcmp(field->key, "license") == 0 || strcmp(field->key, "parm") == 0)
			continue;
		assert_true(n < info.n);
		assert_string_equal(info.fields[n].key, field->key);
		assert_string_equal(info.fields[n++].value, field->value);
	}
	assert_int_equal(info.n, n);
	assert_int_equal(symbols.n_exported, module->symbols->n_exported);
	assert_int_equal(symbols.n_needed, module->symbols->n_needed);
	assert_symbols(symbols.exported, module->symbols->exported, symbols.n_exported);
	assert_symbols(symbols.needed, module->symbols->needed, symbols.n_needed);
	arena_free(&arena);
}

static void test_round_trip(void **state)
{
	struct record *record = made(2, NULL);

	assert_int_equal(record->n, 2);
	assert_int_equal(record->made.tv_sec, 1700000001);
	assert_int_equal(record->made.tv_nsec, 5);
	assert_string_equal((const char *)record->seal, "seal");
	assert_recorded(record, &module_a);
	assert_recorded(record, &module_b);
	assert_null(record_find(record, "kernel/a.ko"));
	record_free(record);
}

static void test_from_record_to_record(void **state)
{
	static struct modsymbol more[] = { { "new_1", 1, false },
					   { "new_2", 1, false },
					   { "new_3", 1, false },
					   { "new_4", 1, false } };
	static struct modsymbols others = { more, exported_b, 4, 1 };
	struct record *first = made(2, NULL), *second, *third;
	size_t n = first->n_symbols;

	assert_int_equal(first->n_first, n);
	module_a.recorded = record_find(first, module_a.path);
	module_b.symbols = &others;
	second = made(2, first);
	assert_int_equal(second->n_first, n);
	assert_int_equal(second->n_symbols, n + 4);
	assert_recorded(second, &module_a);
	assert_recorded(second, &module_b);
	/* Too many symbols may be in no use: the next begins anew. */
	module_a.recorded = record_find(second, module_a.path);
	module_b.symbols = &symbols_b;
	third = made(2, second);
	assert_int_equal(third->n_symbols, n);
	assert_recorded(third, &module_a);
	assert_recorded(third, &module_b);
	record_free(first);
	record_free(second);
	record_free(third);
}

static void test_left_out(void **state)
{
	static struct modsymbol wide[] = { { "x", UINT64_MAX, false } };
	static struct modsymbols symbols = { wide, NULL, 1, 0 };
	struct record *record;

	module_a.stamp = NULL;
	module_b.err = "damaged";
	record = made(2, NULL);
	assert_int_equal(record->n, 0);
	record_free(record);
	reset(NULL);
	module_a.symbols = &symbols; /* no CRC */
	record = made(2, NULL);
	assert_int_equal(record->n, 1);
	assert_recorded(record, &module_b);
	record_free(record);
}

static void test_each_flipped_bit_is_found(void **state)
{
	struct strbuf out = make(2, NULL);
	const char *err;

	for (size_t i = 0; i < 8 * out.size; i++) {
		out.data[i / 8] ^= (char)(1 << i % 8);
		assert_null(parse(out.data, out.size, &err));
		assert_non_null(err);
		out.data[i / 8] ^= (char)(1 << i % 8);
	}
	for (size_t i = 0; i < out.size; i++)
		assert_null(parse(out.data, i, &err));
	strbuf_free(&out);
}

static void assert_refused(const struct strbuf *out, const char *why)
{
	const char *err;

	assert_null(parse(out->data, out->size, &err));
	assert_string_equal(err, why);
}

static void fix_sum(struct strbuf *out)
{
	uint64_t sum =
		htole64(record_sum(out->data + RECORD_SUMMED, out->size - RECORD_SUMMED));

	memcpy(out->data + RECORD_MAGIC_SIZE, &sum, sizeof(sum));
}

static void test_foreign(void **state)
{
	struct strbuf out = make(2, NULL);

	out.data[RECORD_MAGIC_SIZE - 1]++;
	assert_refused(&out, "of another version of modbox");
	out.data[0]++;
	assert_refused(&out, "not a record");
	out.data[0]--;
	out.data[RECORD_MAGIC_SIZE - 1]--;
	out.data[RECORD_SUMMED] ^= 1;
	fix_sum(&out);
	assert_refused(&out, "of a modbox with other features");
	out.data[RECORD_SUMMED] ^= 1;
	out.data[RECORD_SUMMED + 3]++; /* "7.1-test" */
	fix_sum(&out);
	assert_refused(&out, "of another kernel");
	strbuf_free(&out);
}

/* Every byte is set to some others, with a right sum: nothing is read out of bounds. */
static void test_hostile(void **state)
{
	static const unsigned char values[] = { 0, 1, 0x7f, 0x80, 0xff };
	struct strbuf out = make(2, NULL);
	size_t parsed = 0;

	for (size_t i = RECORD_SUMMED; i < out.size; i++) {
		char old = out.data[i];

		for (size_t k = 0; k < COUNT(values); k++) {
			struct arena arena = { 0 };
			struct modsymbols symbols;
			struct modinfo info;
			struct record *record;
			const char *err;

			out.data[i] = (char)values[k];
			fix_sum(&out);
			record = parse(out.data, out.size, &err);
			for (size_t m = 0; record && m < record->n; m++)
				record_facts(record, &record->modules[m], "x", &arena,
					     &info, &symbols);
			parsed += record != NULL;
			record_free(record);
			arena_free(&arena);
		}
		out.data[i] = old;
	}
	assert_true(parsed > 0);
	strbuf_free(&out);
}

/* A string that repeats the one before it a thousand times would fill the memory. */
static void test_expansion_is_bounded(void **state)
{
	static struct modinfo_field many[1000];
	static char text[3000];
	const struct record_module *from;
	struct arena arena = { 0 };
	struct modsymbols symbols;
	struct record *record;
	struct modinfo info;

	memset(text, 'x', sizeof(text) - 1);
	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = (struct modinfo_field){ "alias", text };
	module_a.info.fields = many;
	module_a.info.n = COUNT(many);
	record = made(1, NULL);
	from = record_find(record, module_a.path);
	assert_int_equal(record_facts(record, from, "a", &arena, &info, &symbols), -1);
	record_free(record);
	arena_free(&arena);
}

/* -- what is believed ----------------------------------------------------------- */

static const char path_a[] = "lib/modules/6.1-test/kernel/a.ko.xz";
static const char path_record[] = "lib/modules/6.1-test/" RECORD_NAME;

/* A tree with one module, which was not read: the record says what is in it. */
struct believing {
	struct rootfs root;
	struct modtree tree;
	struct module *module;
	struct record_stamp stamp;
};

static void put_module(const char *alias)
{
	char modinfo[64];
	size_t n = (size_t)sprintf(modinfo, "alias=%s", alias) + 1;
	struct bytes module = make_module(usual, modinfo, n);
	struct bytes file = compressors[2](&module);

	put_bytes(path_a, file.data, file.size);
}

static void open_believing(struct believing *b)
{
	*b = (struct believing){ .stamp = { 0 } };
	assert_int_equal(rootfs_open(&b->root, "."), 0);
	b->tree.root = &b->root;
	b->tree.version = version;
	b->tree.dir = "lib/modules/6.1-test";
	b->module = modtree_meet(&b->tree, &b->tree.modules, "a");
	b->module->path = "kernel/a.ko.xz";
}

static void close_believing(struct believing *b)
{
	modtree_close(&b->tree);
	rootfs_close(&b->root);
}

/* Write a record of the file as it is, made so many seconds after its change. */
static void put_record(long after, bool hashed)
{
	struct record_head head = { .version = version };
	struct strbuf out = { 0 };
	struct stat st;

	assert_int_equal(stat(path_a, &st), 0);
	stamp_a = (struct record_stamp){ .size = (uint64_t)st.st_size,
					 .inode = st.st_ino,
					 .modified = st.st_mtim,
					 .changed = st.st_ctim };
	if (hashed) {
		struct believing b;

		open_believing(&b);
		b.tree.recording = true;
		modload(&b.tree, &b.module, 1, LOAD_SYMBOLS, NULL);
		assert_null(b.module->err);
		stamp_a = *b.module->stamp;
		assert_true(stamp_a.hashed);
		close_believing(&b);
	}
	head.made = stamp_a.changed;
	head.made.tv_sec += after;
	record_make(&out, &head, both, 1, NULL);
	put_bytes(path_record, out.data, out.size);
	strbuf_free(&out);
}

/* Load it. Returns whether the record was believed. */
static bool is_believed(void)
{
	struct believing b;
	bool believed;

	open_believing(&b);
	record_open(&b.tree, &b.root);
	assert_non_null(b.tree.record);
	modload(&b.tree, &b.module, 1, LOAD_INFO, NULL);
	assert_null(b.module->err);
	believed = b.module->recorded != NULL;
	assert_string_equal(b.module->info.fields[0].value,
			    believed ? "pci:v00001234d00000001sv*" : "x");
	close_believing(&b);
	return believed;
}

static void test_unchanged_is_believed(void **state)
{
	put_module("x");
	put_record(1, false);
	assert_true(is_believed());
	put_record(0, false); /* within a tick of the clock */
	assert_false(is_believed());
	put_record(-1, false);
	assert_false(is_believed());
	put_record(0, true);
	assert_true(is_believed());
}

static void test_changed_is_not_believed(void **state)
{
	struct stat before, after;
	struct timespec times[2];

	put_module("y");
	put_record(1, true);
	assert_int_equal(stat(path_a, &before), 0);
	put_module("x"); /* in the same inode */
	times[0] = before.st_atim;
	times[1] = before.st_mtim;
	assert_int_equal(utimensat(AT_FDCWD, path_a, times, 0), 0);
	assert_int_equal(stat(path_a, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(before.st_size, after.st_size);
	assert_false(is_believed());
	put_record(1, false);
	assert_int_equal(rename(path_a, "old"), 0);
	put_module("x"); /* another inode, and no hash */
	assert_false(is_believed());
	put_record(1, true);
	assert_int_equal(rename(path_a, "older"), 0);
	put_module("x");
	assert_true(is_believed()); /* by its hash */
}

/* Whole seconds: a coarse clock, or a read-only image that has no time of a change. */
static void test_whole_seconds_are_not_believed(void **state)
{
	put_module("x");
	put_record(1, false);
	assert_true(is_believed());
	stamp_a.changed.tv_nsec = 0;
	struct record_head head = { .version = version, .made = { INT32_MAX, 0 } };
	struct strbuf out = { 0 };
	const char *err;
	struct record *record;
	struct module *module = &module_a;
	struct modtree tree = { 0 };

	record_make(&out, &head, both, 1, NULL);
	record = parse(out.data, out.size, &err);
	assert_null(err);
	module_a.recorded = record_find(record, module_a.path);
	tree.record = record;
	assert_false(record_is_current(&tree, &module, 1));
	tree.passing = true; /* but in the run that made it */
	assert_true(record_is_current(&tree, &module, 1));
	record_free(record);
	strbuf_free(&out);
}

static void test_what_records_do_not_answer(void **state)
{
	static const int flags[] = { LOAD_VERIFY | LOAD_INFO, LOAD_FACTS | LOAD_INFO,
				     LOAD_CHECK };
	struct believing b;

	put_module("x");
	put_record(1, true);
	for (size_t i = 0; i < COUNT(flags); i++) {
		open_believing(&b);
		record_open(&b.tree, &b.root);
		modload(&b.tree, &b.module, 1, flags[i], NULL);
		assert_null(b.module->err);
		assert_null(b.module->recorded);
		close_believing(&b);
	}
}

static void test_no_record_at_all(void **state)
{
	struct believing b;

	put_module("x");
	open_believing(&b);
	record_open(&b.tree, &b.root);
	assert_null(b.tree.record);
	assert_null(b.tree.record_err);
	assert_int_equal(symlink("/etc/passwd", path_record), 0);
	record_open(&b.tree, &b.root);
	assert_null(b.tree.record);
	assert_int_equal(unlink(path_record), 0);
	assert_int_equal(mkfifo(path_record, 0600), 0);
	record_open(&b.tree, &b.root);
	assert_null(b.tree.record);
	assert_string_equal(b.tree.record_err, "not a record");
	close_believing(&b);
}

static int setup(void **state)
{
	reset(state);
	return tempdir_setup(state);
}

#define TEST(name) cmocka_unit_test_setup(name, reset)
#define IN_DIR(name) cmocka_unit_test_setup_teardown(name, setup, tempdir_teardown)

static const struct CMUnitTest tests[] = {
	TEST(test_round_trip),
	TEST(test_from_record_to_record),
	TEST(test_left_out),
	TEST(test_each_flipped_bit_is_found),
	TEST(test_foreign),
	TEST(test_hostile),
	TEST(test_expansion_is_bounded),
	IN_DIR(test_unchanged_is_believed),
	IN_DIR(test_changed_is_not_believed),
	IN_DIR(test_whole_seconds_are_not_believed),
	IN_DIR(test_what_records_do_not_answer),
	IN_DIR(test_no_record_at_all),
};

UNIT_TEST_MAIN(NULL, NULL)
