// SPDX-License-Identifier: GPL-2.0-or-later
/* Private directories in TMPDIR, and what killed runs left of them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "base/util.h"
#include "config.h"
#include "fs/tempdir.h"

#define NAME "modbox-tmp-"

enum { MAX_TRIES = 16 };

/* Those that exist. */
static struct tempdir *all;

int tempdir_failed(const char *parent)
{
	error(STATUS_IO, "cannot write to %s: %m; set TMPDIR to another place", parent);
	return -1;
}

static const char *temporary_dir(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && *dir ? dir : "/tmp";
}

int tempdir_parents(int fd, char *path)
{
	char *slash = strrchr(path, '/');
	int result;

	if (!slash)
		return 0;
	*slash = '\0';
	result = mkdirat(fd, path, 0700);
	if (result < 0 && errno == ENOENT && tempdir_parents(fd, path) == 0)
		result = mkdirat(fd, path, 0700);
	*slash = '/';
	return result < 0 && errno != EEXIST ? -1 : 0;
}

/* Remove a directory tree as far as possible, without following links. */
static void remove_tree(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    unlinkat(fd, entry->d_name, 0) < 0)
			remove_tree(fd, entry->d_name);
	if (dir)
		closedir(dir);
	else
		close_fd(&fd);
	unlinkat(parent, name, AT_REMOVEDIR);
}

/* Remove the directories that killed runs of this user left. */
static void sweep(const char *parent)
{
	DIR *entries = opendir(parent);
	struct dirent *entry;
	struct stat st;

	while (entries && (entry = readdir(entries))) {
		CLEANUP_FREE char *path = NULL;
		CLEANUP_FD int fd = -1;

		if (strncmp(entry->d_name, NAME, strlen(NAME)) != 0)
			continue;
		path = path_join(parent, entry->d_name);
		fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
		    flock(fd, LOCK_EX | LOCK_NB) == 0)
			remove_tree(AT_FDCWD, path);
	}
	if (entries)
		closedir(entries);
}

/* Make and lock the directory. Returns 0, or -1 with errno. */
static int make_locked(struct tempdir *dir)
{
	int tries = MAX_TRIES;
	struct stat st;

	while (tries--) {
		free(dir->path);
		dir->path = NULL;
		dir->path = path_join(dir->parent, NAME "XXXXXX");
		if (!mkdtemp(dir->path))
			return -1;
		dir->lock =
			open(dir->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (dir->lock < 0 && errno != ENOENT)
			return -1;
		if (dir->lock < 0)
			continue;
		while (flock(dir->lock, LOCK_EX) < 0 && errno == EINTR)
			;
		if (fstat(dir->lock, &st) < 0)
			return -1;
		if (st.st_nlink > 0)
			return 0;
		close_fd(&dir->lock); /* another run swept it before it was locked */
	}
	return -1;
}

/*
 * Remove a directory. Try twice: a first failure may be due to a signal or lack of
 * memory.
 */
static void remove_path(const char *path)
{
	int tries = 2;

	while (path && tries--) {
		remove_tree(AT_FDCWD, path);
		if (rmdir(path) == 0 || errno == ENOENT)
			return;
	}
	if (path)
		warning("cannot remove %s: %m", path);
}

static void remove_all(void)
{
	for (; all; all = all->next)
		remove_path(all->path);
}

int tempdir_make(struct tempdir *dir)
{
	at_out_of_memory(remove_all);
	*dir = (struct tempdir){ .lock = -1 };
	dir->parent = realpath(temporary_dir(), NULL);
	if (!dir->parent)
		return tempdir_failed(temporary_dir());
	sweep(dir->parent);
	dir->next = all;
	all = dir;
	if (make_locked(dir) == 0)
		return 0;
	tempdir_failed(dir->parent);
	tempdir_remove(dir);
	return -1;
}

void tempdir_remove(struct tempdir *dir)
{
	struct tempdir **at = &all;

	if (!dir->path)
		return;
	remove_path(dir->path);
	/* Without archives, there is never another one. */
	while (ENABLED(FEATURE_ARCHIVE_SOURCE) && *at != dir)
		at = &(*at)->next;
	*at = dir->next;
	close_fd(&dir->lock);
	free(dir->path);
	free(dir->parent);
	*dir = (struct tempdir){ .lock = -1 };
}
