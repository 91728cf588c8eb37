// SPDX-License-Identifier: GPL-2.0-or-later
/* Open, and create, directories in DEST. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "base/util.h"
#include "config.h"
#include "copy/destdir.h"
#include "fs/metadata.h"
#include "fs/tempfile.h"

/* Open a directory of SOURCE, or else of an overlay. */
static int open_source(const struct destdir *d, const char *path)
{
	int fd = rootfs_openat(rootfs_base(d->source), path, O_PATH | O_DIRECTORY);

	if (fd >= 0 || !ENABLED(FEATURE_OVERLAY) || !d->source->merged)
		return fd;
	return rootfs_openat(d->source, path, O_PATH | O_DIRECTORY);
}

/* Open the directory of SOURCE that is the model of a new one. */
static int open_model(const struct destdir *d, const char *path)
{
	size_t len = d->top ? strlen(d->top) : 0;
	CLEANUP_FREE char *model = NULL;

	if (!ENABLED(FEATURE_PLACE) || !d->top || strncmp(path, d->top, len) != 0 ||
	    (path[len] != '/' && path[len] != '\0'))
		return open_source(d, path);
	model = xasprintf("%s%s", d->source_top, path + len);
	return open_source(d, model);
}

/* Open a new directory, and copy mode and owner from its model. */
static int open_made(const struct destdir *d, int parent, const char *name,
		     const char *path)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP_FD int model = open_model(d, path);
	struct stat st;

	if (fd < 0 || model < 0 || fstat(model, &st) < 0)
		return fd;
	/* Stay able to add files even if SOURCE is read-only. */
	st.st_mode |= S_IRWXU;
	if (copy_rights(fd, &st, -1, false) == 0)
		return fd;
	close_fd(&fd);
	return -1;
}

/*
 * Open the directory path in DEST, creating missing parts: down to d->plain with mode
 * 0755, below that like SOURCE's.  Returns a descriptor, or -1 with errno set.
 */
static int make_dir(const struct destdir *d, const char *path)
{
	int fd = rootfs_openat(d->dest, path, O_RDONLY | O_DIRECTORY);
	size_t plain = strlen(d->plain);
	CLEANUP_FREE char *parent = NULL;
	CLEANUP_FD int parent_fd = -1;
	char *slash;

	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (strncmp(path, d->plain, plain) != 0 || path[plain] != '/')
		return rootfs_mkdirs(d->dest, path, 0755);
	parent = xstrdup(path);
	slash = strrchr(parent, '/');
	*slash = '\0';
	parent_fd = make_dir(d, parent);
	if (parent_fd < 0)
		return -1;
	if (mkdirat(parent_fd, slash + 1, 0755) == 0)
		return open_made(d, parent_fd, slash + 1, path);
	/* A dangling link, or another run created it first. */
	return errno == EEXIST ? rootfs_mkdirs(d->dest, path, 0755) : -1;
}

int destdir_open(const struct destdir *d, const char *path)
{
	int fd = make_dir(d, path);

	if (fd < 0 && !interrupted()) {
		int saved = errno;
		CLEANUP_FREE char *label = rootfs_show(d->dest, path);

		errno = saved;
		error(STATUS_IO, "cannot make the directory %s: %m", label);
	}
	return fd;
}

int destdir_enter(struct destdir *d, const char *file)
{
	const char *slash = strrchr(file, '/');
	size_t len = slash ? (size_t)(slash - file) : 0;

	if (d->fd >= 0 && strncmp(d->path, file, len) == 0 && d->path[len] == '\0')
		return d->fd;
	destdir_close(d);
	d->path = xasprintf("%.*s", (int)len, file);
	d->fd = destdir_open(d, d->path);
	if (d->fd >= 0 && d->sweep)
		tempfile_sweep(d->fd, true);
	return d->fd;
}

void destdir_close(struct destdir *d)
{
	close_fd(&d->fd);
	free(d->path);
	d->path = NULL;
}
