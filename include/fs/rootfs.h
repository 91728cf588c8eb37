/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ROOTFS_H
#define MODBOX_ROOTFS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/strlist.h"
#include "base/util.h"

/*
 * A directory that is taken for a root file system.  All paths are resolved in it
 * as chroot(2) would: absolute links and ".." never leave it.  One thing more is
 * accepted, for image builders make such links: an absolute link that leads nowhere
 * inside but begins with the root's own path on this host is taken as inside.
 */
struct rootfs {
	int fd;	    /* O_PATH */
	char *path; /* as the user named it, for "%s/%s" in messages: no '/' at its end */
	char *real; /* its absolute path on this host */
};

/* Returns 0, or -1 with errno set (ENOTDIR where path is a file); not reported. */
int rootfs_open(struct rootfs *root, const char *path);

/* Make a directory to open as a root, and those above it.  Returns 0, or -1 with errno
 * set. */
int rootfs_make(const char *path);
void rootfs_close(struct rootfs *root);

/*
 * The root's absolute path on this host for "%s/%s", by the name that the user gave it
 * if that is one.
 */
const char *rootfs_absolute(const struct rootfs *root);

/* A path below the root, as messages name it.  The caller frees it. */
char *rootfs_show(const struct rootfs *root, const char *path);

/*
 * Open an existing file or directory.  path is relative to the root, with or
 * without a leading '/'.  flags as open(2); O_CLOEXEC is added.  O_NOFOLLOW
 * concerns the last component, as in open(2).
 * Returns a descriptor that the caller owns, or -1 with errno set; not reported.
 */
int rootfs_openat(const struct rootfs *root, const char *path, int flags);

/* Returns 1; 0, with errno set, where there is no such directory; -1 with errno set. */
int rootfs_is_directory(const struct rootfs *root, const char *path);

/*
 * Whether an errno of opening a path says that nothing is there.  Any other leaves open
 * what is.
 */
bool rootfs_is_absent(int error_number);

/* Report that path cannot be read, by errno; status 4.  Returns -1. */
int rootfs_cannot_read(const struct rootfs *root, const char *path);

/* The same, unless errno says that nothing is there: then 0, and nothing is reported. */
int rootfs_unless_absent(const struct rootfs *root, const char *path);

/*
 * What a symbolic link holds, as it is to be read in the root: without the root's own
 * path where that rule (above) is what makes it lead somewhere.  Only the last component
 * of path may be a link.
 * Returns memory that the caller frees, or NULL with errno set (EINVAL: it is no link);
 * not reported.
 */
char *rootfs_readlink(const struct rootfs *root, const char *path);

/*
 * Open the directory path for reading, creating what of it is missing with mode
 * (a dangling link's target too, inside the root).
 * Returns a descriptor that the caller owns, or -1 with errno set; not reported.
 */
int rootfs_mkdirs(const struct rootfs *root, const char *path, mode_t mode);

/*
 * List the names in the directory path of root, sorted, but for those that begin with a
 * dot.  They are allocated in arena, the list is the caller's.
 * Returns 0, or -1 with errno, not reported: names has what could be read.
 */
int rootfs_list(struct string_list *names, struct arena *arena, const struct rootfs *root,
		const char *path);

/*
 * Read a whole regular file.  *size gets its bytes; a NUL is put behind them.
 * Returns memory that the caller frees, or NULL with errno set; not reported.
 */
char *rootfs_read(const struct rootfs *root, const char *path, size_t *size);

/*
 * Open a regular file that need not be there, for reading.  st tells about it.
 * Returns a descriptor that the caller owns; ROOTFS_NONE; or -1, reported (status 4).
 */
int rootfs_open_optional(const struct rootfs *root, const char *path, struct stat *st);
enum { ROOTFS_NONE = -2 };

/*
 * Read such a file: where there is none, *text is NULL.
 * Returns 0, or -1, reported (status 4).
 */
int rootfs_read_optional(const struct rootfs *root, const char *path, char **text,
			 size_t *size, struct stat *st);

/* The same for a descriptor.  More than 256 MiB is EFBIG. */
char *read_whole(int fd, size_t *size);

#endif
