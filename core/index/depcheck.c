// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Dependencies that a module declares and the tree does not have.
 *
 * depmod(8) computes dependencies from symbols alone, so that a module whose dependency
 * is missing gets a row without it, and modprobe loads it in vain.
 */
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "index/depcheck.h"
#include "module/names.h"
#include "tree/modrow.h"

/* Whether a module has this name in its .modinfo, whatever its file is called. */
static bool is_renamed(const struct modtree *tree, const char *name)
{
	const struct module *module, *next;

	HASH_ITER(hh, tree->modules, module, next)
		for (size_t i = 0; i < module->info.n; i++)
			if (strcmp(module->info.fields[i].key, "name") == 0 &&
			    strcmp(module->info.fields[i].value, name) == 0)
				return true;
	return false;
}

/* A line of modules.builtin is the path that the module would have. */
static bool is_builtin(const struct index_data *facts, const char *name)
{
	const char *line = facts->builtin, *end = line + facts->builtin_size;

	for (size_t len; line < end; line += len + 1) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));

		len = (size_t)((newline ? newline : end) - line);
		if (is_path_of(line, len, name))
			return true;
	}
	return false;
}

static void check_name(const struct modtree *tree, const struct index_data *facts,
		       const struct module *module, const char *name)
{
	CLEANUP_FREE char *path = NULL;

	if (modtree_met(tree->modules, name) || is_renamed(tree, name) ||
	    (facts->builtin && is_builtin(facts, name)))
		return;
	path = modtree_path(tree, module->path);
	warning("%s/%s needs %s, which %s does not have", tree->root->path, path, name,
		tree->dir);
}

static void check_module(const struct modtree *tree, const struct index_data *facts,
			 const struct module *module, const char *depends)
{
	struct arena arena = { 0 };
	const char *name;
	size_t len;

	while ((len = list_next(&depends, &name, ',')))
		check_name(tree, facts, module,
			   module_name(&arena, arena_strndup(&arena, name, len)));
	arena_free(&arena);
}

void depcheck_warn(const struct modtree *tree, const struct index_data *facts)
{
	const struct module *module, *next;

	message_hold(true);
	HASH_ITER(hh, tree->modules, module, next)
		for (size_t i = 0; i < module->info.n; i++)
			if (strcmp(module->info.fields[i].key, "depends") == 0)
				check_module(tree, facts, module,
					     module->info.fields[i].value);
	message_hold(false);
}
