// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The indexes of the image against its modules.
 *
 * Indexes are made of the modules in memory, as depmod does, and compared with those in
 * the image by what they say: another depmod orders them otherwise, and busybox's writes
 * the text alone. What they have beyond that is no fault, but for files that are not
 * there: images may keep the indexes of a whole kernel for names and aliases.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/message.h"
#include "config.h"
#include "index/indexmake.h"
#include "initchecks.h"
#include "module/names.h"
#include "tree/modrow.h"
#include "tree/trie.h"

/* A row of modules.dep, or an entry of another index: its key and value. */
struct entry {
	const char *key;   /* a module's name; else key and value as one text */
	const char *value; /* "PATH: DEPENDENCY...", or NULL */
	UT_hash_handle hh;
};

/* An index, as the image has it. */
struct image_index {
	const char *name; /* "modules.dep.bin" */
	bool exists;
	bool corrupt;
	char *text; /* of one that is no .bin */
	struct trie trie;
	struct arena arena;
	struct entry *entries;
};

struct index_check {
	struct initcheck *check;
	struct init_kernel *kernel;
	struct index_data data; /* as depmod would have it */
	struct index_files files;
	bool made;
};

static struct init_finding *find(struct index_check *c, const char *index,
				 const char *text)
{
	CLEANUP_FREE char *path = path_join(c->kernel->dir, index);

	return init_find(c->check, INIT_STALE_INDEX, c->kernel, path, "%s", text);
}

/* Add an item to a finding, which is made with the first. */
static void add(struct index_check *c, struct init_finding **finding, const char *index,
		const char *text, const char *item)
{
	if (!*finding)
		*finding = find(c, index, text);
	init_item(c->check, &(*finding)->items, item);
}

/* -- reading ------------------------------------------------------------------------ */

static void add_entry(struct image_index *index, const char *key, const char *value)
{
	struct entry *entry;

	HASH_FIND_STR(index->entries, key, entry);
	if (entry)
		return;
	entry = arena_alloc(&index->arena, sizeof(*entry));
	*entry = (struct entry){ key, value };
	HASH_ADD_KEYPTR(hh, index->entries, key, strlen(key), entry);
}

static void take_row(void *context, const char *key, const char *value)
{
	struct image_index *index = context;

	add_entry(index, arena_strdup(&index->arena, key), value);
}

static void take_pair(void *context, const char *key, const char *value)
{
	struct image_index *index = context;

	add_entry(index, arena_printf(&index->arena, "%s %s", value, key), NULL);
}

/* The rows of a modules.dep, by the names of their modules. */
static void split_rows(struct image_index *index)
{
	char *line, *rest;

	for (line = strtok_r(index->text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		size_t n = strcspn(line, ":");

		if (line[n])
			add_entry(index,
				  module_name(&index->arena,
					      arena_strndup(&index->arena, line, n)),
				  line);
	}
}

static void split_lines(struct image_index *index)
{
	char *line, *rest;

	for (line = strtok_r(index->text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		add_entry(index, line, NULL);
}

/* Read an index's bytes. Returns 0, or -1 and reports it. */
static int read_bytes(struct index_check *c, struct image_index *index, size_t *size)
{
	CLEANUP_FREE char *path = path_join(c->kernel->dir, index->name);
	struct stat st;
	int result = rootfs_read_optional(&c->check->image.source.root, path,
					  &index->text, size, &st);

	index->exists = index->text != NULL;
	return result;
}

static int read_trie(struct index_check *c, struct image_index *index, trie_taker *take)
{
	size_t size;

	if (read_bytes(c, index, &size) < 0)
		return -1;
	if (!index->exists)
		return 0;
	index->corrupt = trie_init(&index->trie, index->text, size) < 0 ||
			 trie_each(&index->trie, take, index) < 0;
	index->text = NULL; /* the trie's */
	if (index->corrupt)
		find(c, index->name, "it is damaged");
	return 0;
}

static void index_free(struct image_index *index)
{
	HASH_CLEAR(hh, index->entries);
	trie_free(&index->trie);
	free(index->text);
	arena_free(&index->arena);
}

/* -- modules.dep -------------------------------------------------------------------- */

/* The path of a row, in arena; rows of old depmods have absolute paths. */
static const char *path_of(const struct init_kernel *kernel, struct arena *arena,
			   const char *row)
{
	const char *path = arena_strndup(arena, row, strcspn(row, ":"));
	const char *version;

	if (*path != '/')
		return path;
	version = arena_printf(arena, "/%s/", kernel->version);
	path = strstr(path, version) ? strstr(path, version) + strlen(version) : path;
	return path;
}

static bool is_there(const struct index_check *c, const char *path)
{
	CLEANUP_FREE char *full = module_join(c->kernel->dir, path);
	CLEANUP_FD int fd = rootfs_openat(&c->check->image.source.root, full, O_PATH);

	return fd >= 0;
}

static const char *needs_of(const char *row)
{
	const char *needs = strchr(row, ':');

	return needs ? needs + 1 : "";
}

static void check_absent(struct index_check *c, const struct image_index *rows)
{
	struct init_finding *finding = NULL;
	struct entry *entry, *next;

	HASH_ITER(hh, rows->entries, entry, next) {
		struct arena arena = { 0 };
		const char *path = path_of(c->kernel, &arena, entry->value);
		const struct module *module =
			modtree_met(c->kernel->tree.modules, entry->key);

		if (!(module && strcmp(module->path, path) == 0) && !is_there(c, path))
			add(c, &finding, rows->name,
			    "it lists modules that are not there:", path);
		arena_free(&arena);
	}
}

static void check_unlisted(struct index_check *c, const struct image_index *rows)
{
	struct init_finding *finding = NULL;

	for (size_t i = 0; i < c->kernel->n; i++) {
		const struct module *module = c->kernel->modules[i];
		struct entry *entry;

		HASH_FIND_STR(rows->entries, module->name, entry);
		if (!entry && is_index_key(module->name))
			add(c, &finding, rows->name,
			    "it lacks modules that are there:", module->path);
	}
}

/* The names in a row that another row lacks, as a text; NULL if none. */
static char *missing_needs(const char *wanted, const char *row)
{
	struct arena arena = { 0 };
	char *text = NULL;
	const char *path;
	size_t len;

	while ((len = row_next(&wanted, &path))) {
		const char *name = module_name(&arena, arena_strndup(&arena, path, len));
		char *longer;

		if (row_has(row, name))
			continue;
		longer = xasprintf("%s%s%s", text ? text : "", text ? "+" : "", name);
		free(text);
		text = longer;
	}
	arena_free(&arena);
	return text;
}

static void check_needs(struct index_check *c, const struct image_index *rows)
{
	struct init_finding *finding = NULL;

	for (size_t i = 0; c->made && i < c->data.n; i++) {
		const struct index_module *module = &c->data.modules[i];
		CLEANUP_FREE char *names = NULL, *item = NULL;
		struct entry *entry;

		HASH_FIND_STR(rows->entries, module->name, entry);
		if (!entry)
			continue;
		names = missing_needs(needs_of(module->row), needs_of(entry->value));
		if (!names)
			continue;
		item = xasprintf("%s (%s)", module->name, names);
		add(c, &finding, rows->name, "it lacks dependencies of modules:", item);
	}
}

static void check_rows(struct index_check *c, const struct image_index *rows)
{
	if (!rows->exists || rows->corrupt)
		return;
	check_absent(c, rows);
	check_unlisted(c, rows);
	check_needs(c, rows);
}

static bool same_needs(const char *a, const char *b)
{
	CLEANUP_FREE char *more = missing_needs(a, b), *less = missing_needs(b, a);

	return !more && !less;
}

/* modprobe reads the .bin; other programs, and people, read the text. */
static void compare_rows(struct index_check *c, const struct image_index *text,
			 const struct image_index *bin)
{
	struct init_finding *finding = NULL;
	struct entry *entry, *next, *other;

	HASH_ITER(hh, text->entries, entry, next) {
		HASH_FIND_STR(bin->entries, entry->key, other);
		if (!other || !same_needs(needs_of(entry->value), needs_of(other->value)))
			add(c, &finding, text->name,
			    "it disagrees with modules.dep.bin about", entry->key);
	}
	HASH_ITER(hh, bin->entries, entry, next) {
		HASH_FIND_STR(text->entries, entry->key, other);
		if (!other)
			add(c, &finding, text->name,
			    "it disagrees with modules.dep.bin about", entry->key);
	}
}

static int check_dep(struct index_check *c, bool *exists)
{
	struct image_index bin = { .name = "modules.dep.bin" },
			   text = { .name = "modules.dep" };
	bool kmod = c->check->modprobe.kind == MODPROBE_KMOD;
	size_t size;
	int result = read_trie(c, &bin, take_row);

	if (result == 0)
		result = read_bytes(c, &text, &size);
	if (result == 0 && text.exists)
		split_rows(&text);
	*exists = bin.exists && !bin.corrupt;
	if (result == 0 && !bin.exists && c->kernel->n && kmod)
		find(c, bin.name, "it is not there: modprobe finds no module without it");
	else if (result == 0 && !bin.exists && !text.exists && c->kernel->n)
		init_note(c->check, c->kernel, "no modules.dep");
	if (result == 0)
		check_rows(c, bin.exists ? &bin : &text);
	if (result == 0 && *exists && text.exists)
		compare_rows(c, &text, &bin);
	index_free(&bin);
	index_free(&text);
	return result;
}

/* -- the other indexes -------------------------------------------------------------- */

static const struct copy_part *part_of(const struct index_check *c, const char *name)
{
	for (size_t i = 0; i < c->files.n; i++)
		if (strcmp(c->files.parts[i].name, name) == 0)
			return &c->files.parts[i];
	return NULL;
}

/* Find the entries that depmod would write and the image's index lacks. */
static void compare(struct index_check *c, const struct image_index *index,
		    const struct image_index *wanted, const char *text)
{
	struct init_finding *finding = NULL;
	struct entry *entry, *next, *other;

	HASH_ITER(hh, wanted->entries, entry, next) {
		HASH_FIND_STR(index->entries, entry->key, other);
		if (!other)
			add(c, &finding, index->name, text, entry->key);
	}
}

static int check_trie(struct index_check *c, const char *name, const char *text)
{
	struct image_index index = { .name = name }, wanted = { .name = name };
	const struct copy_part *part = part_of(c, name);
	int result = read_trie(c, &index, take_pair);
	char *copy;

	if (result == 0 && part && part->size && index.exists && !index.corrupt) {
		copy = xmalloc(part->size + 1);
		memcpy(copy, part->data, part->size);
		if (trie_init(&wanted.trie, copy, part->size) == 0 &&
		    trie_each(&wanted.trie, take_pair, &wanted) == 0)
			compare(c, &index, &wanted, text);
	}
	index_free(&index);
	index_free(&wanted);
	return result;
}

static int check_softdeps(struct index_check *c)
{
	static const char name[] = "modules.softdep";
	struct image_index index = { .name = name }, wanted = { .name = name };
	const struct copy_part *part = part_of(c, name);
	size_t size;
	int result = read_bytes(c, &index, &size);

	if (result == 0 && part && index.exists) {
		wanted.text = xmalloc(part->size + 1);
		memcpy(wanted.text, part->data, part->size);
		wanted.text[part->size] = '\0';
		/* a comment, which differs */
		wanted.text[strcspn(wanted.text, "\n")] = '\n';
		split_lines(&index);
		split_lines(&wanted);
		compare(c, &index, &wanted, "it lacks:");
	}
	index_free(&index);
	index_free(&wanted);
	return result;
}

/* Make what depmod would. Returns 0, or -1 and reports it. */
static int make(struct index_check *c)
{
	struct index_modules modules = { c->kernel->modules, c->kernel->n };
	const struct depgraph_policy graph_policy = { .label = c->kernel->dir,
						      .cycle = STATUS_MISSING };
	const struct index_policy policy = { .unfound = STATUS_OK };
	struct depgraph graph = { 0 };

	if (c->kernel->n &&
	    index_make(&c->data, &c->kernel->tree, &modules, &graph, &graph_policy) == 0)
		c->made = index_write(&c->files, &c->data, &policy) == 0;
	depgraph_free(&graph);
	return c->made || !c->kernel->n || message_status() == STATUS_MISSING ? 0 : -1;
}

int init_check_indexes(struct initcheck *check, struct init_kernel *kernel)
{
	struct index_check c = { .check = check, .kernel = kernel };
	bool exists = false;
	int result = make(&c);

	if (result == 0)
		result = check_dep(&c, &exists);
	if (result == 0 && exists && c.made)
		result = check_trie(&c, "modules.alias.bin", "it lacks aliases:");
	if (result == 0 && exists && c.made)
		result = check_trie(&c, "modules.symbols.bin", "it lacks symbols:");
	if (result == 0 && exists && c.made)
		result = check_softdeps(&c);
	index_files_free(&c.files);
	index_data_free(&c.data);
	return result;
}
