// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading a module directory's indexes.
 *
 * libkmod could read them, but it opens them by path, follows links out of the root, and
 * trusts every offset in them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/message.h"
#include "config.h"
#include "tree/modindex.h"

static int report_corrupt(const struct modindex *index, const char *name)
{
	error(STATUS_IO, "%s/%s/%s is corrupt; run depmod again, or remove it",
	      index->root->path, index->dir, name);
	return -1;
}

static int cannot_read(const struct modindex *index, const char *name)
{
	error(STATUS_IO, "cannot read %s/%s/%s: %m", index->root->path, index->dir, name);
	return -1;
}

/* Report a trie's error, from errno. */
static int report_trie(const struct modindex *index, const char *name)
{
	return errno == EBADMSG ? report_corrupt(index, name) : cannot_read(index, name);
}

/* Open an index. Returns a descriptor, or -1: *missing is set, or it was reported. */
static int open_index(const struct modindex *index, const char *name, bool *missing)
{
	CLEANUP_FREE char *path = path_join(index->dir, name);
	int fd = rootfs_openat(index->root, path, O_RDONLY | O_NONBLOCK);

	*missing = fd < 0 && errno == ENOENT;
	if (fd < 0 && !*missing)
		cannot_read(index, name);
	return fd;
}

/* Open a .bin. Returns 1; 0 if it does not exist; -1, reported. */
static int read_trie(const struct modindex *index, const char *name, struct trie *trie,
		     struct stat *st)
{
	bool missing;
	CLEANUP_FD int fd = open_index(index, name, &missing);
	struct stat own;

	if (!st)
		st = &own;
	if (fd < 0)
		return missing ? 0 : -1;
	if (fstat(fd, st) < 0)
		return cannot_read(index, name);
	if (!S_ISREG(st->st_mode))
		return report_corrupt(index, name);
	if (trie_open(trie, &fd, st->st_size) < 0) {
		report_trie(index, name);
		trie_free(trie);
		return -1;
	}
	return 1;
}

/* Returns 1; 0 if it does not exist; -1, reported. */
static int read_soft(struct modindex *index, const char *name)
{
	bool missing;
	CLEANUP_FD int fd = open_index(index, name, &missing);
	CLEANUP_FREE char *data = NULL;
	struct conf_text text = { .name = name };

	if (fd < 0)
		return missing ? 0 : -1;
	data = read_whole(fd, &text.size);
	if (!data)
		return cannot_read(index, name);
	text.text = data;
	soft_rules_parse(&index->soft, &index->arena, &text);
	return 1;
}

static bool alias_index_exists(const struct modindex *index)
{
	bool missing;
	CLEANUP_FD int fd = open_index(index, "modules.alias.bin", &missing);

	return fd >= 0 || !missing;
}

int modindex_open(struct modindex *index, const struct rootfs *root, const char *dir)
{
	struct stat st;
	int result;

	*index = (struct modindex){ .root = root, .dir = dir };
	result = read_trie(index, "modules.dep.bin", &index->dep, &st);
	if (result <= 0)
		return result;
	index->stamp = st.st_mtime;
	if (ENABLED(FEATURE_STALE_INDEXES))
		index->changed = st.st_ctim;
	if (!alias_index_exists(index))
		return 0;
	if (read_soft(index, "modules.softdep") < 0)
		return -1;
	result = read_soft(index, "modules.weakdep");
	index->has_weakdep = result > 0;
	return result < 0 ? -1 : 1;
}

void modindex_close(struct modindex *index)
{
	trie_free(&index->dep);
	trie_free(&index->alias);
	trie_free(&index->symbols);
	free(index->soft.items);
	arena_free(&index->arena);
	*index = (struct modindex){ 0 };
}

int modindex_row(struct modindex *index, const char *name, const char **row)
{
	struct trie_values values = { 0 };
	int result = trie_search(&index->dep, name, &values);

	if (result < 0)
		report_trie(index, "modules.dep.bin");
	*row = values.n ? values.items[0].text : NULL;
	trie_values_free(&values);
	return result;
}

int modindex_rows(struct modindex *index, struct trie_values *rows)
{
	return trie_all(&index->dep, rows) < 0 ? report_trie(index, "modules.dep.bin") :
						 0;
}

bool modindex_knows_suffix(const struct modindex *index, const char *suffix)
{
	CLEANUP_FREE char *text = xasprintf("%s: ", suffix); /* path: dependency ... */

	return trie_contains(&index->dep, text);
}

/* Search an index, opening it first if needed. */
static int search_late(struct modindex *index, const char *file, struct trie *trie,
		       bool *read, const char *name, struct trie_values *values)
{
	if (!*read) {
		if (read_trie(index, file, trie, NULL) < 0)
			return -1;
		*read = true;
	}
	values->n = 0;
	if (!trie->data) /* no such file: no values */
		return 0;
	return trie_search(trie, name, values) < 0 ? report_trie(index, file) : 0;
}

int modindex_symbols(struct modindex *index, const char *name, struct trie_values *values)
{
	return search_late(index, "modules.symbols.bin", &index->symbols,
			   &index->symbols_read, name, values);
}

int modindex_aliases(struct modindex *index, const char *name, struct trie_values *values)
{
	return search_late(index, "modules.alias.bin", &index->alias, &index->alias_read,
			   name, values);
}
