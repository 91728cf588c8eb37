// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Resolving paths inside a root.
 *
 * openat2(RESOLVE_IN_ROOT) does it where the kernel has it (5.6) and no sandbox refuses
 * it. Elsewhere a walk over the components does the same. The walk also creates
 * directories, and only it knows the extension for absolute links that begin with the
 * root's own path (rootfs.h), so it is tried again if openat2 finds nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/util.h"
#include "config.h"
#include "fs/rootfs.h"

enum {
	MAX_LINKS = 40,	 /* as in the kernel: then ELOOP */
	MAX_DEPTH = 256, /* directories open at once during a walk */
	MAX_RACES = 16,	 /* openat2 returns EAGAIN if something was renamed meanwhile */
};

/*
 * A walk: the open directories from the root to the current one, and the remaining path.
 */
struct walk {
	const struct rootfs *root;
	int dirs[MAX_DEPTH]; /* O_PATH; dirs[0] is the root's, borrowed */
	int depth;	     /* dirs[depth] is the current directory */
	char *rest;	     /* remaining components; owned */
	int *links;	     /* symbolic links that may still be followed */
	int flags;
	bool create;
	mode_t mode;
	int found; /* the end, in another root; or -1 */
};

static int walk_open(const struct rootfs *root, const char *path, int flags, bool create,
		     mode_t mode, int *links);

static void walk_to_root(struct walk *w)
{
	while (w->depth > 0)
		close_fd(&w->dirs[w->depth--]);
}

/* Move the next component from the rest to name. Returns false at the end. */
static bool next_component(struct walk *w, char name[NAME_MAX + 1])
{
	char *start = w->rest + strspn(w->rest, "/");
	size_t len = strcspn(start, "/");

	if (len > NAME_MAX) {
		errno = ENAMETOOLONG;
		return false;
	}
	errno = 0;
	memcpy(name, start, len);
	name[len] = '\0';
	memmove(w->rest, start + len, strlen(start + len) + 1);
	return len > 0;
}

/*
 * Return the part of an absolute link's target below the root's own path on the host.
 * NULL if the target does not begin with it, or exists inside the root as it is.
 */
static const char *below_own_path(const struct rootfs *root, const char *target,
				  int *links)
{
	size_t len = strlen(root->real);
	CLEANUP_FD int fd = -1;

	if (len <= 1 || strncmp(target, root->real, len) != 0 ||
	    (target[len] != '/' && target[len] != '\0'))
		return NULL;
	fd = walk_open(root, target, O_PATH, false, 0, links);
	return fd < 0 ? target + len : NULL;
}

/* Open the rest of a walk behind an absolute link, in one of several roots. */
static int open_behind(const struct walk *w, const struct rootfs *root,
		       const char *target)
{
	CLEANUP_FREE char *path = xasprintf("%s/%s", target, w->rest);
	size_t len = strlen(root->real);
	int fd = walk_open(root, path, w->flags, false, 0, w->links);

	if (fd < 0 && rootfs_is_absent(errno) && len > 1 &&
	    strncmp(target, root->real, len) == 0 && path[len] == '/')
		fd = walk_open(root, path + len, w->flags, false, 0, w->links);
	return fd;
}

/* Follow an absolute link in its own root, else in the others, the later ones first. */
static int follow_among(struct walk *w, const char *target)
{
	const struct rootset *set = w->root->set;

	w->found = open_behind(w, w->root, target);
	for (size_t i = set->n; w->found < 0 && rootfs_is_absent(errno) && i-- > 0;) {
		if (&set->roots[i] == w->root)
			continue;
		w->found = open_behind(w, &set->roots[i], target);
		if (w->found >= 0)
			set->used[i] = true;
	}
	return w->found < 0 ? -1 : 0;
}

/* Replace the last component, the link fd, by the link's target. */
static int follow_link(struct walk *w, int fd)
{
	char target[PATH_MAX];
	const char *inside = NULL;
	char *rest;
	ssize_t len;

	if (--*w->links < 0) {
		errno = ELOOP;
		return -1;
	}
	len = readlinkat(fd, "", target, sizeof(target) - 1);
	if (len < 0)
		return -1;
	target[len] = '\0';
	if (ENABLED(FEATURE_OVERLAY) && target[0] == '/' && w->root->set)
		return follow_among(w, target);
	if (target[0] == '/') {
		inside = below_own_path(w->root, target, w->links);
		walk_to_root(w);
	}
	rest = path_join(inside ? inside : target, w->rest);
	free(w->rest);
	w->rest = rest;
	return 0;
}

static int step_into(struct walk *w, int fd)
{
	if (w->depth + 1 == MAX_DEPTH) {
		close_fd(&fd);
		errno = ENAMETOOLONG;
		return -1;
	}
	w->dirs[++w->depth] = fd;
	return 0;
}

/* Open one component (O_PATH); create it as a directory if the walk creates. */
static int open_component(struct walk *w, const char *name)
{
	int dir = w->dirs[w->depth];
	int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 || errno != ENOENT || !w->create)
		return fd;
	if (mkdirat(dir, name, w->mode) < 0 && errno != EEXIST)
		return -1;
	return openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

/*
 * Walk to the end of the rest. Returns 0 at a directory, with last empty; 0 at the parent
 * of last, which is not a directory and not a link to follow; or 0 with found set.
 */
static int walk_on(struct walk *w, char last[NAME_MAX + 1])
{
	struct stat st;
	int fd;

	while (next_component(w, last)) {
		bool final = w->rest[strspn(w->rest, "/")] == '\0';

		if (strcmp(last, ".") == 0)
			continue;
		if (strcmp(last, "..") == 0) {
			if (w->depth > 0)
				close_fd(&w->dirs[w->depth--]);
			continue;
		}
		fd = open_component(w, last);
		if (fd < 0)
			return -1;
		if (fstat(fd, &st) < 0) {
			close_fd(&fd);
			return -1;
		}
		if (S_ISLNK(st.st_mode) && !(final && (w->flags & O_NOFOLLOW))) {
			int result = follow_link(w, fd);

			close_fd(&fd);
			if (result < 0 || (ENABLED(FEATURE_OVERLAY) && w->found >= 0))
				return result;
		} else if (S_ISDIR(st.st_mode)) {
			if (step_into(w, fd) < 0)
				return -1;
		} else {
			close_fd(&fd);
			if (final)
				return 0;
			errno = ENOTDIR;
			return -1;
		}
	}
	last[0] = '\0';
	return errno ? -1 : 0;
}

/* Open last or, if it is empty, the current directory, at the end of a walk. */
static int open_end(const struct walk *w, const char *last, int flags)
{
	int dir = w->dirs[w->depth];

	if (ENABLED(FEATURE_OVERLAY) && w->found >= 0)
		return w->found;
	/* Opening "." needs search permission; O_PATH, as with openat2(2), does not. */
	if (!last[0] && (flags & O_PATH))
		return fcntl(dir, F_DUPFD_CLOEXEC, 0);
	return openat(dir, last[0] ? last : ".", flags | O_NOFOLLOW | O_CLOEXEC);
}

static int walk_open(const struct rootfs *root, const char *path, int flags, bool create,
		     mode_t mode, int *links)
{
	struct walk w = { .root = root,
			  .links = links,
			  .flags = flags,
			  .create = create,
			  .mode = mode,
			  .found = -1 };
	char last[NAME_MAX + 1];
	int fd = -1, saved;

	w.dirs[0] = root->fd;
	w.rest = xstrdup(path);
	if (walk_on(&w, last) == 0)
		fd = open_end(&w, last, flags);
	saved = errno;
	walk_to_root(&w);
	free(w.rest);
	errno = saved;
	return fd;
}

static int open_in_root(const struct rootfs *root, const char *path, int flags,
			int resolve)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | (unsigned)resolve,
	};
	int tries = MAX_RACES;
	long fd;

	path += strspn(path, "/");
	do
		fd = syscall(SYS_openat2, root->fd, *path ? path : ".", &how,
			     sizeof(how));
	while (fd < 0 && errno == EAGAIN && --tries > 0);
	return (int)fd;
}

/*
 * Whether path does not exist and no link is on the way to it: a walk would not find it.
 */
static bool is_missing(const struct rootfs *root, const char *path)
{
	CLEANUP_FD int fd = open_in_root(root, path, O_PATH, RESOLVE_NO_SYMLINKS);

	return fd < 0 && errno == ENOENT;
}

int rootfs_open_single(const struct rootfs *root, const char *path, int flags)
{
	int links = MAX_LINKS;
	int fd = open_in_root(root, path, flags, 0);

	if (fd >= 0)
		return fd;
	switch (errno) {
	case ENOTDIR: /* perhaps a link that another root has */
		if (!ENABLED(FEATURE_OVERLAY) || !root->set)
			return -1;
		/* fall through */
	case ENOENT: /* perhaps a link that begins with the root's own path */
		if (is_missing(root, path))
			return -1;
		return walk_open(root, path, flags, false, 0, &links);
	case ENOSYS: /* before Linux 5.6 */
	case EPERM:  /* a sandbox that does not know openat2 */
	case EAGAIN:
		return walk_open(root, path, flags, false, 0, &links);
	default:
		return -1;
	}
}

int rootfs_openat(const struct rootfs *root, const char *path, int flags)
{
	struct rootfs_place unused;

	if (ENABLED(FEATURE_OVERLAY) && root->merged)
		return rootset_openat(root->set, path, flags, &unused);
	return rootfs_open_single(root, path, flags);
}

char *rootfs_readlink(const struct rootfs *root, const char *path)
{
	CLEANUP_FD int fd = rootfs_openat(root, path, O_PATH | O_NOFOLLOW);
	int links = MAX_LINKS;
	char target[PATH_MAX];
	const char *inside;
	struct stat st;
	ssize_t len;

	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	errno = EINVAL;
	len = S_ISLNK(st.st_mode) ? readlinkat(fd, "", target, sizeof(target) - 1) : -1;
	if (len < 0)
		return NULL;
	target[len] = '\0';
	inside = below_own_path(root, target, &links);
	return xasprintf("%s%s", inside && !*inside ? "/" : "", inside ? inside : target);
}

int rootfs_mkdirs(const struct rootfs *root, const char *path, mode_t mode)
{
	int links = MAX_LINKS;
	int fd = rootfs_openat(root, path, O_RDONLY | O_DIRECTORY);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	return walk_open(root, path, O_RDONLY | O_DIRECTORY, true, mode, &links);
}
