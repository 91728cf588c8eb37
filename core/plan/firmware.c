// SPDX-License-Identifier: GPL-2.0-or-later
/* The firmware that modules and the user request; firmwarefind.h finds the files. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "firmwarefind.h"
#include "plan/firmware.h"
#include "tree/modload.h"

void firmware_list_add(struct firmware_list *list, const struct firmware *item)
{
	list->items = grow(list->items, list->n, &list->capacity, sizeof(*list->items));
	list->items[list->n++] = *item;
}

/* module must be in the list's arena, or NULL: the user's request. */
static void add_field(struct firmware_list *list, const char *name, const char *module,
		      bool builtin)
{
	const struct firmware item = {
		.name = arena_strdup(&list->arena, name),
		.module = module,
		.builtin = builtin,
		.number = list->n,
	};

	if (*name)
		firmware_list_add(list, &item);
}

static int by_name(const void *a, const void *b)
{
	const struct firmware *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* Sort by name, and keep only the first request of each name. */
static void sort_items(struct firmware_list *list)
{
	size_t i, n = 0;

	if (!list->n)
		return;
	qsort(list->items, list->n, sizeof(*list->items), by_name);
	for (i = 0; i < list->n; i++)
		if (!n || strcmp(list->items[n - 1].name, list->items[i].name) != 0)
			list->items[n++] = list->items[i];
	list->n = n;
}

static void add_files(struct firmware_list *list, const struct string_list *names)
{
	for (size_t i = 0; i < names->n; i++)
		add_field(list, names->items[i], NULL, false);
}

/* Add the fields of a module that was loaded.  Returns 0, or -1, reported. */
static int read_module(struct firmware_list *list, const struct modtree *tree,
		       const struct module *module)
{
	const char *name = arena_strdup(&list->arena, module->name);

	if (module->err || !module->info_loaded)
		return modtree_blame(tree, module,
				     module->err ? module->err :
						   "it is newer than modules.dep.bin");
	for (size_t i = 0; i < module->info.n; i++)
		if (strcmp(module->info.fields[i].key, "firmware") == 0)
			add_field(list, module->info.fields[i].value, name, false);
	return 0;
}

/* Add the fields of the plan's modules. Returns 0, or -1, reported. */
static int read_modules(struct firmware_list *list, struct modtree *tree,
			const struct plan *plan)
{
	CLEANUP_FREE struct module **modules =
		xcalloc(plan->n_modules, sizeof(struct module *));
	size_t i, n = 0;
	int result = 0;

	for (i = 0; i < plan->n_modules; i++) {
		if (modtree_find(tree, plan->modules[i].name, &modules[n]) < 0)
			return -1;
		n += modules[n] != NULL;
	}
	modload(tree, modules, n, LOAD_INFO, "reading modules:");
	for (i = 0; i < n; i++)
		if (read_module(list, tree, modules[i]) < 0)
			result = -1;
	return result;
}

/* Add the fields of built-in modules, requested or all: MODULE.firmware=NAME. */
static void read_builtins(struct firmware_list *list, const struct builtins *builtins,
			  const struct plan *plan, bool all)
{
	static const char key[] = ".firmware=";

	for (size_t i = 0; i < builtins->modinfo_size;
	     i += strlen(builtins->modinfo + i) + 1) {
		const char *entry = builtins->modinfo + i, *dot = strchr(entry, '.');

		if (dot && strncmp(dot, key, sizeof(key) - 1) == 0 &&
		    (all || plan_requests_builtin(plan, entry, (size_t)(dot - entry))))
			add_field(list, dot + sizeof(key) - 1,
				  arena_strndup(&list->arena, entry,
						(size_t)(dot - entry)),
				  true);
	}
}

static bool is_excluded(const char *name, const struct string_list *patterns)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (fnmatch(patterns->items[i], name, 0) == 0)
			return true;
	return false;
}

static void exclude(struct firmware_list *list, const struct string_list *patterns)
{
	size_t i, n = 0;

	for (i = 0; i < list->n; i++)
		if (!is_excluded(list->items[i].name, patterns))
			list->items[n++] = list->items[i];
	list->n = n;
}

int firmware_read(struct firmware_list *list, struct modtree *tree,
		  const struct plan *plan, const struct firmware_options *options)
{
	struct firmware_search search = { .root = tree->root, .list = list };
	bool declared = options->wanted || !options->files.n;
	int result;

	*list = (struct firmware_list){ 0 };
	result = firmware_find_open(&search, tree->version, &options->dirs);
	add_files(list, &options->files);
	if (result == 0 && declared)
		result = read_modules(list, tree, plan);
	if (declared)
		read_builtins(list, &tree->builtins, plan, options->builtins);
	sort_items(list);
	firmware_find_all(&search);
	sort_items(list);
	exclude(list, &options->excluded);
	free(search.places);
	return search.failed ? -1 : result;
}

void firmware_free(struct firmware_list *list)
{
	free(list->items);
	string_list_free(&list->bases);
	arena_free(&list->arena);
	*list = (struct firmware_list){ 0 };
}
