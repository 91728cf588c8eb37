// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Making what an entry is, as the kernel unpacks an initramfs: an entry replaces an
 * earlier one of its path, but no directory that has something in it; links in an entry's
 * path are followed, inside the root. The archive is no reason to fail: an entry that
 * cannot be where it should is left out.
 *
 * Most entries lie in the directory of the one before, which stays open: a file is then
 * four system calls.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/tempdir.h"
#include "sinkmake.h"

enum { MAX_MADE = 1 << 17 }; /* files, directories and links */

int sink_cannot_write(const struct sink *sink)
{
	return tempdir_failed(sink->parent);
}

/*
 * Whether an errno means that an entry cannot be where the archive wants it: a file or a
 * loop of links is in the way, a name is too long. The kernel leaves such an entry out.
 */
static bool is_in_the_way(int error_number)
{
	return rootfs_is_absent(error_number) || error_number == EEXIST ||
	       error_number == EISDIR || error_number == ENOTEMPTY ||
	       error_number == EINVAL || error_number == EMLINK;
}

/*
 * Open the directory that a cleaned path is in, and make it. sink->name gets the path's
 * last component. Returns 1; 0 if the entry must be left out; or -1, reported.
 */
static int enter(struct sink *sink, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;

	sink->name = slash ? slash + 1 : path;
	if (sink->dir >= 0 && !sink->moved && sink->at.size == len &&
	    memcmp(sink->at.data, path, len) == 0)
		return 1;
	close_fd(&sink->dir);
	sink->moved = false;
	sink->at.size = 0;
	memcpy(strbuf_room(&sink->at, len + 1), path, len);
	sink->at.data[len] = '\0';
	sink->at.size = len;
	sink->dir = rootfs_mkdirs(sink->root, sink->at.data, 0755);
	if (sink->dir >= 0)
		return 1;
	return is_in_the_way(errno) ? 0 : sink_cannot_write(sink);
}

/* Remove what has the entry's name, if it is of another type. */
static void make_way(struct sink *sink, mode_t mode)
{
	struct stat st;

	if (fstatat(sink->dir, sink->name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    ((st.st_mode ^ mode) & S_IFMT) == 0)
		return;
	unlinkat(sink->dir, sink->name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0);
	sink->moved = true;
}

/* Returns 1, 0 if the entry must be left out, or -1 (reported): by a call's result. */
static int made(struct sink *sink, int result)
{
	if (result >= 0)
		return 1;
	return is_in_the_way(errno) ? 0 : sink_cannot_write(sink);
}

/* Link the entry's name to a file by its cleaned path, which is changed meanwhile. */
static int link_file(struct sink *sink, char *path)
{
	char *slash = strrchr(path, '/');
	CLEANUP_FD int from = -1;

	if (slash)
		*slash = '\0';
	from = rootfs_openat(sink->root, slash ? path : "", O_PATH | O_DIRECTORY);
	if (from < 0)
		return -1;
	unlinkat(sink->dir, sink->name, 0);
	return linkat(from, slash ? slash + 1 : path, sink->dir, sink->name, 0);
}

/* Make the entry's name another one of an earlier file. Returns as made(). */
static int make_hardlink(struct sink *sink, const char *to)
{
	struct strbuf old = { 0 };
	int result = 1;

	if (sink_clean(&old, to) <= 0)
		result = 0;
	else if (strcmp(old.data, sink->path.data) != 0)
		result = made(sink, link_file(sink, old.data));
	strbuf_free(&old);
	return result;
}

/* Open the entry's file to be written. Returns as made(). */
static int make_file(struct sink *sink, const struct sink_entry *entry)
{
	mode_t mode = (entry->mode & 0777) | 0600;
	int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC |
		    (entry->hardlink ? 0 : O_TRUNC);

	sink->file = openat(sink->dir, sink->name, flags, mode);
	if (sink->file < 0 && (errno == ELOOP || errno == EISDIR)) {
		make_way(sink, entry->mode);
		sink->file = openat(sink->dir, sink->name, flags, mode);
	}
	if (sink->file >= 0 && (mode & sink->umask) && fchmod(sink->file, mode) < 0)
		return sink_cannot_write(sink);
	sink->mtime = entry->mtime;
	return made(sink, sink->file);
}

static int make_directory(struct sink *sink, const struct sink_entry *entry)
{
	int result = mkdirat(sink->dir, sink->name, 0755);

	if (result < 0 && errno == EEXIST) {
		make_way(sink, entry->mode);
		result = mkdirat(sink->dir, sink->name, 0755);
	}
	return made(sink, result < 0 && errno == EEXIST ? 0 : result);
}

static int make_symlink(struct sink *sink, const struct sink_entry *entry)
{
	int result;

	make_way(sink, 0);
	result = symlinkat(entry->link, sink->dir, sink->name);
	if (result == 0)
		wanted_follow(&sink->wanted, sink->path.data, entry->link);
	return made(sink, result);
}

int sink_make(struct sink *sink, const struct sink_entry *entry)
{
	int result = enter(sink, sink->path.data);

	if (result <= 0)
		return result;
	if (++sink->n_made > MAX_MADE)
		return sink_fail(sink, "has more than %d files to unpack", MAX_MADE);
	if (entry->link)
		return make_symlink(sink, entry);
	if (S_ISDIR(entry->mode))
		return make_directory(sink, entry);
	if (entry->hardlink) {
		result = make_hardlink(sink, entry->hardlink);
		if (result < 0 || !entry->size)
			return result;
	}
	return make_file(sink, entry);
}
