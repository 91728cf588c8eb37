// SPDX-License-Identifier: GPL-2.0-or-later
/* Opening roots, and their paths as messages and other programs see them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "base/path.h"
#include "base/util.h"
#include "config.h"
#include "fs/rootfs.h"

int rootfs_open(struct rootfs *root, const char *path)
{
	size_t len = strlen(path);

	*root = (struct rootfs){
		.fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC),
	};
	if (root->fd < 0)
		return -1;
	root->real = realpath(path, NULL);
	if (!root->real) {
		close_fd(&root->fd);
		return -1;
	}
	root->path = xstrdup(path);
	while (len > 0 && root->path[len - 1] == '/')
		root->path[--len] = '\0';
	return 0;
}

void rootfs_close(struct rootfs *root)
{
	close_fd(&root->fd);
	free(root->path);
	free(root->real);
	*root = (struct rootfs){ .fd = -1 };
}

int rootfs_make(const char *path)
{
	CLEANUP_FREE char *prefix = xstrdup(path);
	char *slash = prefix;

	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		if (mkdir(prefix, 0755) < 0 && errno != EEXIST)
			return -1;
		*slash = '/';
	}
	return mkdir(path, 0755) < 0 && errno != EEXIST ? -1 : 0;
}

bool rootfs_is_absent(int error_number)
{
	return error_number == ENOENT || error_number == ENOTDIR ||
	       error_number == ELOOP || error_number == ENAMETOOLONG;
}

int rootfs_is_directory(const struct rootfs *root, const char *path)
{
	CLEANUP_FD int fd = rootfs_openat(root, path, O_PATH | O_DIRECTORY);

	if (fd >= 0)
		return 1;
	return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
}

char *rootfs_show(const struct rootfs *root, const char *path)
{
	struct rootfs_place place;

	if (!ENABLED(FEATURE_OVERLAY))
		return path_join(strcmp(root->path, "/") == 0 ? "" : root->path, path);
	place = rootfs_find(root, path);
	return xasprintf("%s/%s%s",
			 strcmp(place.root->path, "/") == 0 ? "" : place.root->path,
			 place.prefix, place.path);
}

char *rootfs_host_path(const struct rootfs *root, const char *path)
{
	struct rootfs_place place = rootfs_find(root, path);

	return xasprintf("%s/%s%s", rootfs_absolute(place.root), place.prefix,
			 place.path);
}

const char *rootfs_absolute(const struct rootfs *root)
{
	if (root->path[0] == '/' || root->path[0] == '\0')
		return root->path;
	return strcmp(root->real, "/") == 0 ? "" : root->real;
}

int rootfs_cannot_read(const struct rootfs *root, const char *path)
{
	const struct rootfs_place place = ENABLED(FEATURE_OVERLAY) ?
						  rootfs_find(root, path) :
						  (struct rootfs_place){ root, "", path };

	error(STATUS_IO, "cannot read %s/%s%s: %m", place.root->path, place.prefix,
	      place.path);
	return -1;
}

int rootfs_unless_absent(const struct rootfs *root, const char *path)
{
	return rootfs_is_absent(errno) ? 0 : rootfs_cannot_read(root, path);
}
