// SPDX-License-Identifier: GPL-2.0-or-later
/* Built-in modules: their names and aliases. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "config.h"
#include "module/names.h"
#include "tree/builtin.h"

/* Report that a file is missing, as an error if it is required. */
static void report_missing(const struct rootfs *root, const char *path, bool required)
{
	CLEANUP_FREE char *lost = rootfs_lost_link(root, path, "SOURCE");
	CLEANUP_FREE char *shown = rootfs_show(root, path);
	const char *what = lost ? lost : shown, *is = lost ? "" : " is missing";

	if (!required)
		warning("%s%s; some built-in modules are unknown", what, is);
	else
		error(STATUS_SOURCE, "%s%s; %s, or copy without it: -K", what, is,
		      lost ? "give a SOURCE that has its target" :
		      !ENABLED(FEATURE_HINTS) ?
			     "install its package" :
			     "install the package that has it (Debian 14: "
			     "linux-base-VERSION)");
}

/*
 * Read a file of the module directory.  Returns its text; "" if it is missing and not
 * required; or NULL (reported).
 */
static char *read_file(const struct rootfs *root, const char *dir, const char *name,
		       bool required, size_t *size)
{
	CLEANUP_FREE char *path = path_join(dir, name);
	char *text = rootfs_read(root, path, size);

	if (text)
		return text;
	if (errno != ENOENT) {
		rootfs_cannot_read(root, path);
		return NULL;
	}
	report_missing(root, path, required);
	*size = 0;
	return required ? NULL : xstrdup("");
}

int builtins_read(struct builtins *b, const struct rootfs *root, const char *dir,
		  bool required)
{
	char *line, *rest;
	size_t size;

	b->text = read_file(root, dir, "modules.builtin", required, &size);
	if (!b->text)
		return -1;
	b->modinfo = read_file(root, dir, "modules.builtin.modinfo", required,
			       &b->modinfo_size);
	if (!b->modinfo)
		return -1;
	for (line = strtok_r(b->text, "\r\n", &rest); line;
	     line = strtok_r(NULL, "\r\n", &rest)) {
		b->names =
			grow(b->names, b->n_names, &b->names_capacity, sizeof(*b->names));
		b->names[b->n_names++] = module_name(&b->arena, line);
		if (ENABLED(FEATURE_LIST_SYNTAX)) /* only list syntax selects directories */
			string_list_add(&b->paths, line);
	}
	if (b->n_names)
		qsort(b->names, b->n_names, sizeof(*b->names), compare_strings);
	return 0;
}

void builtins_free(struct builtins *b)
{
	free(b->text);
	string_list_free(&b->paths);
	free(b->names);
	free(b->modinfo);
	aliases_free(&b->aliases);
	arena_free(&b->arena);
	*b = (struct builtins){ 0 };
}

bool builtin_has(const struct builtins *b, const char *name)
{
	return b->n_names &&
	       bsearch(&name, b->names, b->n_names, sizeof(*b->names), compare_strings);
}

/* Add the alias of a MODULE.alias=PATTERN string; ignore other strings. */
static void take_modinfo(struct builtins *b, const char *entry)
{
	static const char key[] = ".alias=";
	const char *dot = strchr(entry, '.');

	if (dot && strncmp(dot, key, sizeof(key) - 1) == 0)
		aliases_add(&b->aliases, dot + sizeof(key) - 1,
			    arena_strndup(&b->arena, entry, (size_t)(dot - entry)));
}

size_t builtin_by_alias(struct builtins *b, const char *name)
{
	if (!b->aliases_read) {
		for (size_t i = 0; i < b->modinfo_size; i += strlen(b->modinfo + i) + 1)
			take_modinfo(b, b->modinfo + i);
		b->aliases_read = true;
	}
	return aliases_find(&b->aliases, name);
}
