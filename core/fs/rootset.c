// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SOURCE and the roots laid over it.
 *
 * Nothing is mounted: a path of the merged view is resolved in each root by itself, from
 * the last one down to SOURCE, and the first that has it counts.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/path.h"
#include "config.h"
#include "fs/rootset.h"

static int open_root(struct rootfs *root, const char *kind, const char *path)
{
	if (rootfs_open(root, path) == 0)
		return 0;
	error(source_status(errno), "cannot open %s %s: %m", kind, path);
	return -1;
}

int rootset_open(struct rootset *set, struct rootfs *source, const char *path,
		 const struct string_list *overlays)
{
	if (ENABLED(FEATURE_OVERLAY))
		*set = (struct rootset){ 0 };
	if (open_root(source, "SOURCE", path) < 0)
		return -1;
	return rootset_lay(set, source, overlays);
}

int rootset_lay(struct rootset *set, struct rootfs *source,
		const struct string_list *overlays)
{
	if (!ENABLED(FEATURE_OVERLAY))
		return 0;
	*set = (struct rootset){ 0 };
	if (!overlays->n)
		return 0;
	set->roots = xcalloc(overlays->n + 1, sizeof(*set->roots));
	set->used = xcalloc(overlays->n + 1, sizeof(*set->used));
	source->set = set;
	set->roots[set->n++] = *source;
	source->merged = true;
	for (size_t i = 0; i < overlays->n; i++) {
		struct rootfs *root = &set->roots[set->n];

		if (open_root(root, "the overlay", overlays->items[i]) < 0)
			return -1;
		root->set = set;
		set->n++;
	}
	return 0;
}

void rootset_close(struct rootset *set, struct rootfs *source)
{
	rootfs_close(source);
	if (!ENABLED(FEATURE_OVERLAY))
		return;
	for (size_t i = 1; i < set->n; i++)
		rootfs_close(&set->roots[i]);
	free(set->roots);
	free(set->used);
	*set = (struct rootset){ 0 };
}

static bool is_in(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return strncmp(path, dir, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* The same as text: prefix and path. Returns false if path has none. */
static bool find_alike(const char *path, struct rootfs_place *place)
{
	path += strspn(path, "/");
	place->prefix = "";
	place->path = path + strlen("usr/");
	if (is_in(path, "usr/lib"))
		return true;
	place->prefix = "usr/";
	place->path = path;
	return is_in(path, "lib");
}

char *rootset_alike(const char *path)
{
	struct rootfs_place place;

	return find_alike(path, &place) ? xasprintf("%s%s", place.prefix, place.path) :
					  NULL;
}

/*
 * Open a path in an overlay, where lib/ and usr/lib/ are alike. *place is the path that
 * was tried last.
 */
static int open_alike(const struct rootfs *root, const char *path, int flags,
		      struct rootfs_place *place)
{
	CLEANUP_FREE char *other = NULL;
	int fd = rootfs_open_single(root, path, flags), failure = errno;

	*place = (struct rootfs_place){ root, "", path };
	if (fd >= 0 || !rootfs_is_absent(failure))
		return fd;
	other = rootset_alike(path);
	if (other)
		fd = rootfs_open_single(root, other, flags);
	else
		errno = failure;
	if (fd >= 0)
		find_alike(path, place);
	return fd;
}

/*
 * Open a path in the last root that has it. A link that leads nowhere hides the path in
 * the roots before, as a file does: in modprobe.d it masks one.
 */
int rootset_openat(const struct rootset *set, const char *path, int flags,
		   struct rootfs_place *place)
{
	for (size_t i = set->n; i-- > 1;) {
		int fd = open_alike(&set->roots[i], path, flags, place), failure = errno;
		CLEANUP_FD int link = -1;

		if (fd >= 0) {
			set->used[i] = true;
			return fd;
		}
		if (!rootfs_is_absent(failure))
			return -1;
		link = open_alike(&set->roots[i], path, O_PATH | O_NOFOLLOW, place);
		if (link >= 0) {
			errno = failure;
			return -1;
		}
	}
	*place = (struct rootfs_place){ &set->roots[0], "", path };
	return rootfs_open_single(&set->roots[0], path, flags);
}

struct rootfs_place rootfs_find(const struct rootfs *root, const char *path)
{
	struct rootfs_place place = { root, "", path };

	if (ENABLED(FEATURE_OVERLAY) && root->merged) {
		int saved = errno;
		CLEANUP_FD int fd =
			rootset_openat(root->set, path, O_PATH | O_NOFOLLOW, &place);

		errno = saved;
	}
	return place;
}
