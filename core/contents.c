// SPDX-License-Identifier: GPL-2.0-or-later
/* The contents of an image's files, for whoever writes, counts or compares them. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "contents.h"
#include "interrupt.h"
#include "message.h"
#include "recoder.h"

/* Open SOURCE's file.  Returns 0, or -1, reported. */
static int open_copy(struct contents *c, const struct rootfs *source, struct stat *st)
{
	const struct image_file *file = c->file;

	/* O_NONBLOCK: do not wait for the writer of a FIFO. */
	c->fd = rootfs_openat(source, file->from, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (c->fd < 0 || fstat(c->fd, st) < 0) {
		error(STATUS_IO, "cannot read %s: %s", c->shown, strerror(errno));
		return -1;
	}
	if (!S_ISREG(st->st_mode)) {
		error(STATUS_IO, "%s is not a regular file", c->shown);
		return -1;
	}
	c->like = st;
	c->size = (uint64_t)st->st_size;
	if (file->size != IMAGE_ANY_SIZE && c->size != file->size) {
		error(STATUS_IO, "%s changed while this ran: try again", c->shown);
		return -1;
	}
	return 0;
}

static int give(const struct image *image, const struct image_file *file,
		const struct rootfs *source,
		int (*put)(void *context, const struct contents *contents), void *context)
{
	struct contents c = { .file = file, .fd = -1 };
	bool recode = ENABLED(FEATURE_RECODE) && file->recoded;
	CLEANUP_FREE char *shown = NULL;
	struct recoded recoded = { 0 };
	struct stat st;
	int result = 0;

	if (interrupted())
		return -1;
	if (recode && recoder_get(image->recoder, file->recoded - 1, &recoded) < 0)
		return -1;
	if (file->kind == IMAGE_COPY)
		shown = rootfs_show(source, file->from);
	c.shown = shown;
	if (recoded.changed) {
		c.like = &recoded.st;
		c.data = recoded.data;
		c.size = recoded.size;
	} else if (file->kind == IMAGE_COPY) {
		result = open_copy(&c, source, &st);
	} else if (file->kind == IMAGE_DATA) {
		c.data = file->data;
		c.size = file->size;
	}
	if (result == 0)
		result = put(context, &c);
	close_fd(&c.fd);
	if (recode)
		recoder_release(image->recoder, file->recoded - 1);
	return result;
}

int contents_each(const struct image *image, size_t kernel, const struct rootfs *source,
		  int (*put)(void *context, const struct contents *contents),
		  void *context)
{
	size_t i;

	for (i = 0; i < image->n; i++)
		if ((kernel == IMAGE_ALL || image->files[i].kernel == kernel) &&
		    give(image, &image->files[i], source, put, context) < 0)
			return -1;
	return 0;
}

int contents_read(const struct contents *c,
		  int (*add)(void *context, const void *data, uint64_t size),
		  void *context)
{
	enum { PIECE = 64 << 10 };
	char piece[PIECE];
	uint64_t done = 0;

	if (c->fd < 0)
		return add(context, c->data, c->size);
	while (!interrupted()) {
		ssize_t n = pread(c->fd, piece, sizeof(piece), (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			error(STATUS_IO, "cannot read %s: %s", c->shown, strerror(errno));
			return -1;
		}
		if (n == 0 ? done < c->size : (uint64_t)n > c->size - done) {
			error(STATUS_IO, "%s changed while it was read: try again",
			      c->shown);
			return -1;
		}
		if (n == 0)
			return 0;
		if (add(context, piece, (uint64_t)n) < 0)
			return -1;
		done += (uint64_t)n;
	}
	return -1;
}
