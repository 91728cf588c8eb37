// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Collect index data from the modules themselves, as depmod does.
 *
 * Modules are ordered as depmod orders them: first the ones in modules.order, matched
 * by path, in its order, then the rest in the order of depmod's hash table.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/path.h"
#include "base/readat.h"
#include "index/indexmake.h"
#include "module/names.h"
#include "tree/modload.h"

enum { DEPMOD_BUCKETS = 512 };

/* A module, hashed by its line in modules.order. */
struct by_line {
	char *line;
	struct module *module;
	UT_hash_handle hh;
};

/*
 * As in depmod, the path without what follows ".ko", found by the length of the module's
 * name: the line of a.b.ko, whose name is a, is never found.
 */
static char *order_line(struct arena *arena, const struct module *module)
{
	size_t directory = (size_t)(path_base(module->path) - module->path);

	return arena_strndup(arena, module->path,
			     directory + strlen(module->name) + strlen(".ko"));
}

/* Rank the modules.  Of duplicate lines the first counts, in kmod 30 the last. */
static void rank_lines(char *text, struct by_line *table, bool last)
{
	char *line, *rest;
	size_t rank = 0;

	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		struct by_line *found;

		HASH_FIND_STR(table, line, found);
		if (found && (last || found->module->rank == SIZE_MAX))
			found->module->rank = rank;
		rank++;
	}
}

/* Warn, with errno, that a file of the module directory does not exist, and in SOURCE. */
static void warn_absent(const struct modtree *tree, const char *name, const char *so)
{
	const struct modtree *source = tree->source ? tree->source : tree;

	warning("%s/%s/%s: %m%s", source->root->path, source->dir, name, so);
}

/* Returns 0, or -1 (reported) if modules.order exists but cannot be read. */
static int rank_modules(struct modtree *tree)
{
	CLEANUP_FREE char *path = xasprintf("%s/modules.order", tree->dir);
	CLEANUP_FREE char *text = NULL;
	struct by_line *table = NULL;
	struct arena arena = { 0 };
	struct module *module, *next;
	size_t size;

	text = rootfs_read(rootfs_base(tree->root), path, &size);
	if (!text && errno != ENOENT)
		return rootfs_cannot_read(rootfs_base(tree->root), path);
	if (!text)
		warn_absent(tree, "modules.order",
			    "; modules are in depmod's hash order");
	HASH_ITER(hh, tree->modules, module, next) {
		struct by_line *entry = arena_alloc(&arena, sizeof(*entry));

		module->rank = SIZE_MAX;
		*entry = (struct by_line){ order_line(&arena, module), module };
		HASH_ADD_KEYPTR(hh, table, entry->line, strlen(entry->line), entry);
	}
	if (text && size && text[size - 1] != '\n')
		warning("%s/%s: ignored, as by depmod: the last line has no newline",
			tree->root->path, path);
	else if (text)
		rank_lines(text, table, tree->kmod30);
	HASH_CLEAR(hh, table);
	arena_free(&arena);
	return 0;
}

static int by_rank(const void *a, const void *b)
{
	const struct module *x = *(struct module *const *)a,
			    *y = *(struct module *const *)b;
	uint32_t a_bucket, b_bucket;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	a_bucket = kmod_hash(x->name) % DEPMOD_BUCKETS;
	b_bucket = kmod_hash(y->name) % DEPMOD_BUCKETS;
	if (a_bucket != b_bucket)
		return a_bucket < b_bucket ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Read the number at *text and advance, as scanf's %u does for kmod. */
static bool read_number(const char **text, unsigned *number)
{
	char *end;

	*number = (unsigned)strtoul(*text, &end, 10);
	if (end == *text)
		return false;
	*text = end;
	return true;
}

/* Read the numbers of an alias like "char-major-10-200". */
static bool read_device(const char *alias, const char *kind, unsigned *major,
			unsigned *minor)
{
	unsigned x, y;

	if (*alias != *kind || strncmp(alias, kind, strlen(kind)) != 0)
		return false;
	alias += strlen(kind);
	if (!read_number(&alias, &x) || *alias++ != '-' || !read_number(&alias, &y))
		return false;
	*major = x;
	*minor = y;
	return true;
}

/*
 * Join the name and number in a module's aliases for modules.devname.  NULL if it has
 * none.
 */
static const char *devname_of(struct arena *arena, const struct module *module)
{
	static const char kind[] = "devname:";
	const char *name = NULL;
	unsigned major = 0, minor = 0;
	char type = '\0';

	for (size_t i = 0; i < module->info.n && !(type && name); i++) {
		const char *value = module->info.fields[i].value;
		if (strcmp(module->info.fields[i].key, "alias") != 0)
			continue;
		if (strncmp(value, kind, sizeof(kind) - 1) == 0)
			name = value + sizeof(kind) - 1;
		else if (read_device(value, "char-major-", &major, &minor))
			type = 'c';
		else if (read_device(value, "block-major-", &major, &minor))
			type = 'b';
	}
	if (!name)
		return NULL;
	if (type)
		return arena_printf(arena, "%s %c%u:%u", name, type, major, minor);
	warning("module '%s' has devname (%s) but lacks major and minor information: ignored",
		module->name, name);
	return NULL;
}

static void take_fields(struct index_data *facts, uint32_t i, const struct module *module)
{
	const struct {
		const char *key;
		struct index_list *list;
	} lists[] = {
		{ "alias", &facts->aliases },
		{ "softdep", &facts->softdeps },
		{ "weakdep", &facts->weakdeps },
	};
	const char *devname;
	size_t k, l;

	for (k = 0; k < module->info.n; k++)
		for (l = 0; l < sizeof(lists) / sizeof(lists[0]); l++)
			if (strcmp(module->info.fields[k].key, lists[l].key) == 0)
				index_list_add(lists[l].list, i,
					       module->info.fields[k].value);
	devname = devname_of(&facts->arena, module);
	if (devname)
		index_list_add(&facts->devnames, i, devname);
}

/*
 * Make a row of modules.dep. numbers has room for 2 * graph->n; its second half is
 * zeroed once, before the first call. *left is the number of bytes that modules.dep can
 * still take: rows grow with the square of the number of modules. NULL if it is too low.
 */
static const char *make_row(struct index_data *facts, const struct depgraph *graph,
			    uint32_t i, uint32_t *numbers, size_t *left)
{
	size_t n = depgraph_row(graph, i, numbers, numbers + graph->n), k;
	size_t size = strlen(graph->modules[i].module->path) + 2;
	char *row, *p;

	for (k = 0; k < n; k++)
		size += strlen(graph->modules[numbers[k]].module->path) + 1;
	if (size > *left)
		return NULL;
	*left -= size;
	row = arena_alloc(&facts->arena, size);
	p = stpcpy(row, graph->modules[i].module->path);
	p = stpcpy(p, ":");
	for (k = 0; k < n; k++) {
		*p++ = ' ';
		p = stpcpy(p, graph->modules[numbers[k]].module->path);
	}
	return row;
}

/* Returns 0, or -1 (reported). */
static int take_graph(struct index_data *facts, struct depgraph *graph)
{
	CLEANUP_FREE uint32_t *numbers = xcalloc(graph->n, 2 * sizeof(*numbers));
	size_t left = INDEX_MAX, k;
	uint32_t i;

	facts->modules = xcalloc(graph->n, sizeof(*facts->modules));
	facts->n = graph->n;
	for (i = 0; i < graph->n; i++) {
		const struct module *module = graph->modules[i].module;

		facts->modules[i].name = module->name;
		facts->modules[i].row = make_row(facts, graph, i, numbers, &left);
		if (!facts->modules[i].row)
			return index_too_large("modules.dep");
		take_fields(facts, i, module);
	}
	symtable_sort(&graph->symbols);
	for (k = 0; k < graph->symbols.n; k++)
		if (graph->symbols.symbols[k].owner != NO_OWNER)
			index_list_add(&facts->symbols, graph->symbols.symbols[k].owner,
				       graph->symbols.symbols[k].name);
	return 0;
}

/*
 * Read a file of the module directory; a missing one leaves *text NULL.  Returns 0, or
 * -1 (reported).
 */
static int read_file(const struct modtree *tree, const char *name, char **text,
		     size_t *size)
{
	const struct rootfs *root = rootfs_base(tree->root);
	CLEANUP_FREE char *path = path_join(tree->dir, name);

	*text = rootfs_read(root, path, size);
	return *text || errno == ENOENT ? 0 : rootfs_cannot_read(root, path);
}

int index_read_builtin(struct index_data *facts, const struct modtree *tree)
{
	if (read_file(tree, "modules.builtin", &facts->builtin, &facts->builtin_size) < 0)
		return -1;
	return read_file(tree, "modules.builtin.modinfo", &facts->builtin_modinfo,
			 &facts->builtin_modinfo_size);
}

/*
 * Drop damaged modules; *n gets the number left.  Returns 0, or -1 (reported) after a
 * read error: an index without a module that may be intact would be wrong.
 */
static int keep_read(const struct modtree *tree, struct module **modules, size_t *n)
{
	size_t all = *n, i;
	int result = 0;

	for (*n = i = 0; i < all; i++) {
		const struct module *module = modules[i];

		if (!module->err) {
			modules[(*n)++] = modules[i];
		} else if (is_read_failure(module->err)) {
			result = modtree_blame(tree, module, module->err);
		}
	}
	return result;
}

int index_read(struct index_modules *modules, struct modtree *tree)
{
	struct module *module, *next;

	*modules = (struct index_modules){
		.items = xcalloc(HASH_COUNT(tree->modules), sizeof(struct module *)),
	};
	if (rank_modules(tree) < 0)
		return -1;
	HASH_ITER(hh, tree->modules, module, next)
		modules->items[modules->n++] = module;
	if (modules->n)
		qsort(modules->items, modules->n, sizeof(struct module *), by_rank);
	modload(tree, modules->items, modules->n, LOAD_SYMBOLS, "reading modules:");
	return keep_read(tree, modules->items, &modules->n);
}

void index_modules_free(struct index_modules *modules)
{
	free(modules->items);
	*modules = (struct index_modules){ 0 };
}

int index_make(struct index_data *facts, const struct modtree *tree,
	       const struct index_modules *modules, struct depgraph *graph,
	       const struct depgraph_policy *policy)
{
	if (index_read_builtin(facts, tree) < 0 ||
	    depgraph_make(graph, modules->items, modules->n, policy) < 0)
		return -1;
	return take_graph(facts, graph);
}
