/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ROOTFS_H
#define MODBOX_ROOTFS_H

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
};

/* Open a root. Returns 0, or -1 with errno (ENOTDIR if path is a file); not reported. */
int rootfs_open(struct rootfs *root, const char *path);

/* Make a directory and its parents. Returns 0, or -1 with errno; not reported. */
int rootfs_make(const char *path);
void rootfs_close(struct rootfs *root);

/*
 * Return the root's absolute path on the host, for "%s/%s"; the user's own spelling if
 * that is absolute.
 */
const char *rootfs_absolute(const struct rootfs *root);

/* Return a path below the root as messages show it. The caller frees it. */
char *rootfs_show(const struct rootfs *root, const char *path);

/*
 * Open an existing file or directory. path is relative to the root, with or without a
 * leading '/'. flags are those of open(2), O_CLOEXEC is added; O_NOFOLLOW affects the
 * last component only.
 * Returns a descriptor that the caller owns, or -1 with errno; not reported.
 */
int rootfs_openat(const struct rootfs *root, const char *path, int flags);

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

#endif
