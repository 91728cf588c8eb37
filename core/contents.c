// SPDX-License-Identifier: GPL-2.0-or-later
/* The contents of an image's files, for whoever writes, counts or compares them. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "contents.h"
#include "interrupt.h"
#include "message.h"

/* Open SOURCE's file.  Returns 0, or -1, reported. */
static int open_copy(struct contents *c, const struct rootfs *source)
{
	const struct image_file *file = c->file;
	struct stat st;

	/* O_NONBLOCK: do not wait for the writer of a FIFO. */
	c->fd = rootfs_openat(source, file->from, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (c->fd < 0 || fstat(c->fd, &st) < 0) {
		error(STATUS_IO, "cannot read %s: %s", c->shown, strerror(errno));
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		error(STATUS_IO, "%s is not a regular file", c->shown);
		return -1;
	}
	c->size = (uint64_t)st.st_size;
	if (file->size != IMAGE_ANY_SIZE && c->size != file->size) {
		error(STATUS_IO, "%s changed while this ran: try again", c->shown);
		return -1;
	}
	return 0;
}

static int give(const struct image_file *file, const struct rootfs *source,
		int (*put)(void *context, const struct contents *contents), void *context)
{
	struct contents c = { .file = file, .fd = -1 };
	CLEANUP_FREE char *shown = NULL;
	int result = 0;

	if (interrupted())
		return -1;
	if (file->kind == IMAGE_COPY) {
		c.shown = shown = rootfs_show(source, file->from);
		result = open_copy(&c, source);
	} else if (file->kind == IMAGE_DATA) {
		c.data = file->data;
		c.size = file->size;
	}
	if (result == 0)
		result = put(context, &c);
	close_fd(&c.fd);
	return result;
}

int contents_each(const struct image *image, size_t kernel, const struct rootfs *source,
		  int (*put)(void *context, const struct contents *contents),
		  void *context)
{
	size_t i;

	for (i = 0; i < image->n; i++)
		if (image->files[i].kernel == kernel &&
		    give(&image->files[i], source, put, context) < 0)
			return -1;
	return 0;
}
