// SPDX-License-Identifier: GPL-2.0-or-later
/* Write files that the user named: completely or not at all, if the target allows it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "base/util.h"
#include "config.h"
#include "copy/outfile.h"
#include "fs/copy.h"

enum { ROOM = 64 << 10 };

static int cannot_write(const struct outfile *out)
{
	int saved = errno;

	if (interrupted())
		return -1;
	errno = saved;
	error(STATUS_IO, "cannot write %s: %m", out->label);
	return -1;
}

static int open_stdout(struct outfile *out)
{
	fflush(stdout);
	out->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return out->fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0 ? -1 : 0;
}

static int make_tempfile(struct outfile *out)
{
	if (tempfile_open(&out->temp, out->temp.dir, 0644) < 0)
		return -1;
	tempfile_watch(&out->temp);
	out->fd = out->temp.fd;
	return 0;
}

/* Open a temporary file next to the existing or future target of path. */
static int open_tempfile(struct outfile *out, const char *path)
{
	CLEANUP_FREE char *full = realpath(path, NULL);
	char *slash;
	int dir;

	if (!full && errno != ENOENT)
		return -1;
	if (!full)
		full = xstrdup(path);
	slash = strrchr(full, '/');
	out->name = xstrdup(slash ? slash + 1 : full);
	if (!*out->name) { /* "dir/" */
		errno = EISDIR;
		return -1;
	}
	if (slash)
		slash[slash == full] = '\0';
	dir = open(slash ? full : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	out->temp.dir = dir;
	if (dir < 0)
		return -1;
	tempfile_sweep(dir, false);
	if (make_tempfile(out) < 0)
		return -1;
	/*
	 * An unnamed file vanishes with the process.  A named one was only a trial:
	 * close it until there is data, so that a signal leaves nothing behind.
	 */
	if (out->temp.temp[0]) {
		tempfile_close(&out->temp);
		out->fd = -1;
	}
	return 0;
}

static int open_path(struct outfile *out, const char *path)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		return open_stdout(out);
	if (stat(path, &st) == 0 ? S_ISREG(st.st_mode) : lstat(path, &st) < 0)
		return open_tempfile(out, path);
	if (S_ISLNK(st.st_mode)) /* a dangling link, not to be replaced by a file */
		return -1;
	out->fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	return out->fd < 0 ? -1 : 0;
}

int outfile_open(struct outfile *out, const char *path)
{
	*out = (struct outfile){ .fd = -1, .temp = { .fd = -1, .dir = -1 } };
	out->label = xstrdup(strcmp(path, "-") == 0 ? "standard output" : path);
	if (open_path(out, path) < 0)
		return cannot_write(out);
	out->buffer = xmalloc(ROOM);
	return 0;
}

bool outfile_same(const struct outfile *a, const struct outfile *b)
{
	struct stat x, y;

	return a->name && b->name && strcmp(a->name, b->name) == 0 &&
	       fstat(a->temp.dir, &x) == 0 && fstat(b->temp.dir, &y) == 0 &&
	       x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool outfile_old(const struct outfile *out, struct stat *st)
{
	return out->name &&
	       fstatat(out->temp.dir, out->name, st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int flush(struct outfile *out)
{
	size_t n = out->used;

	out->used = 0;
	if (out->fd < 0 && make_tempfile(out) < 0)
		return cannot_write(out);
	return copy_bytes(out->fd, out->buffer, n) < 0 ? cannot_write(out) : 0;
}

/* Buffer data from the caller or the encoder. */
static int outfile_put(void *context, const void *data, size_t size)
{
	struct outfile *out = context;

	if (size > ROOM - out->used && flush(out) < 0)
		return -1;
	if (size > ROOM)
		return copy_bytes(out->fd, data, size) < 0 ? cannot_write(out) : 0;
	if (size)
		memcpy(out->buffer + out->used, data, size);
	out->used += size;
	return 0;
}

int outfile_encode(struct outfile *out, enum codec codec)
{
	out->encoder = encoder_new(codec);
	return encoder_begin(out->encoder, SIZE_UNKNOWN, outfile_put, out);
}

int outfile_add(struct outfile *out, const void *data, uint64_t size)
{
	out->size += size;
	if (ENABLED(FEATURE_CPIO_COMPRESS) && out->encoder)
		return encoder_write(out->encoder, data, size);
	return outfile_put(out, data, size);
}

int outfile_copy(struct outfile *out, int src, const char *from, uint64_t size)
{
	if (flush(out) < 0)
		return -1;
	out->size += size;
	return copy_append(src, from, size, out->fd, out->label);
}

/* NFS and FUSE may report write errors only on close, so close a duplicate. */
static int check_stored(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy < 0 ? -1 : close(copy);
}

int outfile_finish(struct outfile *out)
{
	int result = 0;

	if (ENABLED(FEATURE_CPIO_COMPRESS) && out->encoder &&
	    encoder_end(out->encoder) < 0)
		return -1;
	if (interrupted() || flush(out) < 0)
		return -1;
	if (check_stored(out->fd) < 0)
		return cannot_write(out);
	if (out->name)
		result = copy_publish(&out->temp, out->name, out->label);
	else
		close_fd(&out->fd);
	out->fd = -1;
	return result;
}

void outfile_drop(struct outfile *out)
{
	if (out->name && out->fd >= 0)
		tempfile_close(&out->temp);
	else if (out->label)
		close_fd(&out->fd);
	if (out->name)
		close_fd(&out->temp.dir);
	free(out->label);
	free(out->name);
	free(out->buffer);
	if (ENABLED(FEATURE_CPIO_COMPRESS))
		encoder_free(out->encoder);
	*out = (struct outfile){ .fd = -1 };
}
