// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writing files, whole or not at all.
 *
 * A draft is a new file that has no name yet (O_TMPFILE): the kernel drops it when we
 * die.  Contents, owner, attributes, mode and times go into it in that order: a change
 * of owner clears set-id bits and capabilities, and every write changes the times.
 * Then it is linked to its name; where that is taken, to a temporary name that is
 * renamed over it.  File systems without O_TMPFILE or links (NFS, FAT) and systems
 * where a nameless file cannot be linked (no /proc) get the temporary name at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "copy.h"
#include "interrupt.h"
#include "message.h"
#include "util.h"
#include "xattr.h"

#define TEMP_PREFIX ".modbox-"

enum {
	CHUNK = 16 << 20,   /* bytes between two looks for a signal */
	BUFFER = 128 << 10, /* bytes, on the stack */
	MAX_TEMPS = 1000,   /* names to try before giving up */
};

struct draft {
	int fd;
	int dir;
	mode_t mode;   /* as created */
	char temp[48]; /* its temporary name; "" while it has none */
};

bool copy_is_leftover(const char *name)
{
	return strncmp(name, TEMP_PREFIX, strlen(TEMP_PREFIX)) == 0;
}

/* A signal that stopped us has been reported already. */
static int cannot_write(const char *shown)
{
	int saved = errno;

	if (!interrupted())
		error(STATUS_IO, "cannot write %s: %s", shown, strerror(saved));
	return -1;
}

static void next_temp(struct draft *d, unsigned i)
{
	snprintf(d->temp, sizeof(d->temp), TEMP_PREFIX "%ld-%u", (long)getpid(), i);
}

/* Open a draft that has a temporary name.  -1 with errno set. */
static int open_named(struct draft *d, int dir, mode_t mode)
{
	unsigned i;

	*d = (struct draft){ .dir = dir, .mode = mode, .fd = -1 };
	for (i = 0; i < MAX_TEMPS; i++) {
		next_temp(d, i);
		d->fd = openat(dir, d->temp,
			       O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
		if (d->fd >= 0)
			return 0;
		if (errno != EEXIST && errno != EINTR)
			break;
	}
	d->temp[0] = '\0';
	return -1;
}

static int open_draft(struct draft *d, int dir, mode_t mode)
{
	*d = (struct draft){ .dir = dir, .mode = mode };
	d->fd = openat(dir, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, mode);
	/* Why it fails differs from one file system to the next: just try the other way. */
	return d->fd >= 0 ? 0 : open_named(d, dir, mode);
}

static void drop_draft(struct draft *d)
{
	close_fd(&d->fd);
	if (d->temp[0])
		unlinkat(d->dir, d->temp, 0);
}

static int write_all(int fd, const void *data, size_t size)
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

/* One copy: what is read, what is written, and the bytes done so far. */
struct copying {
	int src;
	const char *from;
	int dst;
	const char *shown;
	off_t done;
};

/* Copy what is left by read and write, to the end of the file. */
static int copy_plainly(struct copying *c)
{
	char buffer[BUFFER];

	while (!interrupted()) {
		ssize_t n = pread(c->src, buffer, sizeof(buffer), c->done);

		if (n == 0)
			return 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			error(STATUS_IO, "cannot read %s: %s", c->from, strerror(errno));
			return -1;
		}
		if (write_all(c->dst, buffer, (size_t)n) < 0)
			return cannot_write(c->shown);
		c->done += n;
	}
	return -1;
}

/*
 * Let the kernel copy size bytes, or as many as it will: where it will not (another
 * file system, a sandbox, an old kernel; a result of 0 on FUSE), the rest is left
 * to copy_plainly().
 */
static int copy_in_kernel(struct copying *c, off_t size)
{
	if (ioctl(c->dst, FICLONE, c->src) == 0) {
		c->done = size;
		return 0;
	}
	while (c->done < size) {
		off_t left = size - c->done;
		ssize_t n = copy_file_range(c->src, &c->done, c->dst, NULL,
					    left < CHUNK ? (size_t)left : CHUNK, 0);

		if (interrupted())
			return -1;
		if (n > 0 || (n < 0 && errno == EINTR))
			continue;
		if (n < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
			return cannot_write(c->shown);
		if (n < 0 && errno == EIO) {
			error(STATUS_IO, "cannot copy %s to %s: %s", c->from, c->shown,
			      strerror(errno));
			return -1;
		}
		break;
	}
	return 0;
}

static int copy_contents(int src, const struct stat *st, const char *from, int dst,
			 const char *shown)
{
	struct copying c = { .src = src, .from = from, .dst = dst, .shown = shown };
	struct stat now;

	if (st->st_size > 0 && copy_in_kernel(&c, st->st_size) < 0)
		return -1;
	/* A size of 0 is also what some FUSE and /proc files claim. */
	if ((st->st_size == 0 || c.done < st->st_size) && copy_plainly(&c) < 0)
		return -1;
	if (fstat(src, &now) < 0 || now.st_size != st->st_size ||
	    (st->st_size > 0 && c.done != st->st_size) ||
	    now.st_mtim.tv_sec != st->st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != st->st_mtim.tv_nsec) {
		error(STATUS_IO, "%s changed while it was copied: try again", from);
		return -1;
	}
	return 0;
}

/* What the user, or the file system of the destination, cannot do. */
static bool not_possible(int failure)
{
	return failure == EPERM || failure == EINVAL || failure == EOPNOTSUPP ||
	       failure == ENOSYS || failure == EACCES;
}

/* Returns 1 where the owner could not be given. */
static int copy_owner(int fd, const struct stat *like)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	if (st.st_uid == like->st_uid && st.st_gid == like->st_gid)
		return 0;
	if (fchown(fd, like->st_uid, like->st_gid) == 0)
		return 0;
	if (!not_possible(errno))
		return -1;
	/* The group alone, as cp: the user may be a member of it. */
	return fchown(fd, (uid_t)-1, like->st_gid) < 0 && !not_possible(errno) ? -1 : 1;
}

static int copy_mode(int fd, mode_t mode, bool foreign)
{
	mode &= foreign ? 0777 : 07777;
	return fchmod(fd, mode) < 0 && !not_possible(errno) ? -1 : 0;
}

int copy_owner_and_mode(int fd, const struct stat *like)
{
	int foreign = copy_owner(fd, like);

	return foreign < 0 ? -1 : copy_mode(fd, like->st_mode, foreign);
}

static int copy_times(int fd, const struct stat *like)
{
	struct timespec times[2] = { like->st_atim, like->st_mtim };

	return futimens(fd, times) < 0 && !not_possible(errno) ? -1 : 0;
}

/* All that a draft has of like but contents; src: also the attributes of that file. */
static int copy_facts(int fd, const struct stat *like, int src)
{
	int foreign = copy_owner(fd, like);

	if (foreign < 0 || (src >= 0 && xattr_copy(src, fd) < 0))
		return -1;
	return copy_mode(fd, like->st_mode, foreign) < 0 ? -1 : copy_times(fd, like);
}

/* What NFS and FUSE store only when a descriptor is closed fails now, or never. */
static int flush(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy < 0 ? -1 : close(copy);
}

static int link_fd(int fd, int dir, const char *name)
{
	char path[32];

	/* The short way needs CAP_DAC_READ_SEARCH, but no /proc. */
	if (linkat(fd, "", dir, name, AT_EMPTY_PATH) == 0)
		return 0;
	if (errno == EEXIST)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, path, dir, name, AT_SYMLINK_FOLLOW);
}

/* Copy a nameless draft that cannot be linked into one that has a temporary name. */
static int rewrite_named(struct draft *d, const char *shown)
{
	struct draft named;
	struct stat st;

	if (fstat(d->fd, &st) < 0 || open_named(&named, d->dir, d->mode) < 0)
		return cannot_write(shown);
	if (copy_contents(d->fd, &st, shown, named.fd, shown) < 0) {
		drop_draft(&named);
		return -1;
	}
	if (copy_facts(named.fd, &st, d->fd) < 0 || flush(named.fd) < 0) {
		cannot_write(shown);
		drop_draft(&named);
		return -1;
	}
	drop_draft(d);
	*d = named;
	return 0;
}

/* Give a draft a temporary name. */
static int name_draft(struct draft *d, const char *shown)
{
	unsigned i;

	for (i = 0; i < MAX_TEMPS; i++) {
		next_temp(d, i);
		if (link_fd(d->fd, d->dir, d->temp) == 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	d->temp[0] = '\0';
	return rewrite_named(d, shown);
}

/* Give a whole draft its name.  It is dropped in any case. */
static int publish(struct draft *d, const char *name, const char *shown)
{
	int result = 0;

	if (interrupted())
		result = -1;
	else if (!d->temp[0] && link_fd(d->fd, d->dir, name) == 0)
		result = 0;
	else if (!d->temp[0] && name_draft(d, shown) < 0)
		result = -1;
	else if (renameat(d->dir, d->temp, d->dir, name) < 0)
		result = cannot_write(shown);
	else
		d->temp[0] = '\0';
	drop_draft(d);
	return result;
}

int copy_file(int src, const char *from, int dir, const char *name, const char *shown)
{
	struct draft d;
	struct stat st;

	if (fstat(src, &st) < 0) {
		error(STATUS_IO, "cannot read %s: %s", from, strerror(errno));
		return -1;
	}
	if (open_draft(&d, dir, 0600) < 0)
		return cannot_write(shown);
	if (copy_contents(src, &st, from, d.fd, shown) < 0) {
		drop_draft(&d);
		return -1;
	}
	if (copy_facts(d.fd, &st, src) < 0 || flush(d.fd) < 0) {
		cannot_write(shown);
		drop_draft(&d);
		return -1;
	}
	return publish(&d, name, shown);
}

/* Make a draft of data.  On failure, reported, there is none. */
static int draft_data(struct draft *d, const void *data, size_t size,
		      const struct stat *like, int dir, const char *shown)
{
	if (open_draft(d, dir, like ? 0600 : 0644) < 0)
		return cannot_write(shown);
	if (write_all(d->fd, data, size) < 0 ||
	    (like && copy_facts(d->fd, like, -1) < 0) || flush(d->fd) < 0) {
		cannot_write(shown);
		drop_draft(d);
		return -1;
	}
	return 0;
}

int copy_data(const void *data, size_t size, const struct stat *like, int dir,
	      const char *name, const char *shown)
{
	struct draft d;

	if (draft_data(&d, data, size, like, dir, shown) < 0)
		return -1;
	return publish(&d, name, shown);
}

int copy_set(const struct copy_part *parts, size_t n, int dir, const char *shown)
{
	struct draft *drafts = xcalloc(n, sizeof(*drafts));
	size_t made = 0, published = 0;
	int result = 0;

	for (; result == 0 && made < n; made += result == 0) {
		CLEANUP_FREE char *path = xasprintf("%s/%s", shown, parts[made].name);

		result = draft_data(&drafts[made], parts[made].data, parts[made].size,
				    NULL, dir, path);
	}
	for (; result == 0 && published < n; published++) {
		CLEANUP_FREE char *path =
			xasprintf("%s/%s", shown, parts[published].name);

		result = publish(&drafts[published], parts[published].name, path);
	}
	while (published < made)
		drop_draft(&drafts[published++]);
	free_pointer(&drafts);
	return result;
}
