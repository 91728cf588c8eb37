// SPDX-License-Identifier: GPL-2.0-or-later
/* The rows of the image's modules.dep and modules.dep.bin against its modules. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "indexcheck.h"
#include "module/names.h"
#include "tree/modrow.h"

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
	struct index_entry *entry, *next;

	HASH_ITER(hh, rows->entries, entry, next) {
		struct arena arena = { 0 };
		const char *path = path_of(c->kernel, &arena, entry->value);
		const struct module *module =
			modtree_met(c->kernel->tree.modules, entry->key);

		if (!(module && strcmp(module->path, path) == 0) && !is_there(c, path))
			index_add(c, &finding, rows->name,
				  "it lists modules that are not there:", path);
		arena_free(&arena);
	}
}

static void check_unlisted(struct index_check *c, const struct image_index *rows)
{
	struct init_finding *finding = NULL;

	for (size_t i = 0; i < c->kernel->n; i++) {
		const struct module *module = c->kernel->modules[i];
		struct index_entry *entry;

		HASH_FIND_STR(rows->entries, module->name, entry);
		if (!entry && is_index_key(module->name))
			index_add(c, &finding, rows->name,
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
		struct index_entry *entry;

		HASH_FIND_STR(rows->entries, module->name, entry);
		if (!entry)
			continue;
		names = missing_needs(needs_of(module->row), needs_of(entry->value));
		if (!names)
			continue;
		item = xasprintf("%s (%s)", module->name, names);
		index_add(c, &finding, rows->name,
			  "it lacks dependencies of modules:", item);
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
	struct index_entry *entry, *next, *other;

	HASH_ITER(hh, text->entries, entry, next) {
		HASH_FIND_STR(bin->entries, entry->key, other);
		if (!other || !same_needs(needs_of(entry->value), needs_of(other->value)))
			index_add(c, &finding, text->name,
				  "it disagrees with modules.dep.bin about", entry->key);
	}
	HASH_ITER(hh, bin->entries, entry, next) {
		HASH_FIND_STR(text->entries, entry->key, other);
		if (!other)
			index_add(c, &finding, text->name,
				  "it disagrees with modules.dep.bin about", entry->key);
	}
}

int index_check_rows(struct index_check *c, bool *exists)
{
	struct image_index bin = { .name = "modules.dep.bin" },
			   text = { .name = "modules.dep" };
	bool kmod = c->check->modprobe.kind == MODPROBE_KMOD;
	int result = index_check_read(c, &bin, INDEX_ROWS);

	if (result == 0)
		result = index_check_read(c, &text, INDEX_TEXT);
	if (result == 0 && text.exists)
		image_index_split_rows(&text);
	*exists = bin.exists && !bin.corrupt;
	if (result == 0 && !bin.exists && c->kernel->n && kmod)
		index_find(c, bin.name,
			   "it is not there: modprobe finds no module without it");
	else if (result == 0 && !bin.exists && !text.exists && c->kernel->n)
		init_note(c->check, c->kernel, "no modules.dep");
	if (result == 0)
		check_rows(c, bin.exists ? &bin : &text);
	if (result == 0 && *exists && text.exists)
		compare_rows(c, &text, &bin);
	image_index_free(&bin);
	image_index_free(&text);
	return result;
}
