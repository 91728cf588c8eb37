// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading a root's files. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/util.h"
#include "fs/rootfs.h"

/* Bytes: no file that is read whole is this large. */
enum { MAX_FILE = 256 << 20 };

char *read_whole(int fd, size_t *size)
{
	size_t n = 0, capacity = 65536;
	char *data;
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	    st.st_size < MAX_FILE)
		capacity = (size_t)st.st_size +
			   2; /* one to notice the end of file, one for the NUL */
	data = xmalloc(capacity);
	for (;;) {
		ssize_t got;

		if (n >= MAX_FILE) { /* /dev/zero, or a sparse file */
			free(data);
			errno = EFBIG;
			return NULL;
		}
		if (capacity - n < 2) {
			capacity *= 2;
			data = xreallocarray(data, capacity, 1);
		}
		got = read(fd, data + n, capacity - n - 1);
		if (got == 0)
			break;
		if (got > 0)
			n += (size_t)got;
		else if (errno != EINTR) {
			int saved = errno;

			free(data);
			errno = saved;
			return NULL;
		}
	}
	data[n] = '\0';
	*size = n;
	return data;
}

char *read_path(const char *path, size_t *size)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? NULL : read_whole(fd, size);
}

static int by_version(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;

	return ENABLED(FEATURE_HINTS) ? strverscmp(x, y) : strcmp(x, y);
}

int rootfs_list(struct string_list *names, struct arena *arena, const struct rootfs *root,
		const char *path)
{
	int fd = rootfs_openat(root, path, O_RDONLY | O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int failure;

	*names = (struct string_list){ 0 };
	if (!dir) {
		close_fd(&fd);
		return -1;
	}
	while ((errno = 0, entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			string_list_add(names, arena_strdup(arena, entry->d_name));
	failure = errno;
	closedir(dir);
	errno = failure;
	if (names->n)
		qsort(names->items, names->n, sizeof(*names->items), by_version);
	return failure ? -1 : 0;
}

char *rootfs_read(const struct rootfs *root, const char *path, size_t *size)
{
	CLEANUP_FD int fd = rootfs_openat(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	if (!S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		return NULL;
	}
	return read_whole(fd, size);
}

int rootfs_open_optional(const struct rootfs *root, const char *path, struct stat *st)
{
	int fd = rootfs_openat(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 && errno == ENOENT)
		return ROOTFS_NONE;
	if (fd < 0 || fstat(fd, st) < 0)
		rootfs_cannot_read(root, path);
	else if (!S_ISREG(st->st_mode))
		error(STATUS_IO, "%s/%s is not a regular file", root->path, path);
	else if (st->st_size < MAX_FILE)
		return fd;
	else
		error(STATUS_IO, "cannot read %s/%s: %s", root->path, path,
		      strerror(EFBIG));
	close_fd(&fd);
	return -1;
}

int rootfs_read_optional(const struct rootfs *root, const char *path, char **text,
			 size_t *size, struct stat *st)
{
	CLEANUP_FD int fd = rootfs_open_optional(root, path, st);

	*text = NULL;
	if (fd == ROOTFS_NONE)
		return 0;
	if (fd < 0)
		return -1;
	*text = read_whole(fd, size);
	return *text ? 0 : rootfs_cannot_read(root, path);
}
