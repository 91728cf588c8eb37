// SPDX-License-Identifier: GPL-2.0-or-later
/* An index of an image as a table of its entries. */
#include <stdlib.h>
#include <string.h>

#include "imageindex.h"
#include "module/names.h"

static void add_entry(struct image_index *index, const char *key, const char *value)
{
	struct index_entry *entry;

	HASH_FIND_STR(index->entries, key, entry);
	if (entry)
		return;
	entry = arena_alloc(&index->arena, sizeof(*entry));
	*entry = (struct index_entry){ key, value };
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

void image_index_split_rows(struct image_index *index)
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

void image_index_split_lines(struct image_index *index)
{
	char *line, *rest;

	for (line = strtok_r(index->text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		add_entry(index, line, NULL);
}

/* Make entries of the bytes of a .bin; the trie takes them over. */
static int read_trie(struct image_index *index, char *data, size_t size, trie_taker *take)
{
	index->corrupt = trie_init(&index->trie, data, size) < 0 ||
			 trie_each(&index->trie, take, index) < 0;
	return index->corrupt ? -1 : 0;
}

int image_index_read(struct image_index *index, const struct rootfs *root,
		     const char *dir, enum index_form form)
{
	CLEANUP_FREE char *path = path_join(dir, index->name);
	struct stat st;
	size_t size;

	if (rootfs_read_optional(root, path, &index->text, &size, &st) < 0)
		return -1;
	index->exists = index->text != NULL;
	if (index->exists && form != INDEX_TEXT) {
		read_trie(index, index->text, size,
			  form == INDEX_ROWS ? take_row : take_pair);
		index->text = NULL;
	}
	return 0;
}

int image_index_take(struct image_index *index, const char *data, size_t size)
{
	char *copy = xmalloc(size + 1);

	memcpy(copy, data, size);
	return read_trie(index, copy, size, take_pair);
}

void image_index_free(struct image_index *index)
{
	HASH_CLEAR(hh, index->entries);
	trie_free(&index->trie);
	free(index->text);
	arena_free(&index->arena);
}
