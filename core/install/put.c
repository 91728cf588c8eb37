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

int place_open(struct place *place, const struct rootfs *root, const char *top)
{
	CLEANUP_FREE char *label = rootfs_show(root, top);

	*place = (struct place){ .root = root, .top = top };
	place->fd = rootfs_mkdirs(root, top, 0755);
	if (place->fd < 0) {
		error(STATUS_IO, "cannot make the directory %s: %m", label);
		return -1;
	}
	while (flock(place->fd, LOCK_EX) < 0) {
		if (interrupted())
			return -1;
		if (errno == EINTR)
			continue;
		warning("cannot lock %s: %m; make sure that nothing else writes there",
			label);
		break;
	}
	return 0;
}

void place_close(struct place *place)
{
	withdraw(place);
	unfinished = NULL;
	for (size_t i = 0; i < place->n; i++)
		close_fd(&place->files[i].temp.dir);
	free(place->files);
	string_list_free(&place->replaced);
	arena_free(&place->arena);
	if (place->root)
		close_fd(&place->fd);
	*place = (struct place){ 0 };
}

/* Each module keeps three files open. */
static void raise_limit(size_t n)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= 4 * n + 64)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Open the directory of a path below root; label names the file. */
static int make_directory(const struct place *place, const char *path, const char *label)
{
	CLEANUP_FREE char *parent = xstrdup(path);
	int dir;

	*strrchr(parent, '/') = '\0';
	dir = rootfs_mkdirs(place->root, parent, 0755);
	if (dir < 0)
		error(STATUS_IO, "cannot make the directory of %s: %m", label);
	return dir;
}

/* Write one under a temporary name. */
static int write_one(struct place *place, const struct stage *stage,
		     const struct candidate *item, struct fileset_item *file)
{
	struct stat attrs = item->attrs;
	CLEANUP_FD int from = stage_open(stage, item), like = candidate_open(item);
	CLEANUP_FREE char *path = candidate_path(item);
	CLEANUP_FREE char *below = path_join(place->top, path);
	CLEANUP_FREE char *label = rootfs_show(place->root, below);

	file->name = arena_strdup(&place->arena, path_base(path));
	file->label = arena_strdup(&place->arena, label);
	if (from < 0 || like < 0) {
		error(STATUS_IO, "cannot read %s: %m", item->label);
		return -1;
	}
	attrs.st_mode = (attrs.st_mode & S_IFMT) | 0644;
	attrs.st_uid = attrs.st_gid = 0;
	file->temp.dir = make_directory(place, below, label);
	if (file->temp.dir < 0)
		return -1;
	tempfile_sweep(file->temp.dir, false);
	return copy_prepare(&file->temp, from, &attrs, like, file->temp.dir, label);
}

/* List the same module in other compressions, in its directory. */
static void list_others(struct place *place, const struct candidate *item, int dir)
{
	CLEANUP_FREE char *path = candidate_path(item);

	for (unsigned i = CODEC_NONE; i <= CODEC_ZSTD; i++) {
		char *other =
			arena_printf(&place->arena, "%s%s", item->place, codec_suffix(i));

		if (strcmp(other, path) != 0 &&
		    (faccessat(dir, path_base(other), F_OK, AT_SYMLINK_NOFOLLOW) == 0 ||
		     errno != ENOENT))
			string_list_add(&place->replaced, other);
	}
}

int place_put(struct place *place, const struct stage *stage, const struct candidates *c)
{
	place->files = xcalloc(c->n, sizeof(*place->files));
	raise_limit(c->n);
	for (; place->n < c->n; place->n++) {
		struct fileset_item *file = &place->files[place->n];

		*file = (struct fileset_item){ .temp.dir = -1,
					       .temp.fd = -1,
					       .kept.file.fd = -1 };
		if (write_one(place, stage, &c->items[place->n], file) < 0) {
			place->n++;
			return -1;
		}
	}
	for (size_t i = 0; i < place->n; i++)
		list_others(place, &c->items[i], place->files[i].temp.dir);
	unfinished = place;
	at_out_of_memory(withdraw_unfinished);
	return fileset_publish(place->files, place->n);
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
