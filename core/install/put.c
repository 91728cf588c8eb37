// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Putting modules into a root: all of them are written under temporary names, then all
 * get their own.
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
};

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
	if (place->root)
		close_fd(&place->fd);
	*place = (struct place){ 0 };
}

/* Each module keeps two files open until it gets its name. */
static void raise_limit(size_t n)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= 3 * n + 64)
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

/* Remove the same module in other compressions, from its directory. */
static int remove_others(const struct arrival *a)
{
	const char *name = path_base(a->path);
	size_t stem = (size_t)(strstr(name, ".ko") - name) + 3;

	for (unsigned i = CODEC_NONE; i <= CODEC_ZSTD; i++) {
		CLEANUP_FREE char *other =
			xasprintf("%.*s%s", (int)stem, name, codec_suffix(i));

		if (strcmp(other, name) == 0 || unlinkat(a->dir, other, 0) == 0 ||
		    errno == ENOENT)
			continue;
		error(STATUS_IO, "cannot remove %s in the directory of %s: %m", other,
		      a->label);
		return -1;
	}
	return 0;
}

/* From here on signals are ignored: half a set is worse than a new one. */
static int publish(struct arrival *arrivals, size_t n)
{
	size_t done = 0;
	int result = 0;

	for (; result == 0 && done < n; done++)
		result = copy_publish(&arrivals[done].temp,
				      path_base(arrivals[done].path),
				      arrivals[done].label);
	for (size_t i = 0; i < done - (result < 0); i++)
		if (remove_others(&arrivals[i]) < 0)
			result = -1;
	for (; done < n; done++)
		tempfile_close(&arrivals[done].temp);
	return result;
}

int place_put(const struct place *place, const struct stage *stage,
	      const struct candidates *c)
{
	struct arrival *arrivals = xcalloc(c->n, sizeof(*arrivals));
	size_t written = 0;
	int result = 0;

	raise_limit(c->n);
	for (size_t i = 0; i < c->n; i++)
		arrivals[i].dir = -1;
	for (; result == 0 && written < c->n; written += result == 0)
		result = write_one(place, stage, &c->items[written], &arrivals[written]);
	if (result == 0 && interrupted())
		result = -1;
	if (result == 0)
		result = publish(arrivals, c->n);
	else
		while (written)
			tempfile_close(&arrivals[--written].temp);
	for (size_t i = 0; i < c->n; i++) {
		close_fd(&arrivals[i].dir);
		free(arrivals[i].path);
		free(arrivals[i].label);
	}
	free(arrivals);
	return result;
}
