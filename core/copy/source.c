// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Provide the contents of the files in a list to the functions that write, count or
 * compare them.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "config.h"
#include "copy/source.h"
#include "copy/transcoder.h"

/*
 * Open SOURCE's file and check that it has size bytes (unless SIZE_UNKNOWN) and the
 * mtime before (unless NULL).  Returns 0, or -1 (reported).
 */
static int open_source(struct source_file *c, const struct rootfs *source, uint64_t size,
		       const struct timespec *before)
{
	/* O_NONBLOCK: do not block on a FIFO without a writer. */
	c->fd = rootfs_openat(filelist_root(c->file, source), c->file->from,
			      O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (c->fd < 0 || fstat(c->fd, &c->attrs) < 0) {
		error(STATUS_IO, "cannot read %s: %m", c->label);
		return -1;
	}
	if (!S_ISREG(c->attrs.st_mode)) {
		error(STATUS_IO, "%s is not a regular file", c->label);
		return -1;
	}
	c->size = (uint64_t)c->attrs.st_size;
	if ((size != SIZE_UNKNOWN && c->size != size) ||
	    (c->file->is_module && c->attrs.st_mtime != c->file->mtime) ||
	    (before && (c->attrs.st_mtim.tv_sec != before->tv_sec ||
			c->attrs.st_mtim.tv_nsec != before->tv_nsec))) {
		error(STATUS_IO, "%s changed during this run; try again", c->label);
		return -1;
	}
	return 0;
}

/* Open a file of SOURCE, and get its transcoded contents if it has any. */
static int open_copy(struct source_file *c, const struct filelist *list,
		     const struct rootfs *source)
{
	struct transcoded transcoded = { 0 };

	if (!ENABLED(FEATURE_RECOMPRESS) || !c->file->transcoded)
		return open_source(c, source, c->file->size, NULL);
	if (transcoder_get(list->transcoder, c->file->transcoded - 1, &transcoded) < 0 ||
	    open_source(c, source, (uint64_t)transcoded.st.st_size,
			&transcoded.st.st_mtim) < 0)
		return -1;
	if (transcoded.changed) {
		c->data = transcoded.data;
		c->size = transcoded.size;
	}
	return 0;
}

int filelist_visit(const struct filelist *list, const struct file_entry *file,
		   const struct rootfs *source,
		   int (*put)(void *context, const struct source_file *source),
		   void *context)
{
	CLEANUP_FREE char *label =
		file->from ? rootfs_show(filelist_root(file, source), file->from) : NULL;
	struct source_file c = { .file = file, .label = label, .fd = -1 };
	int result = 0;

	if (interrupted())
		return -1;
	if (file->kind == FILE_COPY) {
		result = open_copy(&c, list, source);
	} else if (file->kind == FILE_DATA) {
		c.data = file->data;
		c.size = file->size;
	}
	if (result == 0)
		result = put(context, &c);
	close_fd(&c.fd);
	if (ENABLED(FEATURE_RECOMPRESS) && file->transcoded)
		transcoder_release(list->transcoder, file->transcoded - 1);
	return result;
}

int filelist_each(const struct filelist *list, size_t kernel, const struct rootfs *source,
		  int (*put)(void *context, const struct source_file *source),
		  void *context)
{
	for (size_t i = 0; i < list->n; i++)
		if ((kernel == ALL_KERNELS || list->items[i].kernel == kernel) &&
		    filelist_visit(list, &list->items[i], source, put, context) < 0)
			return -1;
	return 0;
}

int source_read(const struct source_file *c,
		int (*add)(void *context, const void *data, uint64_t size), void *context)
{
	enum { PIECE = 64 << 10 };
	char piece[PIECE];
	uint64_t done = 0;

	if (c->data)
		return add(context, c->data, c->size);
	while (!interrupted()) {
		ssize_t n = pread(c->fd, piece, sizeof(piece), (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			error(STATUS_IO, "cannot read %s: %m", c->label);
			return -1;
		}
		if (n == 0 ? done < c->size : (uint64_t)n > c->size - done) {
			error(STATUS_IO, "%s changed while it was read; try again",
			      c->label);
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
