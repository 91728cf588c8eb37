// SPDX-License-Identifier: GPL-2.0-or-later
/* Links that cannot be followed inside a root: why a path is absent. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/util.h"
#include "fs/rootfs.h"

enum { MAX_LINKS = 40 };

/* Read a link's own text; rootfs_readlink() may shorten it.  -1: path is no link. */
static ssize_t read_text(const struct rootfs *root, const char *path,
			 char text[PATH_MAX + 1])
{
	CLEANUP_FD int fd = rootfs_openat(root, path, O_PATH | O_NOFOLLOW);
	ssize_t len = fd < 0 ? -1 : readlinkat(fd, "", text, PATH_MAX);

	text[len < 0 ? 0 : len] = '\0';
	return len;
}

/*
 * Whether a link leads above the root, or to the host's root.  dir is its directory: ""
 * or with a '/' at the end.
 */
static bool leads_out(const struct rootfs *root, const char *dir, const char *text)
{
	CLEANUP_FREE char *path = xasprintf("%s%s", dir, text);
	size_t own = strlen(root->real), len;
	const char *p = path;
	int depth = 0;

	if (own <= 1)
		return false; /* the root is "/" */
	if (*text == '/')
		return strncmp(text, root->real, own) != 0 ||
		       (text[own] != '/' && text[own] != '\0');
	for (; *p && depth >= 0; p += len) {
		p += strspn(p, "/");
		len = strcspn(p, "/");
		if (len == 2 && memcmp(p, "..", 2) == 0)
			depth--;
		else if (len && !(len == 1 && *p == '.'))
			depth++;
	}
	return depth < 0;
}

/* Find the shortest beginning of path that is absent.  Returns its length, or 0. */
static size_t find_absent(const struct rootfs *root, char *path)
{
	size_t len = strspn(path, "/");

	while (path[len]) {
		CLEANUP_FD int fd = -1;
		char end;

		len += strcspn(path + len, "/");
		end = path[len];
		path[len] = '\0';
		fd = rootfs_openat(root, path, O_PATH);
		if (fd < 0)
			return rootfs_is_absent(errno) ? len : 0;
		path[len] = end;
		len += strspn(path + len, "/");
	}
	return 0;
}

char *rootfs_find_lost_link(const struct rootfs *root, const char *path, const char *name)
{
	CLEANUP_FREE char *at = xstrdup(path), *shown = NULL;
	char text[PATH_MAX + 1], found[PATH_MAX + 1] = "";
	bool out = false;

	for (int i = 0; i < MAX_LINKS && find_absent(root, at); i++) {
		char *dir, *next;

		if (read_text(root, at, text) < 0)
			break;
		strcpy(found, text);
		free(shown);
		shown = rootfs_show(root, at);
		dir = xstrdup(at);
		dir[path_base(dir) - dir] = '\0';
		out = leads_out(root, dir, text);
		next = *text == '/' ? rootfs_readlink(root, at) :
				      xasprintf("%s%s", dir, text);
		free(dir);
		free(at);
		at = next ? next : xstrdup("");
		if (out)
			break;
	}
	if (!shown)
		return NULL;
	return xasprintf("%s is a link to %s, which leads %s%s", shown, found,
			 out ? "out of " : "nowhere", out ? name : "");
}
