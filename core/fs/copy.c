// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writing files, completely or not at all.
 *
 * The contents go into a temporary file (tempfile.c), then the metadata (metadata.c),
 * because every write changes the times. At last the temporary file gets its name.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "base/util.h"
#include "fs/copy.h"
#include "fs/metadata.h"
#include "fs/tempfile.h"

enum {
	CHUNK = 16 << 20,   /* bytes between two checks for a signal */
	BUFFER = 128 << 10, /* bytes, on the stack */
};

#define OFF_MAX ((off_t)INT64_MAX)

/* If a signal stopped us, that was reported already. */
static int cannot_write(const char *label)
{
	int saved = errno;

	if (interrupted())
		return -1;
	errno = saved;
	error(STATUS_IO, "cannot write %s: %m", label);
	return -1;
}

/* Whether an error would be the same for any other way to write. */
static bool disk_failed(int failure)
{
	return failure == ENOSPC || failure == EDQUOT || failure == EIO ||
	       failure == EFBIG;
}

int copy_bytes(int fd, const void *data, size_t size)
{
	const char *p = data;

	while (size > 0) {
		ssize_t n = write(fd, p, size < CHUNK ? size : CHUNK);

		if (interrupted()) {
			errno = EINTR;
			return -1;
		}
		if (n == 0)
			errno = EIO;
		if (n == 0 || (n < 0 && errno != EINTR))
			return -1;
		if (n > 0) {
			p += n;
			size -= (size_t)n;
		}
	}
	return 0;
}

/* One copy: source, destination, and the bytes done so far. */
struct copying {
	int src;
	const char *from;
	int dst;
	const char *label;
	off_t done;
};

/* Copy the rest with read and write, to the end of the file or up to limit bytes. */
static int copy_plainly(struct copying *c, off_t limit)
{
	char buffer[BUFFER];

	while (!interrupted()) {
		off_t left = limit - c->done;
		ssize_t n = pread(c->src, buffer,
				  left < BUFFER ? (size_t)left : sizeof(buffer), c->done);

		if (n == 0)
			return 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			error(STATUS_IO, "cannot read %s: %m", c->from);
			return -1;
		}
		if (copy_bytes(c->dst, buffer, (size_t)n) < 0)
			return cannot_write(c->label);
		c->done += n;
	}
	return -1;
}

/*
 * Let the kernel copy up to size bytes. Where it does not (in a sandbox, on an old
 * kernel; FUSE returns 0), copy_plainly() copies the rest. Across file systems sendfile()
 * copies the data once, read() and write() twice.
 */
static int copy_in_kernel(struct copying *c, off_t size)
{
	while (c->done < size) {
		off_t left = size - c->done;
		size_t most = left < CHUNK ? (size_t)left : CHUNK;
		ssize_t n = copy_file_range(c->src, &c->done, c->dst, NULL, most, 0);

		if (n < 0 && errno == EXDEV)
			n = sendfile(c->dst, c->src, &c->done, most);
		if (interrupted())
			return -1;
		if (n > 0 || (n < 0 && errno == EINTR))
			continue;
		if (n < 0 && errno == EIO) {
			error(STATUS_IO, "cannot copy %s to %s: %m", c->from, c->label);
			return -1;
		}
		if (n < 0 && disk_failed(errno))
			return cannot_write(c->label);
		break;
	}
	return 0;
}

/*
 * Check that a file has the expected size: some file systems lose data without an error.
 */
static int check_size(int fd, off_t size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	errno = EIO;
	return st.st_size == size ? 0 : -1;
}

/* Check that the source did not change while it was copied. */
static int check_unchanged(const struct copying *c, const struct stat *st)
{
	struct stat now;

	if (fstat(c->src, &now) < 0) {
		error(STATUS_IO, "cannot read %s: %m", c->from);
		return -1;
	}
	if (now.st_size == st->st_size && (st->st_size == 0 || c->done == st->st_size) &&
	    now.st_mtim.tv_sec == st->st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == st->st_mtim.tv_nsec)
		return 0;
	error(STATUS_IO, "%s changed while it was copied; try again", c->from);
	return -1;
}

static int copy_contents(int src, const struct stat *st, const char *from, int dst,
			 const char *label)
{
	struct copying c = { .src = src, .from = from, .dst = dst, .label = label };

	if (st->st_size > 0 && ioctl(dst, FICLONE, src) == 0)
		c.done = st->st_size;
	else if (st->st_size > 0 && copy_in_kernel(&c, st->st_size) < 0)
		return -1;
	/* Some FUSE and /proc files claim a size of 0. */
	if ((st->st_size == 0 || c.done < st->st_size) && copy_plainly(&c, OFF_MAX) < 0)
		return -1;
	if (check_unchanged(&c, st) < 0)
		return -1;
	return check_size(dst, c.done) < 0 ? cannot_write(label) : 0;
}

int copy_append(int src, const char *from, uint64_t size, int dst, const char *label)
{
	struct copying c = { .src = src, .from = from, .dst = dst, .label = label };
	struct stat st;

	if (fstat(src, &st) < 0) {
		error(STATUS_IO, "cannot read %s: %m", from);
		return -1;
	}
	if (copy_in_kernel(&c, (off_t)size) < 0 ||
	    (c.done < (off_t)size && copy_plainly(&c, (off_t)size) < 0))
		return -1;
	st.st_size = (off_t)size;
	return check_unchanged(&c, &st);
}

/*
 * Make NFS and FUSE, which store data when a descriptor is closed, report a failure now.
 */
static int flush(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy < 0 ? -1 : close(copy);
}

/* Copy a nameless temporary file that cannot be linked to one with a temporary name. */
static int rewrite_named(struct tempfile *d, const char *label)
{
	struct tempfile named;
	struct stat st;

	if (fstat(d->fd, &st) < 0 || tempfile_open_named(&named, d->dir, d->mode) < 0)
		return cannot_write(label);
	if (copy_contents(d->fd, &st, label, named.fd, label) < 0) {
		tempfile_close(&named);
		return -1;
	}
	if (copy_metadata(named.fd, &st, d->fd, false) < 0 || flush(named.fd) < 0) {
		cannot_write(label);
		tempfile_close(&named);
		return -1;
	}
	tempfile_close(d);
	*d = named;
	return 0;
}

int copy_publish(struct tempfile *d, const char *name, const char *label)
{
	int result = 0;

	if (tempfile_link(d, name) < 0) {
		/* The name exists, or this system cannot link nameless files. */
		if (!d->temp[0] && tempfile_name(d) < 0)
			result = disk_failed(errno) ? cannot_write(label) :
						      rewrite_named(d, label);
		if (result == 0 && tempfile_rename(d, name) < 0)
			result = cannot_write(label);
	}
	tempfile_close(d);
	return result;
}

/* Publish a single file; a signal still stops it. */
static int publish_one(struct tempfile *d, const char *name, const char *label)
{
	if (!interrupted())
		return copy_publish(d, name, label);
	tempfile_close(d);
	return -1;
}

int copy_file(int src, const char *from, int dir, const char *name, const char *label,
	      bool xattrs)
{
	struct tempfile d;
	struct stat st;

	if (fstat(src, &st) < 0) {
		error(STATUS_IO, "cannot read %s: %m", from);
		return -1;
	}
	if (tempfile_open(&d, dir, 0600) < 0)
		return cannot_write(label);
	if (copy_contents(src, &st, from, d.fd, label) < 0) {
		tempfile_close(&d);
		return -1;
	}
	if (copy_metadata(d.fd, &st, xattrs ? src : -1, false) < 0 || flush(d.fd) < 0) {
		cannot_write(label);
		tempfile_close(&d);
		return -1;
	}
	return publish_one(&d, name, label);
}

int copy_prepare(struct tempfile *d, int src, const struct stat *attrs, int like, int dir,
		 const char *label)
{
	struct stat st;

	if (fstat(src, &st) < 0 || tempfile_open(d, dir, 0600) < 0)
		return cannot_write(label);
	if (copy_contents(src, &st, label, d->fd, label) < 0) {
		tempfile_close(d);
		return -1;
	}
	if (copy_metadata(d->fd, attrs, like, true) < 0 || flush(d->fd) < 0) {
		cannot_write(label);
		tempfile_close(d);
		return -1;
	}
	return 0;
}

int copy_replace_tempfile(struct tempfile *d, int src, const char *name,
			  const char *label)
{
	struct stat attrs;

	tempfile_sweep(d->dir, false);
	if (fstat(src, &attrs) < 0 || copy_rights(d->fd, &attrs, src, true) < 0 ||
	    flush(d->fd) < 0) {
		cannot_write(label);
		tempfile_close(d);
		return -1;
	}
	return publish_one(d, name, label);
}

int copy_prepare_data(struct tempfile *d, const void *data, size_t size,
		      const struct stat *attrs, int src, int dir, const char *label)
{
	if (tempfile_open(d, dir, attrs ? 0600 : 0644) < 0)
		return cannot_write(label);
	if (copy_bytes(d->fd, data, size) < 0 || check_size(d->fd, (off_t)size) < 0 ||
	    (attrs && copy_metadata(d->fd, attrs, src, true) < 0) || flush(d->fd) < 0) {
		cannot_write(label);
		tempfile_close(d);
		return -1;
	}
	return 0;
}

int copy_data(const void *data, size_t size, const struct stat *attrs, int src, int dir,
	      const char *name, const char *label)
{
	struct tempfile d;

	if (copy_prepare_data(&d, data, size, attrs, src, dir, label) < 0)
		return -1;
	return publish_one(&d, name, label);
}

int copy_replace(const void *data, size_t size, int old, int dir, const char *name,
		 const char *label)
{
	struct tempfile d;

	if (tempfile_open(&d, dir, 0600) < 0)
		return cannot_write(label);
	if (copy_bytes(d.fd, data, size) < 0 || check_size(d.fd, (off_t)size) < 0) {
		cannot_write(label);
		tempfile_close(&d);
		return -1;
	}
	return copy_replace_tempfile(&d, old, name, label);
}

int copy_link(const char *target, int dir, const char *name, const char *label)
{
	struct tempfile d;

	if (tempfile_symlink(&d, dir, target) < 0)
		return cannot_write(label);
	return publish_one(&d, name, label);
}
