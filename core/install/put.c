// SPDX-License-Identifier: GPL-2.0-or-later
/* Putting modules into a root, all or none (fs/fileset.h), and removing files from it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "base/path.h"
#include "fs/copy.h"
#include "install/put.h"
#include "module/packing.h"

/* The place with modules that may have to be withdrawn, or NULL. */
static struct place *unfinished;

/* Bring back what was there; without allocating memory. */
static void withdraw(struct place *place)
{
	fileset_close(place->files, place->n, place->indexed);
}

static void withdraw_unfinished(void)
{
	if (unfinished)
		withdraw(unfinished);
}

/* Report that a directory below root cannot be made. Returns -1. */
static int cannot_make(const struct place *place, const char *path)
{
	CLEANUP_FREE char *label = rootfs_show(place->root, path);

	error(STATUS_IO, "cannot make the directory %s: %m", label);
	return -1;
}

int place_open(struct place *place, const struct rootfs *root, const char *top)
{
	*place = (struct place){ .root = root, .top = top };
	place->fd = rootfs_mkdirs(root, top, 0755);
	if (place->fd < 0)
		return cannot_make(place, top);
	while (flock(place->fd, LOCK_EX) < 0) {
		if (interrupted())
			return -1;
		if (errno == EINTR)
			continue;
		warning("cannot lock %s/%s: %m; make sure that nothing else writes "
			"there",
			root->path, top);
		break;
	}
	return 0;
}

void place_close(struct place *place)
{
	withdraw(place);
	unfinished = NULL;
	for (size_t i = 0; i < place->n_dirs; i++)
		close_fd(&place->dirs[i]);
	free(place->dirs);
	free(place->files);
	string_list_free(&place->replaced);
	arena_free(&place->arena);
	if (place->root)
		close_fd(&place->fd);
	*place = (struct place){ 0 };
}

/*
 * Each module keeps two files open: itself and what it replaces. Returns whether so many
 * can be.
 */
static bool raise_limit(size_t n)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= 4 * n + 64)
		return true;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= 4 * n + 64;
}

/* How messages show a module's file. The caller frees it. */
static char *show(const struct place *place, const char *path)
{
	CLEANUP_FREE char *below = path_join(place->top, path);

	return rootfs_show(place->root, below);
}

/*
 * Open the directory of each module, once if the modules of a directory follow each
 * other; make it if it is not there.
 */
static int open_directories(struct place *place, const struct candidates *c)
{
	const char *last = "";
	int dir = -1;

	place->dirs = xcalloc(c->n, sizeof(*place->dirs));
	for (; place->n < c->n; place->n++) {
		char *parent =
			arena_join(&place->arena, place->top, c->items[place->n].place);

		*strrchr(parent, '/') = '\0';
		if (strcmp(parent, last) != 0) {
			dir = rootfs_mkdirs(place->root, parent, 0755);
			if (dir < 0)
				return cannot_make(place, parent);
			tempfile_sweep(dir, false);
			place->dirs[place->n_dirs++] = dir;
			last = parent;
		}
		place->files[place->n] = (struct fileset_item){ .temp.dir = dir,
								.temp.fd = -1,
								.kept.file.fd = -1 };
	}
	return 0;
}

static int begin(struct place *place, const struct candidates *c)
{
	place->files = xcalloc(c->n, sizeof(*place->files));
	place->crowded = !raise_limit(c->n);
	return open_directories(place, c);
}

/*
 * Write a module under a temporary name: the staged file from or, if that is -1, data. If
 * there are too many to be open, complete files get temporary names.
 */
static int write_one(const struct place *place, const struct candidate *item,
		     struct tempfile *temp, int from, const void *data, size_t size)
{
	CLEANUP_FREE char *path = candidate_path(item), *label = show(place, path);
	CLEANUP_FD int like = candidate_open(item);
	struct stat attrs = item->attrs;

	if (like < 0) {
		error(STATUS_IO, "cannot read %s: %m", item->label);
		return -1;
	}
	attrs.st_mode = (attrs.st_mode & S_IFMT) | 0644;
	attrs.st_uid = attrs.st_gid = 0;
	if ((from >= 0 ? copy_prepare(temp, from, &attrs, like, temp->dir, label) :
			 copy_prepare_data(temp, data, size, &attrs, like, temp->dir,
					   label)) < 0)
		return -1;
	if (place->crowded && (temp->temp[0] || tempfile_name(temp) == 0))
		close_fd(&temp->fd);
	return 0;
}

int place_copy(struct place *place, const struct stage *stage, const struct candidates *c)
{
	if (begin(place, c) < 0)
		return -1;
	for (size_t i = 0; i < c->n; i++) {
		const struct candidate *item = &c->items[i];
		CLEANUP_FD int from = -1;

		if (item->unchanged)
			continue;
		from = stage_open(stage, item);
		if (from < 0) {
			error(STATUS_IO, "cannot read %s: %m", stage->dir.path);
			return -1;
		}
		if (write_one(place, item, &place->files[i].temp, from, NULL, 0) < 0)
			return -1;
	}
	return 0;
}

/* Modules that are made beside those that are installed. */
struct making {
	struct place *place;
	const struct candidates *candidates;
};

static int write_made(void *context, size_t i, const void *data, size_t size)
{
	const struct making *m = context;

	return write_one(m->place, &m->candidates->items[i], &m->place->files[i].temp, -1,
			 data, size);
}

int place_make(struct place *place, struct candidates *c, const struct preparation *p)
{
	struct making making = { place, c };

	return begin(place, c) < 0 ? -1 : stage_each(c, p, write_made, &making);
}

/* List the same module in other compressions, in its directory. */
static void list_others(struct place *place, const struct candidate *item,
			const char *path, int dir)
{
	for (unsigned i = CODEC_NONE; i <= CODEC_ZSTD; i++) {
		char *other =
			arena_printf(&place->arena, "%s%s", item->place, codec_suffix(i));

		if (strcmp(other, path) == 0 ||
		    (faccessat(dir, path_base(other), F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
		     errno == ENOENT))
			continue;
		string_list_add(&place->replaced, other);
		if (item->root && strcmp(other, item->from + strlen(place->top) + 1) != 0)
			notice("%s goes: %s is the same module", other,
			       path_base(item->from));
	}
}

int place_publish(struct place *place, const struct candidates *c)
{
	size_t changed = 0;
	int result;

	for (size_t i = 0; i < c->n; i++) {
		CLEANUP_FREE char *path = candidate_path(&c->items[i]);
		CLEANUP_FREE char *label = show(place, path);
		struct fileset_item *file = &place->files[i];

		list_others(place, &c->items[i], path, file->temp.dir);
		if (c->items[i].unchanged)
			continue;
		file->name = arena_strdup(&place->arena, path_base(path));
		file->label = arena_strdup(&place->arena, label);
		place->files[changed++] = *file;
	}
	place->n = changed;
	unfinished = place;
	at_out_of_memory(withdraw_unfinished);
	result = fileset_publish(place->files, place->n);
	for (size_t i = 0; place->crowded && i < place->n; i++)
		close_fd(&place->files[i].kept.file.fd);
	return result;
}

/* Remove a file, with path below the module directory. */
static int remove_file(const struct place *place, const char *path)
{
	CLEANUP_FREE char *below = path_join(place->top, path);
	CLEANUP_FREE char *label = rootfs_show(place->root, below);
	CLEANUP_FREE char *parent = xstrdup(below);
	CLEANUP_FD int dir = -1;

	*strrchr(parent, '/') = '\0';
	dir = rootfs_openat(place->root, parent, O_RDONLY | O_DIRECTORY);
	if (dir >= 0 && (unlinkat(dir, path_base(path), 0) == 0 || errno == ENOENT))
		return 0;
	error(STATUS_IO, "cannot remove %s: %m", label);
	return -1;
}

int place_finish(struct place *place)
{
	int result = 0;

	place->indexed = true;
	withdraw(place); /* only what was kept */
	for (size_t i = 0; i < place->replaced.n; i++)
		if (remove_file(place, place->replaced.items[i]) < 0)
			result = -1;
	return result;
}
