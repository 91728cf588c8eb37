// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Trees without indexes: one walk finds the modules' names; one pass over all modules
 * reads their aliases.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/message.h"
#include "base/readat.h"
#include "config.h"
#include "module/names.h"
#include "tree/modload.h"
#include "tree/modscan.h"

enum {
	MAX_PATH = 4096,
	ROOM = 32768, /* bytes of entries per system call */
	/*
	 * Limit of entries seen through directory links. Like depmod, we take such a
	 * directory's modules by every path that leads to them, so links to directories
	 * of links double the number at each level.
	 */
	MAX_LINKED = 200000,
};

/* The kernel's struct linux_dirent64 (getdents64(2)). */
struct entry {
	uint64_t ino;
	int64_t next;
	unsigned short size;
	unsigned char type;
	char name[];
};

/*
 * A walk reads each directory whole into one buffer, behind the entries of its parents.
 * That takes half as many system calls as readdir(3), and they dominate the cost of a
 * walk.
 */
struct walk {
	struct modtree *tree;
	modscan_found *found;
	void *context;	     /* of found */
	char path[MAX_PATH]; /* current path, below the module directory */
	char *entries;
	size_t used, capacity; /* bytes of entries */
	size_t linked;	       /* entries seen through directory links so far */
};

/* The open directories down from the walk's start, to detect cycles of links. */
struct walk_dir {
	const struct walk_dir *parent;
	int fd;
	bool linked; /* it or a parent was reached through a link */
};

static int walk_directory(struct walk *w, const struct walk_dir *here);

static bool is_ancestor(const struct walk_dir *dir, const struct stat *st)
{
	struct stat above;

	for (; dir; dir = dir->parent)
		if (fstat(dir->fd, &above) == 0 && above.st_dev == st->st_dev &&
		    above.st_ino == st->st_ino)
			return true;
	return false;
}

void modscan_warn_skipped(const char *root, const char *path)
{
	warning("%s/%s: skipped: an index cannot hold this path", root, path);
}

static int take_file(struct walk *w, const char *name)
{
	if (!module_stem(name))
		return 0;
	if (is_unlistable(w->path)) {
		CLEANUP_FREE char *path = modtree_path(w->tree, w->path);

		modscan_warn_skipped(w->tree->root->path, path);
		return 0;
	}
	return w->found(w->tree, w->path, w->context);
}

static int cannot_read(const struct walk *w)
{
	int saved = errno;
	CLEANUP_FREE char *path = modtree_path(w->tree, w->path);

	error(STATUS_IO, "cannot read %s/%s: %s", w->tree->root->path, path,
	      strerror(saved));
	return -1;
}

/* Take a link, or an entry of unknown type, resolved inside the root. */
static int take_unknown(struct walk *w, const struct walk_dir *here, const char *name)
{
	CLEANUP_FREE char *path = modtree_path(w->tree, w->path);
	CLEANUP_FD int fd = rootfs_openat(w->tree->root, path, O_PATH);
	struct walk_dir dir = { here, -1, true };
	struct stat st;

	if (fd < 0 && (errno == ENOENT || errno == ELOOP || errno == ENOTDIR))
		return 0; /* a dangling link */
	if (fd < 0 || fstat(fd, &st) < 0)
		return cannot_read(w);
	if (S_ISREG(st.st_mode))
		return take_file(w, name);
	if (!S_ISDIR(st.st_mode) || is_ancestor(here, &st))
		return 0;
	dir.fd = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir.fd < 0 ? cannot_read(w) : walk_directory(w, &dir);
}

static int too_many(const struct walk *w)
{
	error(STATUS_IO,
	      "%s/%s: more than %d files behind links to directories; remove some links, such as %s",
	      w->tree->root->path, w->tree->dir, MAX_LINKED, w->path);
	return -1;
}

static int take_entry(struct walk *w, const struct walk_dir *here, const char *name,
		      unsigned type, size_t length)
{
	struct walk_dir dir = { here, -1, here->linked };

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    depconf_excludes(&w->tree->depconf, name))
		return 0;
	if (length + strlen(name) + 2 > sizeof(w->path)) {
		errno = ENAMETOOLONG;
		return cannot_read(w);
	}
	if (length)
		w->path[length++] = '/';
	strcpy(w->path + length, name);
	switch (type) {
	case DT_REG:
		return take_file(w, name);
	case DT_DIR:
		dir.fd = openat(here->fd, name,
				O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		return dir.fd < 0 ? cannot_read(w) : walk_directory(w, &dir);
	case DT_LNK:
	case DT_UNKNOWN:
		return take_unknown(w, here, w->path + length);
	default:
		return 0;
	}
}

/* Append a directory's entries to the buffer. */
static int read_entries(struct walk *w, int fd)
{
	for (;;) {
		long n;

		if (w->capacity - w->used < ROOM) {
			w->capacity = 2 * w->capacity + 2 * ROOM;
			w->entries = xreallocarray(w->entries, w->capacity, 1);
		}
		n = syscall(SYS_getdents64, fd, w->entries + w->used, (size_t)ROOM);
		if (n < 0)
			return cannot_read(w);
		if (n == 0)
			return 0;
		w->used += (size_t)n;
	}
}

/* Walk a directory: w->path is its path. Takes over here->fd. */
static int walk_directory(struct walk *w, const struct walk_dir *here)
{
	size_t length = strlen(w->path), start = w->used, at, end;
	int result = read_entries(w, here->fd);

	end = w->used;
	for (at = start; result == 0 && at < end;) {
		/* Reading a subdirectory can move the buffer. */
		const struct entry *entry = (const void *)(w->entries + at);

		at += entry->size;
		if (here->linked && w->linked++ == MAX_LINKED)
			result = too_many(w);
		else
			result = take_entry(w, here, entry->name, entry->type, length);
		w->path[length] = '\0';
	}
	w->used = start;
	close(here->fd);
	return result;
}

int modscan_walk(struct modtree *tree, const char *sub, modscan_found *found,
		 void *context)
{
	CLEANUP_FREE char *path = modtree_path(tree, sub);
	struct walk w = { .tree = tree, .found = found, .context = context };
	struct walk_dir top = { NULL, -1, false };
	int result = 0;

	if (strlen(sub) >= sizeof(w.path))
		return 0; /* too long to exist */
	strcpy(w.path, sub);
	top.fd = rootfs_openat(tree->root, path, O_RDONLY | O_DIRECTORY);
	if (top.fd >= 0)
		result = walk_directory(&w, &top);
	else if (errno != ENOENT && errno != ENOTDIR)
		result = cannot_read(&w);
	free(w.entries);
	return result;
}

/*
 * If two files have one name, depmod.d decides. Where it does not, depmod takes the one
 * that readdir returns last; we take the path that sorts first, to be reproducible.
 */
int modscan_add(struct modtree *tree, const char *path, void *context)
{
	const char *name = module_name(&tree->arena, path);
	struct module *module;
	int order;

	(void)context;
	HASH_FIND_STR(tree->modules, name, module);
	if (!module) {
		module = arena_alloc(&tree->arena, sizeof(*module));
		*module = (struct module){
			.name = name,
			.path = arena_strdup(&tree->arena, path),
			.rank = SIZE_MAX,
		};
		HASH_ADD_KEYPTR(hh, tree->modules, module->name, strlen(module->name),
				module);
		return 0;
	}
	order = depconf_compare(&tree->depconf, path, module->path);
	if (order < 0 || strcmp(path, module->path) == 0)
		return 0;
	if (order > 0) {
		module->path = arena_strdup(&tree->arena, path);
		module->rival = NULL;
	} else if (strcmp(path, module->path) < 0) {
		module->rival = module->path;
		module->path = arena_strdup(&tree->arena, path);
	} else {
		module->rival = arena_strdup(&tree->arena, path);
	}
	return 0;
}

/*
 * Set the modules' ranks from modules.order; if there is none, they keep SIZE_MAX.
 * Returns 0, or -1 and reports it.
 */
static int rank_modules(struct modtree *tree)
{
	CLEANUP_FREE char *path = xasprintf("%s/modules.order", tree->dir);
	CLEANUP_FREE char *text = NULL;
	struct arena names = { 0 };
	size_t size, rank = 0;
	char *line, *rest;

	text = rootfs_read(tree->root, path, &size);
	if (!text && errno != ENOENT)
		return rootfs_cannot_read(tree->root, path);
	for (line = text ? strtok_r(text, "\r\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\r\n", &rest)) {
		struct module *module;
		char *name = module_name(&names, line);

		HASH_FIND_STR(tree->modules, name, module);
		if (module && module->rank == SIZE_MAX)
			module->rank = rank++;
	}
	arena_free(&names);
	return 0;
}

int modscan_names(struct modtree *tree)
{
	return modscan_walk(tree, "", modscan_add, NULL);
}

static int by_rank(const void *a, const void *b)
{
	const struct module *x = *(struct module *const *)a,
			    *y = *(struct module *const *)b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return strcmp(x->path, y->path);
}

static void add_aliases(struct aliases *aliases, struct module *module)
{
	size_t i;

	for (i = 0; i < module->info.n; i++)
		if (strcmp(module->info.fields[i].key, "alias") == 0)
			aliases_add(aliases, module->info.fields[i].value, module);
}

/*
 * Returns 0, or -1, reported: an unreadable module may have the alias that is looked up.
 */
static int read_aliases(struct modtree *tree)
{
	size_t n = 0, i, count = HASH_COUNT(tree->modules);
	CLEANUP_FREE struct module **all = xcalloc(count, sizeof(struct module *));
	struct module *module, *next;
	int result = 0;

	if (rank_modules(tree) < 0)
		return -1;
	HASH_ITER(hh, tree->modules, module, next)
		all[n++] = module;
	if (n)
		qsort(all, n, sizeof(struct module *), by_rank);
	modload(tree, all, n, LOAD_INFO, "reading modules:");
	for (i = 0; i < n; i++) {
		const char *err = all[i]->err;

		if (!err) {
			add_aliases(&tree->aliases, all[i]);
		} else if (is_read_failure(err)) {
			error(STATUS_IO, "%s/%s/%s: %s", tree->root->path, tree->dir,
			      all[i]->path, err);
			result = -1;
		} else {
			warning("%s/%s/%s: %s; its aliases are unknown", tree->root->path,
				tree->dir, all[i]->path, err);
		}
	}
	tree->aliases_read = result == 0;
	return result;
}

int modscan_aliases(struct modtree *tree, const char *name, size_t *n)
{
	*n = 0;
	if (!ENABLED(FEATURE_ALIAS_SCAN))
		return 0;
	if (!tree->aliases_read && read_aliases(tree) < 0)
		return -1;
	*n = aliases_find(&tree->aliases, name);
	return 0;
}
