// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Walking a directory tree, with links resolved inside a root.
 *
 * A walk reads each directory whole into one buffer, behind the entries of its parents.
 * That takes half as many system calls as readdir(3), and they dominate the cost of a
 * walk.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/util.h"
#include "fs/walk.h"

enum { ROOM = 32768 }; /* bytes of entries per system call */

/* The kernel's struct linux_dirent64 (getdents64(2)). */
struct entry {
	uint64_t ino;
	int64_t next;
	unsigned short size;
	unsigned char type;
	char name[];
};

struct walk {
	const struct rootfs *root;
	const char *top;
	size_t top_length; /* bytes of path that stand for top */
	const struct walk_calls *calls;
	void *context;
	char *path; /* the current one */
	size_t path_capacity;
	char *entries;
	size_t used, capacity; /* bytes of entries */
};

static int walk_directory(struct walk *w, const struct walk_dir *here);

static int failed(const struct walk *w)
{
	return w->calls->failed(w->context, w->path);
}

/* Enter a directory whose descriptor is fd, or -1 with errno set. */
static int enter(struct walk *w, const struct walk_entry *entry, int base, int fd)
{
	const struct walk_dir *parent = entry->dir;
	bool link = base >= 0;
	const struct walk_dir dir = {
		.parent = parent,
		.fd = fd,
		.depth = parent->depth + 1,
		.linked = parent->linked || link,
		.base = link ? base : parent->base,
		.skip = link ? strlen(w->path) + 1 : parent->skip,
	};

	return fd < 0 ? failed(w) : walk_directory(w, &dir);
}

static int take_link(struct walk *w, struct walk_entry *entry)
{
	const char *below = w->path + w->top_length;
	CLEANUP_FREE char *full = path_join(w->top, below + (*below == '/'));
	int fd = rootfs_openat(w->root, full, O_PATH), result = 0;

	if (fd < 0 && (errno == ENOENT || errno == ELOOP || errno == ENOTDIR)) {
		if (w->calls->lost)
			w->calls->lost(w->context, entry);
		return 0;
	}
	if (fd < 0 || fstat(fd, &entry->st) < 0) {
		close_fd(&fd);
		return failed(w);
	}
	entry->target = fd;
	if (S_ISREG(entry->st.st_mode))
		result = w->calls->file(w->context, entry);
	else if (S_ISDIR(entry->st.st_mode))
		result = w->calls->enter(w->context, entry);
	if (result > 0)
		result = enter(w, entry, fd,
			       openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	close_fd(&entry->target);
	return result;
}

static int take_directory(struct walk *w, struct walk_entry *entry)
{
	int result = w->calls->enter(w->context, entry);

	if (result <= 0)
		return result;
	return enter(w, entry, -1,
		     openat(entry->dir->fd, entry->name,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

int walk_stat(const struct walk_entry *entry, struct stat *st)
{
	if (entry->target < 0)
		return fstatat(entry->dir->fd, entry->name, st, AT_SYMLINK_NOFOLLOW);
	*st = entry->st;
	return 0;
}

/* The type of an entry where the file system does not tell: 0, or -1 with errno set. */
static int find_type(struct walk_entry *entry)
{
	struct stat st;

	if (entry->type != DT_UNKNOWN)
		return 0;
	if (fstatat(entry->dir->fd, entry->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	entry->type = IFTODT(st.st_mode);
	return 0;
}

static int take_entry(struct walk *w, const struct walk_dir *here, const char *name,
		      unsigned char type, size_t length)
{
	size_t need = length + strlen(name) + 2;
	struct walk_entry entry = { .dir = here, .type = type, .target = -1 };
	int result;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	if (need > w->path_capacity) {
		w->path_capacity = 2 * need;
		w->path = xreallocarray(w->path, w->path_capacity, 1);
	}
	if (length)
		w->path[length++] = '/';
	strcpy(w->path + length, name);
	entry.path = w->path;
	entry.name = w->path + length;
	if (find_type(&entry) < 0)
		return failed(w);
	result = w->calls->see(w->context, &entry);
	if (result <= 0)
		return result;
	switch (entry.type) {
	case DT_REG:
		return w->calls->file(w->context, &entry);
	case DT_DIR:
		return take_directory(w, &entry);
	case DT_LNK:
		return take_link(w, &entry);
	default:
		return 0;
	}
}

/* Append a directory's entries to the buffer. */
static int read_entries(struct walk *w, int fd)
{
	for (;;) {
		long n;

		if (w->capacity - w->used < ROOM) {
			w->capacity = 2 * w->capacity + 2 * ROOM;
			w->entries = xreallocarray(w->entries, w->capacity, 1);
		}
		n = syscall(SYS_getdents64, fd, w->entries + w->used, (size_t)ROOM);
		if (n < 0)
			return failed(w);
		if (n == 0)
			return 0;
		w->used += (size_t)n;
	}
}

/* Walk a directory, whose path is w->path.  Takes over here->fd. */
static int walk_directory(struct walk *w, const struct walk_dir *here)
{
	size_t length = strlen(w->path), start = w->used, at, end;
	int result = read_entries(w, here->fd);

	end = w->used;
	for (at = start; result == 0 && at < end;) {
		/* Reading a subdirectory can move the buffer. */
		const struct entry *entry = (const void *)(w->entries + at);

		at += entry->size;
		result = take_entry(w, here, entry->name, entry->type, length);
		w->path[length] = '\0';
	}
	w->used = start;
	close(here->fd);
	return result;
}

int walk(const struct rootfs *root, const char *top, const char *path, int fd,
	 const struct walk_calls *calls, void *context)
{
	const struct walk_dir here = { .fd = fd, .base = -1 };
	struct walk w = { .root = root,
			  .top = top,
			  .top_length = strlen(path),
			  .calls = calls,
			  .context = context,
			  .path = xstrdup(path),
			  .path_capacity = strlen(path) + 1 };
	int result = walk_directory(&w, &here);

	free(w.path);
	free(w.entries);
	return result;
}
