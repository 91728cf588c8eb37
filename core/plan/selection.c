// SPDX-License-Identifier: GPL-2.0-or-later
/* Selecting modules by the requests of a list: modbox-list(5). */
#include <fnmatch.h>
#include <string.h>

#include "config.h"
#include "module/names.h"
#include "plan/selection.h"
#include "tree/lookup.h"

/*
 * A name with a colon is a modalias, perhaps one with wildcards, copied from
 * modules.alias (pci:v00008086d*sv*): those are not list syntax.
 */
enum selector request_selector(const struct request *request)
{
	const char *name = request->name;
	size_t len = strlen(name);

	if (!ENABLED(FEATURE_LIST_SYNTAX) || request->literal)
		return SELECT_NAME;
	if (len > 0 && name[len - 1] == '/')
		return SELECT_DIRECTORY;
	return !strchr(name, ':') && strpbrk(name, "*?[") ? SELECT_PATTERN : SELECT_NAME;
}

bool is_in_directory(const char *directory, const char *path, size_t len)
{
	size_t n;

	directory += strspn(directory, "/");
	n = strlen(directory);
	return len >= n && memcmp(path, directory, n) == 0;
}

bool selection_is_set(const char *name)
{
	const struct request request = { .name = name };

	return request_selector(&request) != SELECT_NAME;
}

/* Return the first built-in module that a pattern or a directory selects, or NULL. */
static const char *find_builtin(struct modtree *tree, const char *pattern, bool directory)
{
	const struct builtins *b = &tree->builtins;

	for (size_t i = 0; directory && i < b->paths.n; i++) {
		const char *path = b->paths.items[i];

		if (is_in_directory(pattern, path, strlen(path)))
			return module_name(&tree->arena, path);
	}
	for (size_t i = 0; !directory && i < b->n_names; i++)
		if (fnmatch(pattern, b->names[i], 0) == 0)
			return b->names[i];
	return NULL;
}

/* Add the modules that a pattern or a directory selects, by path. */
static int find_matching(struct modtree *tree, const char *pattern, bool directory,
			 struct lookup *result)
{
	struct module *module, *next;

	if (modtree_all(tree) < 0)
		return -1;
	HASH_ITER(hh, tree->modules, module, next)
		if (directory ?
			    is_in_directory(pattern, module->path, strlen(module->path)) :
			    fnmatch(pattern, module->name, 0) == 0)
			lookup_append(result, module);
	if (!result->n)
		result->builtin = find_builtin(tree, pattern, directory);
	if (result->builtin)
		result->answer = ANSWER_BUILTIN;
	return 0;
}

/*
 * Look up a plain name. Without indexes, a built-in module's own name selects that module
 * at once. modprobe would prefer modules that have the name as an alias (crc32 is one),
 * but finding those means reading every module. A modprobe.d alias comes first; it costs
 * no reading.
 */
static int find_named(struct modtree *tree, const char *name, struct lookup *result)
{
	struct module *module;

	if (modtree_find(tree, name, &module) < 0)
		return -1;
	if (tree->indexed || module || !builtin_has(&tree->builtins, name) ||
	    modconf_alias(&tree->conf, name, NULL))
		return modtree_lookup(tree, name, result);
	result->answer = ANSWER_BUILTIN;
	result->builtin = name;
	return 0;
}

/* Return a request's normalised name, or NULL if no module can have it. */
static char *request_name(struct arena *arena, const struct request *request)
{
	char *name;

	if (!request->literal)
		return normalize_request(arena, request->name);
	name = arena_strdup(arena, request->name);
	return normalize_alias(name) ? name : NULL;
}

int selection_find(struct modtree *tree, const struct request *request,
		   struct lookup *result)
{
	enum selector selector = request_selector(request);
	struct arena arena = { 0 };
	int status = 0;
	char *name;

	*result = (struct lookup){ 0 };
	if (request->literal) {
		name = request_name(&arena, request);
		status = name ? modtree_lookup(tree, name, result) : 0;
	} else if (selector == SELECT_DIRECTORY) {
		status = find_matching(tree, request->name, true, result);
	} else if (selector == SELECT_PATTERN) {
		name = arena_strdup(&arena, request->name);
		if (normalize_alias(name))
			status = find_matching(tree, name, false, result);
	} else {
		name = request_name(&arena, request);
		status = name ? find_named(tree, name, result) : 0;
	}
	if (result->builtin) /* may be in our arena */
		result->builtin = arena_strdup(&tree->arena, result->builtin);
	arena_free(&arena);
	return status;
}

/*
 * Whether modprobe would drop a module that name led to; a module's own name is not an
 * alias.
 */
static bool is_dropped(const struct modconf *conf, const char *name, const char *module)
{
	return string_list_has(&conf->blacklist, module) &&
	       (strcmp(name, module) != 0 || modconf_alias(conf, name, module));
}

/* Drop the modules that modprobe would drop. Returns their names. */
static const char *drop_modules(struct modtree *tree, const char *name,
				struct lookup *result)
{
	const char *dropped = NULL;
	size_t i, n = 0;

	for (i = 0; i < result->n; i++) {
		struct module *module = result->modules[i];

		if (is_dropped(&tree->conf, name, module->name))
			dropped = arena_printf(&tree->arena, "%s%s%s",
					       dropped ? dropped : "",
					       dropped ? ", " : "", module->name);
		else
			result->modules[n++] = module;
	}
	result->n = n;
	return dropped;
}

/*
 * If the answer is a single thing without a module file (a built-in module or the target
 * of an alias with an install command), return its name; else NULL.
 */
static const char *single_answer(const struct modconf *conf, const char *name,
				 const struct lookup *result)
{
	const struct conf_alias *alias = NULL;

	if (result->answer == ANSWER_COMMAND)
		alias = modconf_alias(conf, name, NULL);
	return alias ? alias->target : result->builtin;
}

void selection_drop_blacklisted(struct modtree *tree, const struct request *request,
				struct lookup *result)
{
	struct arena arena = { 0 };
	const char *name = NULL, *single = NULL, *dropped = NULL;

	if (request_selector(request) == SELECT_NAME)
		name = request_name(&arena, request);
	if (name)
		single = single_answer(&tree->conf, name, result);
	if (single && is_dropped(&tree->conf, name, single))
		dropped = single;
	else if (name && !single)
		dropped = drop_modules(tree, name, result);
	if (dropped && !result->n) {
		result->answer = ANSWER_MODULES;
		result->builtin = NULL;
		result->blacklisted = dropped;
	}
	arena_free(&arena);
}

int selection_exclude(struct modtree *tree, const struct request_list *wanted)
{
	size_t i, j;

	for (i = 0; i < wanted->n; i++) {
		const struct request *request = &wanted->items[i];
		struct lookup found;

		if (!request->exclude)
			continue;
		if (selection_find(tree, request, &found) < 0)
			return -1;
		for (j = 0; j < found.n; j++)
			found.modules[j]->excluded = request->origin;
		lookup_free(&found);
	}
	return 0;
}
