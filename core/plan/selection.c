// SPDX-License-Identifier: GPL-2.0-or-later
/* Selecting modules by the requests of a list: modbox-list(5). */
#include <fnmatch.h>
#include <string.h>

#include "base/path.h"
#include "config.h"
#include "module/names.h"
#include "module/pattern.h"
#include "plan/selection.h"
#include "tree/lookup.h"
#include "tree/modwalk.h"
#include "tree/refresh.h"

/* Whether a name has a colon other than those of a character class: [:digit:] */
static bool has_colon(const char *name)
{
	const char *p = name;

	while ((p = strchr(p, ':')) && ((p > name && p[-1] == '[') || p[1] == ']'))
		p++;
	return p != NULL;
}

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
	return !has_colon(name) && strpbrk(name, "*?[") ? SELECT_PATTERN : SELECT_NAME;
}

bool selection_is_set(const char *name)
{
	const struct request request = { .name = name };

	return request_selector(&request) != SELECT_NAME;
}

/* A pattern or a directory, and the modules that it selects. */
struct selection {
	const char *pattern; /* normalised, or a directory */
	bool directory, by_path;
	struct lookup *result;
};

static bool selects_path(const struct selection *s, const char *path)
{
	size_t len = strlen(path);

	return s->directory ? directory_has_path(s->pattern, path, len) :
			      pattern_matches_path(s->pattern, path, len);
}

/* Return the first built-in module that is selected, or NULL. */
static const char *find_builtin(struct modtree *tree, const struct selection *s)
{
	const struct builtins *b = &tree->builtins;

	for (size_t i = 0; s->by_path && i < b->paths.n; i++)
		if (selects_path(s, b->paths.items[i]))
			return module_name(&tree->arena, b->paths.items[i]);
	for (size_t i = 0; !s->by_path && i < b->n_names; i++)
		if (fnmatch(s->pattern, b->names[i], 0) == 0)
			return b->names[i];
	return NULL;
}

/* Add the module of a selected file, if another file overrides that one. */
static int add_overriding(struct modtree *tree, const char *path,
			  const struct walk_entry *entry, void *context)
{
	const struct selection *s = context;
	struct arena arena = { 0 };
	struct module *module = NULL;
	int result = 0;

	(void)entry;
	if (selects_path(s, path))
		result = modtree_find(tree, module_name(&arena, path), &module);
	if (module && !selects_path(s, module->path))
		lookup_add(s->result, module);
	arena_free(&arena);
	return result;
}

/* Walk the directories that selected files can be in. */
static int find_overridden(struct modtree *tree, struct selection *s)
{
	static const char *const above[] = { "", "kernel/" };
	size_t len = strcspn(s->pattern, "*?[");

	while (len > 0 && s->pattern[len - 1] != '/')
		len--;
	for (size_t i = 0; i < sizeof(above) / sizeof(*above); i++) {
		CLEANUP_FREE char *given =
			xasprintf("%s%.*s", above[i], (int)len, s->pattern);
		char *directory = path_trim(&tree->arena, given);

		if ((*directory || !i) && modwalk(tree, directory, add_overriding, s) < 0)
			return -1;
	}
	return 0;
}

/*
 * Add the selected modules in the order of their paths, then those that override a
 * selected file.
 */
static int find_matching(struct modtree *tree, struct selection *s)
{
	struct lookup *result = s->result;
	struct module *module, *next;
	const char *builtin;

	s->by_path = s->directory || pattern_is_path(s->pattern);
	if ((ENABLED(FEATURE_STALE_INDEXES) ? modtree_refresh(tree) : modtree_all(tree)) <
	    0)
		return -1;
	HASH_ITER(hh, tree->modules, module, next)
		if (s->by_path ? selects_path(s, module->path) :
				 fnmatch(s->pattern, module->name, 0) == 0)
			lookup_append(result, module);
	if (s->by_path && find_overridden(tree, s) < 0)
		return -1;
	builtin = result->n ? NULL : find_builtin(tree, s);
	if (builtin)
		lookup_append(result, modtree_fileless(tree, builtin, true));
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
	lookup_append(result, modtree_fileless(tree, name, true));
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

static int find(struct modtree *tree, const struct request *request,
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
		status =
			find_matching(tree, &(struct selection){ .pattern = request->name,
								 .directory = true,
								 .result = result });
	} else if (selector == SELECT_PATTERN) {
		name = arena_strdup(&arena, request->name);
		if (pattern_normalize(name))
			status = find_matching(tree,
					       &(struct selection){ .pattern = name,
								    .result = result });
	} else {
		name = request_name(&arena, request);
		status = name ? find_named(tree, name, result) : 0;
	}
	arena_free(&arena);
	return status;
}

int selection_find(struct modtree *tree, const struct request *request,
		   struct lookup *result)
{
	if (find(tree, request, result) < 0)
		return -1;
	if (!ENABLED(FEATURE_STALE_INDEXES) || result->answer || request->exclude ||
	    !tree->indexed || tree->refreshed)
		return 0;
	if (modtree_refresh(tree) < 0)
		return -1;
	return tree->uncovered ? find(tree, request, result) : 0;
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
	struct lookup kept = { 0 };

	for (size_t i = 0; i < result->n; i++) {
		struct module *module = result->modules[i];

		if (is_dropped(&tree->conf, name, module->name))
			dropped = arena_printf(&tree->arena, "%s%s%s",
					       dropped ? dropped : "",
					       dropped ? ", " : "", module->name);
		else
			lookup_append(&kept, module);
	}
	if (dropped && !kept.n)
		kept.answer = ANSWER_MODULES;
	lookup_free(result);
	*result = kept;
	return dropped;
}

void selection_drop_blacklisted(struct modtree *tree, const struct request *request,
				struct lookup *result)
{
	struct arena arena = { 0 };
	const char *name = NULL, *dropped = NULL;

	if (request_selector(request) == SELECT_NAME)
		name = request_name(&arena, request);
	if (name)
		dropped = drop_modules(tree, name, result);
	if (!result->n)
		result->blacklisted = dropped;
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
			if (found.modules[j]->path)
				found.modules[j]->excluded = request->origin;
		lookup_free(&found);
	}
	return 0;
}
