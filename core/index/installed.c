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
#include "index/installed.h"
#include "module/names.h"

enum { MAX_DEPTH = 64 };

struct scan {
	struct installed *installed;
	const struct rootfs *root;
	const char *top; /* the module directory, below the root */
	const char *label;
	bool clean;
	size_t in; /* index in tops of the walk's position, or NO_TOP */
};

/* A directory on the way, relative to the module directory and to its base. */
struct level {
	const char *path;
	int base;
	const char *below;
	int depth;
};

static int scan_dir(struct scan *s, int fd, const struct level *level);

static int cannot_read(const struct scan *s, const char *path)
{
	error(STATUS_IO, "cannot read %s%s%s: %m", s->label, *path ? "/" : "", path);
	return -1;
}

static const char *join(struct arena *arena, const char *dir, const char *name)
{
	return *dir ? arena_join(arena, dir, name) : name;
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

static int scan_link(struct scan *s, const char *path, int depth)
{
	CLEANUP_FREE char *full = path_join(s->top, path);
	int dir, fd = rootfs_openat(s->root, full, O_PATH);
	struct level level = { .path = path, .base = fd, .below = "", .depth = depth };
	struct stat st;

	/* The target may be missing: a module of another root, /lib/modules/V/build. */
	if (fd < 0 && (errno == ENOENT || errno == ELOOP || errno == ENOTDIR))
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0) {
		close_fd(&fd);
		return cannot_read(s, path);
	}
	if (!(S_ISDIR(st.st_mode) ||
	      (S_ISREG(st.st_mode) && module_stem(path_base(path)))) ||
	    !keep_link(s->installed, fd, &st)) {
		close_fd(&fd);
		return 0;
	}
	if (S_ISREG(st.st_mode)) {
		add_file(s->installed, path, fd, "", s->in);
		return 0;
	}
	dir = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? cannot_read(s, path) : scan_dir(s, dir, &level);
}

/* Returns 0, or -1 with errno set. */
static int type_of(int dir, const struct dirent *entry, mode_t *type)
{
	struct stat st;

	*type = DTTOIF(entry->d_type);
	if (entry->d_type != DT_UNKNOWN)
		return 0;
	if (fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	*type = st.st_mode & S_IFMT;
	return 0;
}

/* Whether depmod skips files and directories of this name everywhere. */
static bool is_skipped(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	       strcmp(name, "build") == 0 || strcmp(name, "source") == 0;
}

static int scan_entry(struct scan *s, int dir, const struct dirent *entry,
		      const struct level *level)
{
	struct arena *arena = &s->installed->arena;
	const char *name = entry->d_name;
	mode_t type;
	struct level below = { .base = level->base, .depth = level->depth + 1 };
	int fd;

	if (is_skipped(name))
		return 0;
	if (tempfile_is_name(name)) {
		if (s->clean)
			tempfile_remove_stale(dir, name, true);
		return 0;
	}
	if (type_of(dir, entry, &type) < 0)
		return cannot_read(s, level->path);
	if (type != S_IFDIR && type != S_IFLNK && !(type == S_IFREG && module_stem(name)))
		return 0;
	s->installed->linked |= type == S_IFLNK;
	name = arena_strdup(arena, name);
	below.path = join(arena, level->path, name);
	below.below = join(arena, level->below, name);
	if (!*level->path)
		s->in = NO_TOP;
	if ((type == S_IFLNK || below.depth > MAX_DEPTH) && s->in != NO_TOP)
		s->installed->tops[s->in].plain = false;
	if (below.depth > MAX_DEPTH)
		return 0;
	if (type == S_IFLNK)
		return scan_link(s, below.path, below.depth);
	if (type == S_IFREG) {
		add_file(s->installed, below.path, below.base, below.below, s->in);
		return 0;
	}
	if (!*level->path)
		s->in = add_top(s->installed, name);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? cannot_read(s, below.path) : scan_dir(s, fd, &below);
}

/* Closes fd. */
static int scan_dir(struct scan *s, int fd, const struct level *level)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	int result = 0;

	if (!dir) {
		close_fd(&fd);
		return cannot_read(s, level->path);
	}
	while (result == 0 && (errno = 0, entry = readdir(dir)))
		result = scan_entry(s, fd, entry, level);
	if (result == 0 && errno)
		result = cannot_read(s, level->path);
	closedir(dir);
	return result;
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
	struct scan s = { .installed = installed,
			  .root = root,
			  .top = path,
			  .label = label,
			  .clean = clean };
	struct level level = { .path = "", .base = fd, .below = "" };
	int dir = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*installed = (struct installed){ 0 };
	if (dir < 0)
		return cannot_read(&s, "");
	if (scan_dir(&s, dir, &level) < 0) {
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
		if (is_reached(paths[i]))
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
