// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The facts of indexes, out of other indexes.
 *
 * The rows of a set of modules that needs no others are that set's own, in depmod's text
 * indexes, and they are in depmod's order: what is left when all others are taken away is
 * what depmod would write for the set.  But for one thing: within a row of modules.dep,
 * it orders dependencies by a sort over the whole tree that it sees, so that SOURCE's
 * order stays, which is as good to load in.  And where two modules export one symbol,
 * SOURCE's modules.symbols knows one of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "indexfilter.h"
#include "indexmake.h"
#include "message.h"
#include "modload.h"
#include "names.h"

/* A module of the set, by its path, and by its name. */
struct chosen {
	const char *path, *name;
	uint32_t number; /* its place in modules.dep */
	bool listed;	 /* there, once */
	UT_hash_handle by_path, by_name;
};

struct filter {
	struct index_facts *facts;
	struct modtree *tree;
	struct arena arena; /* of the set */
	struct chosen *paths, *names;
	time_t newest;
};

/* One text index: how its lines tell a module and a value. */
struct text_index {
	const char *name;
	size_t list; /* offset in struct index_facts */
	/* Take a line; false: it is malformed. */
	bool (*take)(struct filter *f, const struct text_index *index, char *line);
	const char *keyword; /* what lines begin with */
	bool optional;
};

static struct chosen *find_name(const struct filter *f, const char *name)
{
	struct chosen *found;

	HASH_FIND(by_name, f->names, name, strlen(name), found);
	return found;
}

static struct chosen *find_path(const struct filter *f, const char *path, size_t len)
{
	struct chosen *found;

	HASH_FIND(by_path, f->paths, path, len, found);
	return found;
}

static void add(struct filter *f, const struct text_index *index, const char *name,
		const char *value)
{
	const struct chosen *module = find_name(f, name);
	char *list = (char *)f->facts + index->list;

	if (module)
		index_list_add((struct index_list *)(void *)list, module->number, value);
}

/* "PATH: DEPENDENCY..."  false also where a dependency is not of the set. */
static bool take_row(struct filter *f, const struct text_index *index, char *line)
{
	const char *colon = strchr(line, ':'), *p;
	struct chosen *module;
	struct index_facts *facts = f->facts;

	(void)index;
	if (!colon)
		return false;
	module = find_path(f, line, (size_t)(colon - line));
	if (!module)
		return true;
	for (p = colon + 1; *p; p += strcspn(p, " ")) {
		p += strspn(p, " ");
		if (*p && !find_path(f, p, strcspn(p, " ")))
			return false;
	}
	if (module->listed)
		return false;
	module->listed = true;
	module->number = (uint32_t)facts->n;
	facts->modules =
		grow(facts->modules, facts->n, &facts->capacity, sizeof(*facts->modules));
	facts->modules[facts->n++] = (struct index_module){ module->name, line };
	return true;
}

/* "KEYWORD VALUE MODULE": a value may have blanks. */
static bool take_value_first(struct filter *f, const struct text_index *index, char *line)
{
	size_t len = strlen(index->keyword);
	char *blank = strrchr(line, ' ');

	if (strncmp(line, index->keyword, len) != 0 || !blank || blank < line + len)
		return false;
	*blank = '\0';
	add(f, index, blank + 1, line + len);
	return true;
}

/* "KEYWORD MODULE VALUE" */
static bool take_module_first(struct filter *f, const struct text_index *index,
			      char *line)
{
	size_t len = strlen(index->keyword);
	char *blank;

	if (strncmp(line, index->keyword, len) != 0 || !(blank = strchr(line + len, ' ')))
		return false;
	*blank = '\0';
	add(f, index, line + len, blank + 1);
	return true;
}

#define LIST(name) offsetof(struct index_facts, name)

static const struct text_index text_indexes[] = {
	{ "modules.dep", 0, take_row, "", false },
	{ "modules.alias", LIST(aliases), take_value_first, "alias ", false },
	{ "modules.softdep", LIST(softdeps), take_module_first, "softdep ", false },
	{ "modules.weakdep", LIST(weakdeps), take_module_first, "weakdep ", true },
	{ "modules.symbols", LIST(symbols), take_value_first, "alias symbol:", false },
	{ "modules.devname", LIST(devnames), take_module_first, "", false },
};

/*
 * Read an index into the facts' arena.
 * Returns 1; 0 where it cannot be used; -1, reported: it cannot be read.
 */
static int read_index(struct filter *f, const char *name, char **text, size_t *size)
{
	CLEANUP_FREE char *path = xasprintf("%s/%s", f->tree->dir, name);
	CLEANUP_FD int fd = rootfs_openat(f->tree->root, path, O_RDONLY | O_NONBLOCK);
	CLEANUP_FREE char *contents = NULL;
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd >= 0 && fstat(fd, &st) == 0) {
		if (!S_ISREG(st.st_mode) || st.st_mtime < f->newest)
			return 0;
		contents = read_whole(fd, size);
	}
	if (!contents) {
		rootfs_cannot_read(f->tree->root, path);
		return -1;
	}
	*text = arena_strndup(&f->facts->arena, contents, *size);
	return 1;
}

static bool take_lines(struct filter *f, const struct text_index *index, char *line,
		       size_t size)
{
	char *end, *newline;

	for (end = line + size; line < end; line = newline + 1) {
		newline = memchr(line, '\n', (size_t)(end - line));
		if (!newline || memchr(line, '\0', (size_t)(newline - line)))
			return false;
		*newline = '\0';
		if (*line != '#' && !index->take(f, index, line))
			return false;
	}
	return true;
}

/* Returns false where two of the set have one name: depmod indexes one of them. */
static bool choose(struct filter *f, const char *const *paths, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct chosen *module = arena_alloc(&f->arena, sizeof(*module));

		*module = (struct chosen){
			.path = paths[i], .name = module_name(&f->facts->arena, paths[i])
		};
		if (find_name(f, module->name))
			return false;
		HASH_ADD_KEYPTR(by_name, f->names, module->name, strlen(module->name),
				module);
		HASH_ADD_KEYPTR(by_path, f->paths, module->path, strlen(module->path),
				module);
	}
	return true;
}

/* Returns as index_filter(). */
static int take_index(struct filter *f, const struct text_index *index)
{
	char *text;
	size_t size;
	int result = read_index(f, index->name, &text, &size);

	if (result <= 0)
		return result < 0 || !index->optional ? result : 1;
	return take_lines(f, index, text, size);
}

/*
 * An index of before kmod 33 has no modules.weakdep.  Where the closure was resolved,
 * the modules' own fields were read for the same reason; else they are now.
 * Returns 1, or 0 where a module cannot be read.
 */
static int take_weakdeps(struct filter *f)
{
	struct index_facts *facts = f->facts;
	CLEANUP_FREE struct module **modules = xcalloc(facts->n, sizeof(struct module *));
	uint32_t i;
	size_t k;

	for (i = 0; i < facts->n; i++)
		if (modtree_find(f->tree, facts->modules[i].name, &modules[i]) < 0 ||
		    !modules[i])
			return 0;
	modload(f->tree, modules, facts->n, LOAD_INFO, "reading modules:");
	for (i = 0; i < facts->n; i++) {
		const struct module *module = modules[i];

		if (module->why || !module->info_loaded)
			return 0;
		for (k = 0; k < module->info.n; k++)
			if (strcmp(module->info.fields[k].key, "weakdep") == 0)
				index_list_add(&facts->weakdeps, i,
					       module->info.fields[k].value);
	}
	return 1;
}

int index_filter(struct index_facts *facts, struct modtree *tree,
		 const char *const *paths, size_t n, time_t newest)
{
	struct filter f = { .facts = facts, .tree = tree, .newest = newest };
	int result = choose(&f, paths, n);
	size_t i;

	for (i = 0; result > 0 && i < sizeof(text_indexes) / sizeof(text_indexes[0]);
	     i++) {
		result = take_index(&f, &text_indexes[i]);
		if (result > 0 && facts->n != n) /* modules.dep is the first */
			result = 0;
	}
	if (result > 0 && !tree->index.has_weakdep)
		result = take_weakdeps(&f);
	HASH_CLEAR(by_name, f.names);
	HASH_CLEAR(by_path, f.paths);
	arena_free(&f.arena);
	if (result > 0 && index_read_builtin(facts, tree) < 0)
		return -1;
	return result;
}
