// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The indexes of the image against its modules.
 *
 * Indexes are made of the modules in memory, as depmod does, and compared with those in
 * the image by what they say: another depmod orders them otherwise, and busybox's writes
 * the text alone. What they have beyond that is no fault, but for files that are not
 * there: images may keep the indexes of a whole kernel for names and aliases.
 */
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "indexcheck.h"

struct init_finding *index_find(struct index_check *c, const char *index,
				const char *text)
{
	CLEANUP_FREE char *path = path_join(c->kernel->dir, index);

	return init_find(c->check, INIT_STALE_INDEX, c->kernel, path, "%s", text);
}

void index_add(struct index_check *c, struct init_finding **finding, const char *index,
	       const char *text, const char *item)
{
	if (!*finding)
		*finding = index_find(c, index, text);
	init_item(c->check, &(*finding)->items, item);
}

int index_check_read(struct index_check *c, struct image_index *index,
		     enum index_form form)
{
	int result = image_index_read(index, &c->check->image.source.root, c->kernel->dir,
				      form);

	if (index->corrupt)
		index_find(c, index->name, "it is damaged");
	return result;
}

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
	struct index_entry *entry, *next, *other;

	HASH_ITER(hh, wanted->entries, entry, next) {
		HASH_FIND_STR(index->entries, entry->key, other);
		if (!other)
			index_add(c, &finding, index->name, text, entry->key);
	}
}

static int check_trie(struct index_check *c, const char *name, const char *text)
{
	struct image_index index = { .name = name }, wanted = { .name = name };
	const struct copy_part *part = part_of(c, name);
	int result = index_check_read(c, &index, INDEX_PAIRS);

	if (result == 0 && part && part->size && index.exists && !index.corrupt &&
	    image_index_take(&wanted, part->data, part->size) == 0)
		compare(c, &index, &wanted, text);
	image_index_free(&index);
	image_index_free(&wanted);
	return result;
}

static int check_softdeps(struct index_check *c)
{
	static const char name[] = "modules.softdep";
	struct image_index index = { .name = name }, wanted = { .name = name };
	const struct copy_part *part = part_of(c, name);
	int result = index_check_read(c, &index, INDEX_TEXT);

	if (result == 0 && part && index.exists) {
		wanted.text = xmalloc(part->size + 1);
		memcpy(wanted.text, part->data, part->size);
		wanted.text[part->size] = '\0';
		/* a comment, which differs */
		wanted.text[strcspn(wanted.text, "\n")] = '\n';
		image_index_split_lines(&index);
		image_index_split_lines(&wanted);
		compare(c, &index, &wanted, "it lacks:");
	}
	image_index_free(&index);
	image_index_free(&wanted);
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
		result = index_check_rows(&c, &exists);
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
