// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copying a file's metadata: owner, extended attributes, mode and times, in this order,
 * because a change of owner clears set-id bits and capabilities.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/metadata.h"
#include "fs/xattr.h"

/* Whether the user lacks permission or the file system support. */
static bool not_possible(int failure)
{
	return failure == EPERM || failure == EINVAL || failure == EOPNOTSUPP ||
	       failure == ENOSYS || failure == EACCES;
}

/* Returns 1 if the owner could not be set. */
static int copy_owner(int fd, const struct stat *attrs)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	if (st.st_uid == attrs->st_uid && st.st_gid == attrs->st_gid)
		return 0;
	if (fchown(fd, attrs->st_uid, attrs->st_gid) == 0)
		return 0;
	if (!not_possible(errno))
		return -1;
	/* Set the group alone, as cp does: the user may be a member of it. */
	return fchown(fd, (uid_t)-1, attrs->st_gid) < 0 && !not_possible(errno) ? -1 : 1;
}

static int copy_mode(int fd, mode_t mode, bool foreign)
{
	mode &= foreign ? 0777 : 07777;
	return fchmod(fd, mode) < 0 && !not_possible(errno) ? -1 : 0;
}

static int copy_times(int fd, const struct stat *attrs)
{
	struct timespec times[2] = { attrs->st_atim, attrs->st_mtim };

	return futimens(fd, times) < 0 && !not_possible(errno) ? -1 : 0;
}

int copy_rights(int fd, const struct stat *attrs, int src, bool remade)
{
	int foreign = copy_owner(fd, attrs);

	if (foreign < 0 || (src >= 0 && xattr_copy(src, fd, remade) < 0))
		return -1;
	return copy_mode(fd, attrs->st_mode, foreign);
}

int copy_metadata(int fd, const struct stat *attrs, int src, bool remade)
{
	return copy_rights(fd, attrs, src, remade) < 0 ? -1 : copy_times(fd, attrs);
}
