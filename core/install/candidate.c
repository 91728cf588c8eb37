// SPDX-License-Identifier: GPL-2.0-or-later
/* The modules to install: files and directories that the user names. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/path.h"
#include "config.h"
#include "fs/walk.h"
#include "install/candidate.h"
#include "module/modfile.h"
#include "module/names.h"
#include "module/packing.h"

#define DEFAULT_INTO "updates" /* of kbuild's modules_install, from 6.12 on */

static int cannot_read(const char *label)
{
	error(STATUS_IO, "cannot read %s: %m", label);
	return -1;
}

static struct candidate *add(struct candidates *c, const char *label)
{
	struct candidate *item;

	c->items = grow(c->items, c->n, &c->capacity, sizeof(*c->items));
	item = &c->items[c->n++];
	*item = (struct candidate){ .label = label };
	return item;
}

/* Return a path up to ".ko". */
static const char *without_suffix(struct arena *arena, const char *path)
{
	const char *name = path_base(path);

	return arena_strndup(arena, path, (size_t)(name - path) + module_stem(name) + 3);
}

/* Whether a path's first component is a directory of modules_install. */
static bool is_installed(const char *path)
{
	return strncmp(path, "updates/", 8) == 0 || strncmp(path, "extra/", 6) == 0;
}

/* Return what follows lib/modules/VERSION/, or NULL. */
static const char *behind_modules(const char *path)
{
	const char *found = strstr(path, "lib/modules/");

	if (!found || (found > path && found[-1] != '/'))
		return NULL;
	found = strchr(found + strlen("lib/modules/"), '/');
	return found ? found + 1 : NULL;
}

/*
 * Return the place of a file that a walk of dir found: where modules_install put it, or
 * flat. path begins with dir; below is the part that follows.
 */
static const char *place_of(struct arena *arena, const char *dir, const char *below,
			    const char *into)
{
	const char *last = path_base(dir), *place = NULL;
	const char *path = arena_join(arena, dir, below);
	const char *from_last = arena_join(arena, last, below);

	if (behind_modules(path) && is_installed(behind_modules(path)))
		place = behind_modules(path);
	else if (is_installed(below))
		place = below;
	else if (is_installed(from_last))
		place = from_last;
	if (place && into)
		place = arena_join(arena, into, strchr(place, '/') + 1);
	if (!place)
		place = arena_join(arena, into ? into : DEFAULT_INTO, path_base(below));
	return without_suffix(arena, place);
}

/* -- walking a directory ---------------------------------------------------------- */

struct search {
	struct candidates *found;
	const struct rootfs *root;
	const char *dir;  /* as the user names it, or below the root */
	const char *into; /* of files on the host */
	size_t skip;	  /* of installed files: bytes of the module directory's path */
};

static int see(void *context, const struct walk_entry *entry)
{
	const struct search *s = context;

	return entry->type == DT_DIR ||
	       ((entry->type == DT_REG || (s->skip && entry->type == DT_LNK)) &&
		module_stem(entry->name));
}

static int take_file(void *context, struct walk_entry *entry)
{
	struct search *s = context;
	struct arena *arena = &s->found->arena;
	const char *path = arena_join(arena, s->dir, entry->path);
	struct candidate *item;

	if (s->skip) {
		item = add(s->found, arena_join(arena, s->root->path, path));
		item->root = s->root;
		item->linked = entry->target >= 0;
		item->place = without_suffix(arena, path + s->skip);
	} else {
		item = add(s->found, path);
		item->place = place_of(arena, s->dir, entry->path, s->into);
	}
	item->from = path;
	item->name = module_name(arena, path);
	return 0;
}

static int enter(void *context, struct walk_entry *entry)
{
	(void)context;
	return entry->target < 0;
}

/* Return the name of a path below the directory in messages; the caller frees it. */
static char *show(const struct search *s, const char *path)
{
	CLEANUP_FREE char *below = *path ? path_join(s->dir, path) : xstrdup(s->dir);

	return s->skip ? rootfs_show(s->root, below) : xstrdup(below);
}

static int failed(void *context, const char *path)
{
	int saved = errno;
	CLEANUP_FREE char *label = show(context, path);

	errno = saved;
	return cannot_read(label);
}

static int by_label(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return strcmp(x->label, y->label);
}

/* Add the modules below an open directory, in the order of their paths. */
static int search(struct search *s, int fd)
{
	static const struct walk_calls calls = {
		.see = see, .file = take_file, .enter = enter, .failed = failed
	};
	size_t before = s->found->n;
	CLEANUP_FREE char *label = NULL;

	if (walk(s->root, s->dir, "", fd, &calls, s) < 0)
		return -1;
	if (s->found->n > before) {
		qsort(s->found->items + before, s->found->n - before,
		      sizeof(*s->found->items), by_label);
		return 0;
	}
	label = show(s, "");
	error(STATUS_IO, "%s has no modules", label);
	return -1;
}

static int not_a_module(const char *label)
{
	error(STATUS_IO, "%s: its name is not that of a module (.ko)", label);
	return -1;
}

/* Links in the directory that the user names are resolved; below it they are skipped. */
static int search_host(struct candidates *c, const char *path, const char *into)
{
	struct search s = { .found = c, .dir = path, .into = into };
	struct rootfs root;
	int fd, result;

	if (rootfs_open(&root, path) < 0)
		return cannot_read(path);
	s.root = &root;
	fd = rootfs_openat(&root, "", O_RDONLY | O_DIRECTORY);
	result = fd < 0 ? cannot_read(path) : search(&s, fd);
	rootfs_close(&root);
	return result;
}

int candidates_add(struct candidates *c, const char *given, const char *into)
{
	char *path = arena_strdup(&c->arena, given);
	struct candidate *item;
	struct stat st;

	while (strlen(path) > 1 && path[strlen(path) - 1] == '/')
		path[strlen(path) - 1] = '\0';
	if (stat(path, &st) < 0)
		return cannot_read(path);
	if (S_ISDIR(st.st_mode))
		return search_host(c, path, into);
	if (!module_stem(path_base(path)))
		return not_a_module(path);
	item = add(c, path);
	item->from = path;
	item->name = module_name(&c->arena, path);
	item->place = without_suffix(&c->arena,
				     arena_join(&c->arena, into ? into : DEFAULT_INTO,
						path_base(path)));
	return 0;
}

/*
 * Return a path in the module directory by top's own spelling: lib can be a link to
 * usr/lib.
 */
static const char *respell(struct arena *arena, const struct rootfs *root,
			   const char *top, const char *path)
{
	const char *below = behind_modules(path), *version = path_base(top);
	size_t len = below ? (size_t)(below - path) : strlen(path) + 1;
	char *start = arena_strndup(arena, path, len - 1);
	CLEANUP_FD int a = rootfs_openat(root, start, O_PATH),
		       b = rootfs_openat(root, top, O_PATH);
	struct stat x, y;

	if (strcmp(path_base(start), version) != 0 || a < 0 || b < 0 ||
	    fstat(a, &x) < 0 || fstat(b, &y) < 0 || x.st_dev != y.st_dev ||
	    x.st_ino != y.st_ino)
		return path;
	return below ? arena_join(arena, top, below) : top;
}

int candidates_add_installed(struct candidates *c, const struct rootfs *root,
			     const char *top, const char *given)
{
	const char *path = respell(&c->arena, root, top, path_trim(&c->arena, given));
	size_t len = strlen(top);
	struct search s = { .found = c, .root = root, .dir = path, .skip = len + 1 };
	CLEANUP_FREE char *label = rootfs_show(root, path);
	CLEANUP_FD int fd = -1;
	struct candidate *item;
	struct stat st;

	if (strncmp(path, top, len) != 0 || (path[len] && path[len] != '/') ||
	    (path[len] && !is_path_below(path + len + 1))) {
		error(STATUS_USAGE, "%s is not in the module directory %s", label, top);
		return -1;
	}
	fd = rootfs_openat(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0)
		return cannot_read(label);
	if (S_ISDIR(st.st_mode))
		return search(&s, fcntl(fd, F_DUPFD_CLOEXEC, 0));
	if (!module_stem(path_base(path)))
		return not_a_module(label);
	item = add(c, arena_strdup(&c->arena, label));
	item->root = root;
	item->from = path;
	item->name = module_name(&c->arena, path);
	item->place = without_suffix(&c->arena, path + len + 1);
	return 0;
}

/* -- all of them ------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	const struct candidate *const *x = a, *const *y = b;
	int order = strcmp((*x)->name, (*y)->name);

	return order ? order : strcmp((*x)->label, (*y)->label);
}

static int by_place(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int order = strcmp(x->place, y->place);

	return order ? order : strcmp(x->label, y->label);
}

/*
 * Of a module that is in a directory in two compressions, keep the file that sorts first,
 * as modscan_add() does.
 */
static void drop_twins(struct candidates *c)
{
	size_t kept = 0;

	qsort(c->items, c->n, sizeof(*c->items), by_place);
	for (size_t i = 0; i < c->n; i++)
		if (!kept || strcmp(c->items[kept - 1].place, c->items[i].place) != 0)
			c->items[kept++] = c->items[i];
	c->n = kept;
}

int candidates_check_names(struct candidates *c)
{
	CLEANUP_FREE const struct candidate **sorted = xcalloc(c->n + 1, sizeof(*sorted));

	if (c->items->root) {
		drop_twins(c);
		return 0;
	}
	for (size_t i = 0; i < c->n; i++)
		sorted[i] = &c->items[i];
	qsort(sorted, c->n, sizeof(*sorted), by_name);
	for (size_t i = 1; i < c->n; i++) {
		if (strcmp(sorted[i - 1]->name, sorted[i]->name) != 0)
			continue;
		error(STATUS_USAGE, "%s and %s are both a module %s: name one of them",
		      sorted[i - 1]->label, sorted[i]->label, sorted[i]->name);
		return -1;
	}
	return 0;
}

char *candidate_path(const struct candidate *c)
{
	return xasprintf("%s%s", c->place, codec_suffix(c->codec));
}

int candidate_open(const struct candidate *c)
{
	enum { FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY };

	return c->root ? rootfs_openat(c->root, c->from, FLAGS) :
			 open(c->from, FLAGS | O_CLOEXEC);
}

/* Return the release in a module's vermagic, "" if it has none. */
static const char *release_of(const struct modinfo *info, struct arena *arena)
{
	for (size_t i = 0; i < info->n; i++)
		if (strcmp(info->fields[i].key, "vermagic") == 0)
			return arena_strndup(arena, info->fields[i].value,
					     strcspn(info->fields[i].value, " "));
	return "";
}

static int read_one(struct candidates *c, struct candidate *item,
		    struct modreader *reader)
{
	CLEANUP_FD int fd = candidate_open(item);
	struct arena strings = { 0 };
	struct modinfo info = { 0 };
	const char *err = NULL;

	if (fd < 0 || fstat(fd, &item->attrs) < 0)
		return cannot_read(item->label);
	if (!S_ISREG(item->attrs.st_mode))
		err = "not a regular file";
	else if (!item->root && modreader_modinfo(reader, fd, &strings, &info, &err) == 0)
		item->release = release_of(&info, &c->arena);
	arena_free(&strings);
	if (!err)
		return 0;
	error(STATUS_IO, "%s: %s", item->label, err);
	return -1;
}

int candidates_read(struct candidates *c, uint64_t max)
{
	struct modreader *reader = modreader_new(max);
	int result = 0;

	for (size_t i = 0; i < c->n; i++)
		if (read_one(c, &c->items[i], reader) < 0)
			result = -1;
	modreader_free(reader);
	return result;
}

const char *candidates_release(const struct candidates *c)
{
	for (size_t i = 1; i < c->n; i++) {
		if (strcmp(c->items[i].release, c->items[0].release) == 0)
			continue;
		error(STATUS_USAGE,
		      "%s was built for the kernel '%s', %s for '%s': choose one with "
		      "--kernel-version",
		      c->items[0].label, c->items[0].release, c->items[i].label,
		      c->items[i].release);
		return NULL;
	}
	if (*c->items[0].release)
		return c->items[0].release;
	error(STATUS_USAGE, "%s has no vermagic: name the kernel with --kernel-version",
	      c->items[0].label);
	return NULL;
}

void candidates_free(struct candidates *c)
{
	free(c->items);
	arena_free(&c->arena);
	*c = (struct candidates){ 0 };
}
