// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Derive indexes from existing ones.
 *
 * If a set of modules depends on nothing outside it, dropping all other rows from
 * depmod's text indexes gives the indexes that depmod would write for the set, in
 * depmod's order.  There are two differences.  Within a row of modules.dep, depmod
 * orders dependencies by a sort of the whole tree; here SOURCE's order stays, which
 * loads equally well.  And if two modules export one symbol, SOURCE's modules.symbols
 * lists only one of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytescan.h"
#include "index/indexfilter.h"
#include "index/indexmake.h"
#include "index/weakdeps.h"
#include "module/names.h"

enum { BLOCK = 64 << 10 }; /* bytes per block; also the limit for a line */

/* A module of the set, hashed by path and by name. */
struct chosen {
	const char *path, *name;
	uint32_t number; /* its row in modules.dep */
	bool listed;	 /* has a row; a second one is an error */
	UT_hash_handle by_path, by_name;
};

struct filter {
	struct index_data *facts;
	struct modtree *tree;
	struct arena arena; /* owns the set */
	struct chosen *paths, *names;
	struct suffix_filter path_filter, name_filter;
	time_t newest;
	char *block; /* BLOCK + SCANNED bytes */
};

/* A text index and the layout of its lines. */
struct text_index {
	const char *name;
	size_t list; /* offset in struct index_data */
	/* Take a NUL-terminated line whose NUL is at end.  False if it is malformed. */
	bool (*take)(struct filter *f, const struct text_index *index, char *line,
		     char *end);
	bool names_last;     /* lines end with the module name */
	const char *keyword; /* first word of each line */
	bool optional;
};

static struct chosen *find_name(const struct filter *f, const char *name, size_t len)
{
	struct chosen *found;

	if (!suffix_filter_holds(&f->name_filter, name, len))
		return NULL;
	HASH_FIND(by_name, f->names, name, len, found);
	return found;
}

static bool suffix_filter_holds_path(const struct suffix_filter *suffix_filter,
				     const char *path, size_t len)
{
	return suffix_filter_holds(suffix_filter, path, len - module_suffix(path, len));
}

static struct chosen *find_path(const struct filter *f, const char *path, size_t len)
{
	struct chosen *found;

	if (!suffix_filter_holds_path(&f->path_filter, path, len))
		return NULL;
	HASH_FIND(by_path, f->paths, path, len, found);
	return found;
}

static void filter_add(struct filter *f, const struct text_index *index,
		       const struct chosen *module, const char *value, size_t len)
{
	char *list = (char *)f->facts + index->list;

	index_list_add((struct index_list *)(void *)list, module->number,
		       arena_strndup(&f->facts->arena, value, len));
}

/* "PATH: DEPENDENCY...".  Also returns false if a dependency is outside the set. */
static bool take_row(struct filter *f, const struct text_index *index, char *line,
		     char *end)
{
	const char *colon = memchr(line, ':', (size_t)(end - line)), *p;
	struct chosen *module;
	struct index_data *facts = f->facts;

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
	facts->modules[facts->n++] = (struct index_module){
		module->name, arena_strndup(&facts->arena, line, (size_t)(end - line))
	};
	return true;
}

/* The rest of line after the index's keyword, or NULL. */
static char *after_keyword(const struct text_index *index, char *line)
{
	const char *p;

	for (p = index->keyword; *p; p++, line++)
		if (*line != *p)
			return NULL;
	return line;
}

/* "KEYWORD VALUE MODULE"; VALUE may contain blanks. */
static bool take_value_first(struct filter *f, const struct text_index *index, char *line,
			     char *end)
{
	const char *name = end, *value;
	const struct chosen *module;

	while (name > line && name[-1] != ' ')
		name--;
	if (name == line)
		return false;
	module = find_name(f, name, (size_t)(end - name));
	if (!module)
		return true;
	value = after_keyword(index, line);
	if (!value || name <= value)
		return false;
	filter_add(f, index, module, value, (size_t)(name - 1 - value));
	return true;
}

/* "KEYWORD MODULE VALUE" */
static bool take_module_first(struct filter *f, const struct text_index *index,
			      char *line, char *end)
{
	const char *name = after_keyword(index, line), *blank;
	const struct chosen *module;

	if (!name || !(blank = strchr(name, ' ')))
		return false;
	module = find_name(f, name, (size_t)(blank - name));
	if (module)
		filter_add(f, index, module, blank + 1, (size_t)(end - blank - 1));
	return true;
}

#define LIST(name) offsetof(struct index_data, name)

static const struct text_index text_indexes[] = {
	{ "modules.dep", 0, take_row, false, "", false },
	{ "modules.alias", LIST(aliases), take_value_first, true, "alias ", false },
	{ "modules.softdep", LIST(softdeps), take_module_first, false, "softdep ",
	  false },
	{ "modules.weakdep", LIST(weakdeps), take_module_first, false, "weakdep ", true },
	{ "modules.symbols", LIST(symbols), take_value_first, true,
	  "alias symbol:", false },
	{ "modules.devname", LIST(devnames), take_module_first, false, "", false },
};

/*
 * A fast test that rejects nearly every line about modules outside the set, and no
 * others.
 */
static bool is_sifted_out(const struct filter *f, const struct text_index *index,
			  const char *line, size_t len)
{
	const char *colon;

	if (index->names_last)
		return !suffix_filter_holds(&f->name_filter, line, len);
	if (index->take != take_row || !(colon = memchr(line, ':', len)))
		return false;
	return !suffix_filter_holds_path(&f->path_filter, line, (size_t)(colon - line));
}

/* Take the line up to the newline at end, unless it is about a module outside the set. */
static bool filter_take_line(struct filter *f, const struct text_index *index, char *line,
			     char *end)
{
	size_t len = (size_t)(end - line);

	if (*line == '#' || is_sifted_out(f, index, line, len))
		return true;
	if (memchr(line, '\0', len))
		return false;
	*end = '\0';
	return index->take(f, index, line, end);
}

/*
 * Take the complete lines of a block, which has SCANNED spare bytes behind it.  Returns
 * the start of the next line, or NULL if a line is malformed.
 */
static char *take_block(struct filter *f, const struct text_index *index, char *block,
			size_t size)
{
	char *line = block, *p;

	memset(block + size, 0, SCANNED);
	for (p = block; p < block + size; p += SCANNED) {
		uint64_t marks = scan_bytes(p, '\n');

		for (; marks; marks &= marks - 1) {
			char *newline = p + __builtin_ctzll(marks);

			if (!filter_take_line(f, index, line, newline))
				return NULL;
			line = newline + 1;
		}
	}
	return line;
}

/*
 * Take the lines of a file while reading it; most are about modules outside the set and
 * need no memory.  Returns 1; 0 if a line about the set is malformed, or any line is
 * too long or unterminated; -1 with errno set.
 */
static int take_lines(struct filter *f, const struct text_index *index, int fd)
{
	char *block = f->block;
	size_t size = 0; /* bytes of a partial line and the data read behind it */
	char *rest;
	ssize_t n;

	while ((n = read(fd, block + size, BLOCK - size)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		size += (size_t)n;
		rest = take_block(f, index, block, size);
		if (!rest)
			return 0;
		size -= (size_t)(rest - block);
		memmove(block, rest, size);
	}
	return size == 0;
}

/*
 * Returns false if two modules share a name (depmod indexes only one of them), or if a
 * path has a space (it also divides the fields of a line).
 */
static bool choose(struct filter *f, const char *const *paths, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct chosen *module = arena_alloc(&f->arena, sizeof(*module));
		const char *name = module_name(&f->facts->arena, paths[i]);
		size_t len = strlen(paths[i]);

		*module = (struct chosen){ .path = paths[i], .name = name };
		if (find_name(f, name, strlen(name)) || strchr(paths[i], ' '))
			return false;
		HASH_ADD_KEYPTR(by_name, f->names, module->name, strlen(name), module);
		HASH_ADD_KEYPTR(by_path, f->paths, module->path, len, module);
		suffix_filter_add(&f->name_filter, name, strlen(name));
		suffix_filter_add(&f->path_filter, module->path,
				  len - module_suffix(module->path, len));
	}
	return true;
}

/* Returns the same values as index_filter(). */
static int take_index(struct filter *f, const struct text_index *index)
{
	CLEANUP_FREE char *path = path_join(f->tree->dir, index->name);
	const struct rootfs *root = rootfs_base(f->tree->root);
	CLEANUP_FD int fd = rootfs_openat(root, path, O_RDONLY | O_NONBLOCK);
	int result = -1;
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return index->optional;
	if (fd >= 0 && fstat(fd, &st) == 0) {
		if (!S_ISREG(st.st_mode) || st.st_mtime < f->newest)
			return index->optional;
		result = take_lines(f, index, fd);
	}
	if (result < 0)
		rootfs_cannot_read(root, path);
	return result;
}

int index_filter(struct index_data *facts, struct modtree *tree,
		 const struct index_dest *dest, const char *const *paths, size_t n,
		 time_t newest)
{
	struct filter f = { .facts = facts,
			    .tree = tree,
			    .newest = newest,
			    .block = xmalloc(BLOCK + SCANNED) };
	int result = choose(&f, paths, n);
	size_t i;

	for (i = 0; result > 0 && i < sizeof(text_indexes) / sizeof(text_indexes[0]);
	     i++) {
		result = take_index(&f, &text_indexes[i]);
		if (result > 0 &&
		    facts->n != n) /* checked after modules.dep, the first index */
			result = 0;
	}
	if (result > 0 && !tree->index.has_weakdep)
		result = weakdeps_take(facts, tree, dest);
	HASH_CLEAR(by_name, f.names);
	HASH_CLEAR(by_path, f.paths);
	arena_free(&f.arena);
	free(f.block);
	if (result > 0 && index_read_builtin(facts, tree) < 0)
		return -1;
	return result;
}
