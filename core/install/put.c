// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Putting modules into a root, all or none:
 *
 *	write all under temporary names ──► give what they replace temporary names too
 *	──► give them their own ──► (indexes) ──► remove what they replaced
 *
 * Until the indexes are in place, a failure brings back what was there.
 */
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
#include "fs/tempfile.h"
#include "install/put.h"
#include "module/packing.h"

/* A module on its way. */
struct arrival {
	char *path;  /* below the module directory */
	char *label; /* names the file in messages */
	int dir;     /* its directory, open */
	struct tempfile temp;
	struct kept kept; /* what it replaces */
	bool published;
};

/* The place with modules that may have to be withdrawn, or NULL. */
static struct place *unfinished;

/* Bring back what was there; without allocating memory. */
static void withdraw(struct place *place)
{
	for (size_t i = 0; i < place->n; i++) {
		struct arrival *a = &place->arrivals[i];

		if (a->published && !place->indexed &&
		    kept_restore(&a->kept, path_base(a->path)) < 0)
			error(STATUS_IO, "cannot bring back the old %s: %m", a->label);
		a->published = false;
		tempfile_close(&a->temp);
		tempfile_close(&a->kept.file);
	}
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
	for (size_t i = 0; i < place->n; i++) {
		close_fd(&place->arrivals[i].dir);
		free(place->arrivals[i].path);
		free(place->arrivals[i].label);
	}
	free(place->arrivals);
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

static int make_directory(const struct place *place, struct arrival *a)
{
	CLEANUP_FREE char *path = path_join(place->top, a->path);

	*strrchr(path, '/') = '\0';
	a->dir = rootfs_mkdirs(place->root, path, 0755);
	if (a->dir >= 0)
		return 0;
	error(STATUS_IO, "cannot make the directory of %s: %m", a->label);
	return -1;
}

/* Write one under a temporary name. */
static int write_one(const struct place *place, const struct stage *stage,
		     const struct candidate *item, struct arrival *a)
{
	struct stat attrs = item->attrs;
	CLEANUP_FD int from = stage_open(stage, item), like = candidate_open(item);
	CLEANUP_FREE char *below = NULL;

	a->path = candidate_path(item);
	below = path_join(place->top, a->path);
	a->label = rootfs_show(place->root, below);
	if (from < 0 || like < 0) {
		error(STATUS_IO, "cannot read %s: %m", item->label);
		return -1;
	}
	attrs.st_mode = (attrs.st_mode & S_IFMT) | 0644;
	attrs.st_uid = attrs.st_gid = 0;
	if (make_directory(place, a) < 0)
		return -1;
	tempfile_sweep(a->dir, false);
	return copy_prepare(&a->temp, from, &attrs, like, a->dir, a->label);
}

/* List the same module in other compressions, in its directory. */
static void list_others(struct place *place, const struct arrival *a)
{
	const char *name = path_base(a->path);
	size_t stem = (size_t)(strstr(name, ".ko") - name) + 3;
	int dir = (int)(name - a->path);

	for (unsigned i = CODEC_NONE; i <= CODEC_ZSTD; i++) {
		CLEANUP_FREE char *other =
			xasprintf("%.*s%s", (int)stem, name, codec_suffix(i));
		char *path = arena_printf(&place->arena, "%.*s%s", dir, a->path, other);

		if (strcmp(other, name) != 0 &&
		    (faccessat(a->dir, other, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ||
		     errno != ENOENT))
			string_list_add(&place->replaced, path);
	}
}

/* From here on signals are ignored until all have their names. */
static int publish(struct place *place)
{
	for (size_t i = 0; i < place->n; i++) {
		struct arrival *a = &place->arrivals[i];

		kept_make(&a->kept, a->dir, path_base(a->path));
	}
	if (interrupted())
		return -1;
	for (size_t i = 0; i < place->n; i++) {
		struct arrival *a = &place->arrivals[i];

		if (copy_publish(&a->temp, path_base(a->path), a->label) < 0)
			return -1;
		a->published = true;
	}
	return 0;
}

int place_put(struct place *place, const struct stage *stage, const struct candidates *c)
{
	place->arrivals = xcalloc(c->n, sizeof(*place->arrivals));
	raise_limit(c->n);
	for (; place->n < c->n; place->n++) {
		struct arrival *a = &place->arrivals[place->n];

		*a = (struct arrival){ .dir = -1, .temp.fd = -1, .kept.file.fd = -1 };
		if (write_one(place, stage, &c->items[place->n], a) < 0) {
			place->n++;
			return -1;
		}
	}
	for (size_t i = 0; i < place->n; i++)
		list_others(place, &place->arrivals[i]);
	unfinished = place;
	at_out_of_memory(withdraw_unfinished);
	return publish(place);
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
