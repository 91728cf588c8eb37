// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * List the contents of a module directory, finding what depmod's own walk finds.
 *
 * Both follow symbolic links to files and directories. depmod would follow them out of
 * the root; here a link is resolved inside the root, and a descriptor of its target is
 * kept to show to depmod (run_depmod.c).  A directory is entered through a link only
 * once, so circular links end.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "base/path.h"
#include "fs/tempfile.h"
#include "fs/walk.h"
#include "index/installed.h"
#include "module/names.h"

enum { MAX_DEPTH = 64 };

struct scan {
	struct installed *installed;
	const char *label;
	int fd; /* the module directory's */
	bool clean;
	size_t in; /* index in tops of the walk's position, or NO_TOP */
};

static int cannot_read(void *context, const char *path)
{
	const struct scan *s = context;

	error(STATUS_IO, "cannot read %s%s%s: %m", s->label, *path ? "/" : "", path);
	return -1;
}

static const char *make_key(struct arena *arena, const char *path)
{
	const char *name = path_base(path);

	return arena_strndup(arena, path,
			     (size_t)(name - path) + module_stem(name) + strlen(".ko"));
}

static void add_file(struct installed *p, const char *path, int base, const char *below,
		     size_t top)
{
	p->files = grow(p->files, p->n, &p->capacity, sizeof(*p->files));
	p->files[p->n++] = (struct installed_file){
		.path = path,
		.key = make_key(&p->arena, path),
		.base = base,
		.below = below,
		.top = top,
	};
}

static size_t add_top(struct installed *p, const char *name)
{
	p->tops = grow(p->tops, p->n_tops, &p->tops_capacity, sizeof(*p->tops));
	p->tops[p->n_tops] = (struct installed_top){ .name = name, .plain = true };
	return p->n_tops++;
}

/*
 * Keep a descriptor of a link's target.  Returns false if another link led to it
 * before.
 */
static bool keep_link(struct installed *p, int fd, const struct stat *st)
{
	struct installed_link link = { .fd = fd, .dev = st->st_dev, .ino = st->st_ino };
	size_t i;

	for (i = 0; S_ISDIR(st->st_mode) && i < p->n_links; i++)
		if (p->links[i].dev == link.dev && p->links[i].ino == link.ino)
			return false;
	p->links = grow(p->links, p->n_links, &p->links_capacity, sizeof(*p->links));
	p->links[p->n_links++] = link;
	return true;
}

/* Whether depmod skips files and directories of this name everywhere. */
static bool is_skipped(const char *name)
{
	return strcmp(name, "build") == 0 || strcmp(name, "source") == 0;
}

static int see(void *context, const struct walk_entry *entry)
{
	struct scan *s = context;
	bool link = entry->type == DT_LNK, deep = entry->dir->depth >= MAX_DEPTH;

	if (is_skipped(entry->name))
		return 0;
	if (tempfile_is_name(entry->name)) {
		if (s->clean)
			tempfile_remove_stale(entry->dir->fd, entry->name, true);
		return 0;
	}
	if (!link && entry->type != DT_DIR &&
	    !(entry->type == DT_REG && module_stem(entry->name)))
		return 0;
	s->installed->linked |= link;
	if (!entry->dir->depth)
		s->in = NO_TOP;
	if ((link || deep) && s->in != NO_TOP)
		s->installed->tops[s->in].plain = false;
	if (deep)
		return 0;
	if (entry->type == DT_DIR && !entry->dir->depth)
		s->in = add_top(s->installed,
				arena_strdup(&s->installed->arena, entry->name));
	return 1;
}

static int take_file(void *context, struct walk_entry *entry)
{
	struct scan *s = context;
	const struct walk_dir *dir = entry->dir;
	const char *path;

	if (!module_stem(entry->name))
		return 0;
	path = arena_strdup(&s->installed->arena, entry->path);
	if (entry->target < 0) {
		add_file(s->installed, path, dir->base < 0 ? s->fd : dir->base,
			 path + dir->skip, s->in);
		return 0;
	}
	keep_link(s->installed, entry->target, &entry->st);
	add_file(s->installed, path, entry->target, "", s->in);
	entry->target = -1;
	return 0;
}

/* A directory is entered through links once; its descriptor is the base of its files. */
static int enter(void *context, struct walk_entry *entry)
{
	struct scan *s = context;

	if (entry->target < 0)
		return 1;
	if (!keep_link(s->installed, entry->target, &entry->st))
		return 0;
	entry->target = -1;
	return 1;
}

static int compare_files(const void *a, const void *b)
{
	const struct installed_file *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : strcmp(x->path, y->path);
}

static void sort_files(struct installed *installed)
{
	if (installed->n > 0)
		qsort(installed->files, installed->n, sizeof(*installed->files),
		      compare_files);
}

int installed_scan(struct installed *installed, const struct rootfs *root,
		   const char *path, const char *label, int fd, bool clean)
{
	static const struct walk_calls calls = { see, take_file, enter, cannot_read };
	struct scan s = {
		.installed = installed, .label = label, .fd = fd, .clean = clean
	};
	int dir = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*installed = (struct installed){ 0 };
	if (dir < 0)
		return cannot_read(&s, "");
	if (walk(root, path, "", dir, &calls, &s) < 0) {
		installed_free(installed);
		return -1;
	}
	sort_files(installed);
	return 0;
}

struct installed_file *installed_find(struct installed *installed, const char *path)
{
	const struct installed_file wanted = { .path = path,
					       .key = make_key(&installed->arena, path) };

	return installed->n ? bsearch(&wanted, installed->files, installed->n,
				      sizeof(wanted), compare_files) :
			      NULL;
}

/* Whether a scan reaches a file without passing a link. */
static bool is_reached(const char *path)
{
	CLEANUP_FREE char *copy = xstrdup(path);
	char *rest = copy, *name;
	int depth = 0;

	while ((name = strsep(&rest, "/")))
		if (++depth > MAX_DEPTH || is_skipped(name) || tempfile_is_name(name))
			return false;
	return true;
}

/* The index of the top that contains a file; adds it if new. */
static size_t find_top(struct installed *installed, const char *path)
{
	size_t len = strcspn(path, "/"), i;

	if (!path[len])
		return NO_TOP;
	for (i = 0; i < installed->n_tops; i++)
		if (strncmp(installed->tops[i].name, path, len) == 0 &&
		    !installed->tops[i].name[len])
			return i;
	return add_top(installed, arena_strndup(&installed->arena, path, len));
}

void installed_add(struct installed *installed, int fd, const char *const *paths,
		   size_t n)
{
	size_t i, kept = 0;

	for (i = 0; i < n; i++)
		if (is_external(paths[i]))
			add_file(installed, paths[i], -1, "", NO_TOP);
		else if (is_reached(paths[i]))
			add_file(installed, paths[i], fd, paths[i],
				 find_top(installed, paths[i]));
	sort_files(installed);
	for (i = 0; i < installed->n; i++)
		if (!kept || strcmp(installed->files[kept - 1].path,
				    installed->files[i].path) != 0)
			installed->files[kept++] = installed->files[i];
	installed->n = kept;
}

void installed_free(struct installed *installed)
{
	size_t i;

	for (i = 0; i < installed->n_links; i++)
		close_fd(&installed->links[i].fd);
	free(installed->links);
	free(installed->tops);
	free(installed->files);
	arena_free(&installed->arena);
	*installed = (struct installed){ 0 };
}
