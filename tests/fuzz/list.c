// SPDX-License-Identifier: GPL-2.0-or-later
/* A list file, with a lookup of its names in a tree and in a set of modules. */
#include "base/path.h"
#include "module/pattern.h"
#include "tree.h"
#include "tree/lookup.h"
#include "tree/modopen.h"

#include <ctype.h>
#include <fnmatch.h>

#include "module/names.h"
#include "order/nameset.h"
#include "plan/closure.h"

/* Count the lines that are neither empty nor a comment by other means. */
static size_t count_names(const char *text, size_t size)
{
	size_t n = 0, i = 0;

	if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	while (i < size) {
		while (i < size && text[i] != '\n' && isspace((unsigned char)text[i]))
			i++;
		n += i < size && text[i] != '\n' && text[i] != '#';
		while (i < size && text[i] != '\n')
			i++;
		i++;
	}
	return n;
}

static void check_selected(const struct request *request, const struct lookup *found)
{
	struct arena arena = { 0 };
	char *pattern = arena_strdup(&arena, request->name);
	enum selector selector = request_selector(request);

	pattern_normalize(pattern);
	for (size_t i = 0; i < found->n; i++) {
		const struct module *module = found->modules[i];

		REQUIRE(module->path == NULL || !module->builtin);
		if (!module->path)
			continue; /* a pattern finds one built-in module, by its path */
		if (selector == SELECT_PATTERN)
			REQUIRE(pattern_is_path(pattern) ?
					pattern_matches_path(pattern, module->path,
							     strlen(module->path)) :
					fnmatch(pattern, module->name, 0) == 0);
		else if (selector == SELECT_DIRECTORY)
			REQUIRE(directory_has_path(request->name, module->path,
						   strlen(module->path)));
	}
	REQUIRE((found->n > 0) == (found->answer != ANSWER_NONE));
	REQUIRE(found->answer != ANSWER_BUILTIN || lookup_builtin(found) != NULL);
	arena_free(&arena);
}

static void select_all(const struct request_list *list)
{
	struct modtree tree;

	REQUIRE(open_tree(&tree) == 0);
	for (size_t i = 0; i < list->n; i++) {
		struct lookup found;

		REQUIRE(selection_find(&tree, &list->items[i], &found) == 0);
		check_selected(&list->items[i], &found);
		lookup_free(&found);
	}
	modtree_close(&tree);
}

/* Whatever is requested, the plan holds each module once, in load order. */
static void resolve(const struct request_list *list)
{
	struct plan plan = { 0 };
	struct modtree tree;

	REQUIRE(open_tree(&tree) == 0);
	REQUIRE(closure_resolve(&plan, &tree, list, CLOSURE_KEEP_GOING) == 0);
	REQUIRE(plan.n_modules <= TREE_MODULES);
	for (size_t i = 0; i < plan.n_edges; i++)
		if (plan.edges[i].edge == EDGE_DEPENDS)
			REQUIRE(plan.edges[i].to < plan.edges[i].from);
	plan_show_answers(&plan);
	plan_free(&plan);
	modtree_close(&tree);
}

/* A set contains everything added, unless something is excluded. */
static void find_all(const struct request_list *list)
{
	struct nameset set = { 0 };
	bool excludes = false;

	for (size_t i = 0; i < list->n; i++) {
		nameset_add(&set, &list->items[i]);
		excludes |= list->items[i].exclude;
	}
	for (size_t i = 0; i < list->n; i++) {
		const char *name = list->items[i].name, *base = path_base(name);
		bool found = nameset_find(&set, name, strlen(name)) != NULL;

		if (!excludes && *base && *base != '.' && strcmp(base, "\r") != 0 &&
		    request_selector(&list->items[i]) == SELECT_NAME)
			REQUIRE(found);
	}
	nameset_exclude(&set);
	nameset_free(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request_list list = { 0 };
	char path[32];

	be_quiet();
	if (scratch < 0)
		make_tree();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", memory_file(data, size));
	if (listfile_read(&list, path) == 0) {
		REQUIRE(list.n == count_names((const char *)data, size));
		for (size_t i = 0; i < list.n; i++)
			REQUIRE(strlen(list.items[i].name) <= LIST_MAX_LINE);
		select_all(&list);
		resolve(&list);
		find_all(&list);
	} else {
		REQUIRE(memchr(data, '\0', size) || size > LIST_MAX_LINE);
	}
	request_list_free(&list);
	return 0;
}
