// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Weakdeps for indexes that are cut from SOURCE's, where SOURCE has no modules.weakdep.
 *
 * An update of a large DEST would read all its modules for their weakdep fields, though
 * an earlier run has done so and DEST's own modules.weakdep has the result.  That file
 * covers a module if DEST's modules.dep, which every writer makes before it, lists the
 * module, and nothing has changed the module's file since.  The time of that is its
 * ctime, as copying preserves mtime.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/strlist.h"
#include "index/weakdeps.h"
#include "module/names.h"
#include "tree/modload.h"

/* A module of the facts, hashed by name. */
struct entry {
	const char *name, *path;
	bool covered;
	struct string_list values; /* of DEST's modules.weakdep, if it covers the module */
	UT_hash_handle hh;
};

struct cover {
	const struct index_dest *dest;
	struct arena arena;
	struct entry *entries, *by_name;
	char *dep, *weakdep;  /* DEST's indexes */
	struct timespec time; /* the earlier time of modules.weakdep */
};

/*
 * Return an index of DEST, or NULL: it is not there, cannot be read, or is no text of
 * whole lines.  The run replaces it in any case.
 */
static char *read_index(const struct cover *c, const char *name, struct stat *st)
{
	CLEANUP_FREE char *path = path_join(c->dest->dir, name);
	CLEANUP_FD int fd = rootfs_openat(c->dest->root, path, O_RDONLY | O_NONBLOCK);
	char *text = NULL;
	size_t size;

	if (fd < 0 || fstat(fd, st) < 0 || !S_ISREG(st->st_mode) ||
	    !(text = read_whole(fd, &size)))
		return NULL;
	if (size && strlen(text) == size && text[size - 1] == '\n')
		return text;
	free(text);
	return NULL;
}

/* Read DEST's indexes.  False if they do not both exist, made together. */
static bool read_indexes(struct cover *c)
{
	struct stat dep, weakdep;

	c->dep = read_index(c, "modules.dep", &dep);
	c->weakdep = read_index(c, "modules.weakdep", &weakdep);
	if (!c->dep || !c->weakdep || is_earlier(&weakdep.st_mtim, &dep.st_mtim))
		return false;
	c->time = is_earlier(&weakdep.st_mtim, &weakdep.st_ctim) ? weakdep.st_mtim :
								   weakdep.st_ctim;
	return true;
}

static void add_entries(struct cover *c, const struct index_data *facts)
{
	c->entries = xcalloc(facts->n, sizeof(*c->entries));
	for (size_t i = 0; i < facts->n; i++) {
		struct entry *entry = &c->entries[i];
		const char *row = facts->modules[i].row;

		entry->name = facts->modules[i].name;
		entry->path = arena_strndup(&c->arena, row, strcspn(row, ":"));
		HASH_ADD_KEYPTR(hh, c->by_name, entry->name, strlen(entry->name), entry);
	}
}

/* Whether the file of a module in DEST is older than modules.weakdep. */
static bool is_unchanged(const struct cover *c, const char *module)
{
	CLEANUP_FREE char *path = path_join(c->dest->dir, module);
	CLEANUP_FD int fd = rootfs_openat(c->dest->root, path, O_PATH);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && is_earlier(&st.st_ctim, &c->time);
}

/* Take the rows of DEST's modules.dep: "PATH: DEPENDENCY..." */
static void take_rows(struct cover *c)
{
	char *line, *rest;

	for (line = strtok_r(c->dep, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		struct entry *entry;

		line[strcspn(line, ":")] = '\0';
		HASH_FIND_STR(c->by_name, module_name(&c->arena, line), entry);
		if (entry && strcmp(entry->path, line) == 0)
			entry->covered = is_unchanged(c, line);
	}
}

/* Take the lines of DEST's modules.weakdep: "weakdep MODULE VALUE" */
static void take_lines(struct cover *c)
{
	static const char keyword[] = "weakdep ";
	char *line, *rest;

	for (line = strtok_r(c->weakdep, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *name = line + sizeof(keyword) - 1, *value;
		struct entry *entry;

		if (strncmp(line, keyword, sizeof(keyword) - 1) != 0 ||
		    !(value = strchr(name, ' ')))
			continue;
		*value++ = '\0';
		HASH_FIND_STR(c->by_name, name, entry);
		if (entry && entry->covered)
			string_list_add(&entry->values, value);
	}
}

/*
 * Find the modules that DEST's modules.weakdep does not cover; *modules is their array,
 * of *n.  Returns 1, or 0: one is not in the tree.
 */
static int find_rest(const struct cover *c, size_t count, struct modtree *tree,
		     struct module **modules, size_t *n)
{
	for (size_t i = 0; i < count; i++) {
		if (c->entries[i].covered)
			continue;
		if (modtree_find(tree, c->entries[i].name, &modules[*n]) < 0 ||
		    !modules[*n])
			return 0;
		++*n;
	}
	return 1;
}

/* Add the weakdeps in the order of the modules.  Returns 1, or 0: one was not read. */
static int add_values(const struct cover *c, struct index_data *facts,
		      struct module **rest)
{
	for (uint32_t i = 0; i < facts->n; i++) {
		const struct entry *entry = &c->entries[i];
		const struct module *module = entry->covered ? NULL : *rest++;

		for (size_t k = 0; k < entry->values.n; k++)
			index_list_add(&facts->weakdeps, i,
				       arena_strdup(&facts->arena,
						    entry->values.items[k]));
		if (module && (module->err || !module->info_loaded))
			return 0;
		for (size_t k = 0; module && k < module->info.n; k++)
			if (strcmp(module->info.fields[k].key, "weakdep") == 0)
				index_list_add(&facts->weakdeps, i,
					       module->info.fields[k].value);
	}
	return 1;
}

static void cover_free(struct cover *c, size_t n)
{
	HASH_CLEAR(hh, c->by_name);
	for (size_t i = 0; i < n; i++)
		string_list_free(&c->entries[i].values);
	free(c->entries);
	free(c->dep);
	free(c->weakdep);
	arena_free(&c->arena);
}

int weakdeps_take(struct index_data *facts, struct modtree *tree,
		  const struct index_dest *dest)
{
	CLEANUP_FREE struct module **rest = xcalloc(facts->n, sizeof(struct module *));
	struct cover c = { .dest = dest };
	size_t n = 0;
	int result;

	add_entries(&c, facts);
	if (read_indexes(&c)) {
		take_rows(&c);
		take_lines(&c);
	}
	result = find_rest(&c, facts->n, tree, rest, &n);
	if (result > 0) {
		modload(tree, rest, n, LOAD_INFO, "reading modules:");
		result = add_values(&c, facts, rest);
	}
	cover_free(&c, facts->n);
	return result;
}
