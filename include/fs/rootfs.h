/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ROOTFS_H
#define MODBOX_ROOTFS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/strlist.h"
#include "base/util.h"
#include "config.h"

/*
 * A directory used as a root file system. All paths are resolved inside it, as after
 * chroot(2): absolute links and ".." never leave it. There is one extension, because
 * image builders make such links: if an absolute link leads nowhere inside the root but
 * begins with the root's own path on the host, that prefix is removed.
 */
struct rootfs {
	int fd;	    /* O_PATH */
	char *path; /* as the user gave it, without trailing '/', for "%s/%s" in messages */
	char *real; /* absolute path on the host */
	/*
	 * The roots that this one belongs to, or NULL. An absolute link that leads
	 * nowhere in its own root is then looked up in the others, the later ones first.
	 */
	const struct rootset *set;
	bool merged;   /* a view of all roots of the set: rootset.h */
	bool unpacked; /* a private copy of the archive path, which real names too */
};

/* SOURCE and the overlays: rootset.h. */
struct rootset {
	struct rootfs *roots; /* SOURCE first */
	size_t n;
	atomic_bool *used; /* whether a file was found in it */
};

/* Open a root. Returns 0, or -1 with errno (ENOTDIR if path is a file); not reported. */
int rootfs_open(struct rootfs *root, const char *path);

/* Make a directory and its parents. Returns 0, or -1 with errno; not reported. */
int rootfs_make(const char *path);
void rootfs_close(struct rootfs *root);

/* SOURCE alone, if root is a merged view; else root. */
static inline const struct rootfs *rootfs_base(const struct rootfs *root)
{
	return ENABLED(FEATURE_OVERLAY) && root->merged ? &root->set->roots[0] : root;
}

/*
 * Return the root's absolute path on the host, for "%s/%s"; the user's own spelling if
 * that is absolute.
 */
const char *rootfs_absolute(const struct rootfs *root);

/* Return a path below the root as messages show it. The caller frees it. */
char *rootfs_show(const struct rootfs *root, const char *path);

/* Return the absolute path on the host of a path below the root. The caller frees it. */
char *rootfs_host_path(const struct rootfs *root, const char *path);

/*
 * Where a path is in a merged view. Its path in that root is prefix, then path; for any
 * other root, and a path that none has, both are as given.
 */
struct rootfs_place {
	const struct rootfs *root;
	const char *prefix, *path;
};
struct rootfs_place rootfs_find(const struct rootfs *root, const char *path);

/*
 * Open an existing file or directory. path is relative to the root, with or without a
 * leading '/'. flags are those of open(2), O_CLOEXEC is added; O_NOFOLLOW affects the
 * last component only.
 * Returns a descriptor that the caller owns, or -1 with errno; not reported.
 */
int rootfs_openat(const struct rootfs *root, const char *path, int flags);

/*
 * The same in this root alone, even if it is a merged view; and in the last root of a set
 * that has the path, where *place gets what was found (rootfs_openat() chooses).
 */
int rootfs_open_single(const struct rootfs *root, const char *path, int flags);
int rootset_openat(const struct rootset *set, const char *path, int flags,
		   struct rootfs_place *place);

/*
 * Return the path that is alike in an overlay: lib/X for usr/lib/X, and the reverse. NULL
 * for other paths. The caller frees it.
 */
char *rootset_alike(const char *path);

/*
 * Whether path is a directory. Returns 1; 0 with errno if not; or -1 with errno. Reports
 * nothing.
 */
int rootfs_is_directory(const struct rootfs *root, const char *path);

/*
 * Whether an errno of an open means that the path does not exist. Any other errno means
 * that it may.
 */
bool rootfs_is_absent(int error_number);

/* Report that path cannot be read, with errno (status 4). Returns -1. */
int rootfs_cannot_read(const struct rootfs *root, const char *path);

/*
 * Do the same unless errno means that path does not exist: then return 0 and report
 * nothing.
 */
int rootfs_unless_absent(const struct rootfs *root, const char *path);

/*
 * Return a symbolic link's target as it is resolved inside the root: without the root's
 * own path where the extension above applies. Only the last component of path may be a
 * link.
 * Returns memory that the caller frees, or NULL with errno (EINVAL: not a link); not
 * reported.
 */
char *rootfs_readlink(const struct rootfs *root, const char *path);

/*
 * Explain why path is absent, if a symbolic link is to blame: one on the way to it that
 * leads nowhere, or out of the root, which messages call name ("SOURCE").
 * Returns "ROOT/LINK is a link to TARGET, which leads out of SOURCE", which the caller
 * frees; or NULL if there is no such link.
 */
char *rootfs_find_lost_link(const struct rootfs *root, const char *path,
			    const char *name);
static inline char *rootfs_lost_link(const struct rootfs *root, const char *path,
				     const char *name)
{
	return ENABLED(FEATURE_HINTS) ? rootfs_find_lost_link(root, path, name) : NULL;
}

/*
 * Open the directory path for reading; create missing components with mode, including the
 * target of a dangling link (inside the root).
 * Returns a descriptor that the caller owns, or -1 with errno; not reported.
 */
int rootfs_mkdirs(const struct rootfs *root, const char *path, mode_t mode);

/*
 * List the names in root's directory path, sorted, without those that begin with a dot.
 * The names are allocated in arena; the caller owns the list.
 * Returns 0, or -1 with errno, not reported; names then has those read so far.
 */
int rootfs_list(struct string_list *names, struct arena *arena, const struct rootfs *root,
		const char *path);

/*
 * Read a whole regular file. *size gets its size in bytes; a NUL follows them.
 * Returns memory that the caller frees, or NULL with errno; not reported.
 */
char *rootfs_read(const struct rootfs *root, const char *path, size_t *size);

/*
 * Open a regular file that may not exist, for reading. *st is filled in.
 * Returns a descriptor that the caller owns; ROOTFS_NONE; or -1 and reports it (status
 * 4).
 */
int rootfs_open_optional(const struct rootfs *root, const char *path, struct stat *st);
enum { ROOTFS_NONE = -2 };

/*
 * Read a file that may not exist; *text is then NULL. The caller frees *text.
 * Returns 0, or -1 and reports it (status 4).
 */
int rootfs_read_optional(const struct rootfs *root, const char *path, char **text,
			 size_t *size, struct stat *st);

/* Read a descriptor to its end, as rootfs_read() does. More than 256 MiB is EFBIG. */
char *read_whole(int fd, size_t *size);

/* The same for a file of the host. */
char *read_path(const char *path, size_t *size);

#endif
