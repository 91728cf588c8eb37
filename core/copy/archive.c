// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Write a list of files as a cpio archive for the kernel.
 *
 * Directory names end in '/'.  When the kernel unpacks the directory "lib", it first
 * removes a symbolic link of that name, because the file types differ.  If an earlier
 * archive made "lib" a link to usr/lib, everything in it would disappear.  "lib/"
 * follows the link, and creates a directory if there is none.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/util.h"
#include "copy/archive.h"
#include "copy/cpio.h"

struct archive {
	const struct archive_policy *policy;
	struct cpio cpio;
	uint32_t latest; /* among SOURCE's files */
};

static uint32_t clamp_time(time_t time)
{
	return time < 0 ? 0 : time > (time_t)UINT32_MAX ? UINT32_MAX : (uint32_t)time;
}

static int archive_add(void *context, const void *data, uint64_t size)
{
	return outfile_add(context, data, size);
}

static int add_contents(struct outfile *out, const struct source_file *c)
{
	if (!c->data && !out->encoder)
		return outfile_copy(out, c->fd, c->label, c->size);
	return source_read(c, archive_add, out);
}

static int archive_put(void *context, const struct source_file *c)
{
	struct archive *a = context;
	const struct file_entry *file = c->file;
	struct cpio_entry entry = { .name = file->path, .mtime = a->latest };
	CLEANUP_FREE char *dir = NULL;
	struct source_file target = { .fd = -1, .data = file->data };

	if (file->kind == FILE_COPY && !a->policy->fixed_time)
		entry.mtime = clamp_time(c->attrs.st_mtime);
	switch (file->kind) {
	case FILE_DIR:
		dir = xasprintf("%s/", file->path);
		entry.name = dir;
		entry.mode = S_IFDIR | 0755;
		target.data = "";
		c = &target;
		break;
	case FILE_LINK:
		entry.mode = S_IFLNK | 0777;
		target.size = strlen(file->data);
		c = &target;
		break;
	default:
		entry.mode = S_IFREG | 0644;
	}
	entry.size = c->size;
	if (cpio_begin(&a->cpio, &entry) < 0 || add_contents(a->cpio.out, c) < 0)
		return -1;
	return cpio_pad(&a->cpio);
}

/* Find the latest mtime of SOURCE's files.  Returns 0, or -1 (reported). */
static int find_latest(const struct filelist *list, const struct rootfs *source,
		       uint32_t *latest)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct rootfs *root = filelist_root(&list->items[i], source);
		const char *from = list->items[i].from;
		CLEANUP_FD int fd = -1;
		struct stat st;

		if (list->items[i].kind != FILE_COPY)
			continue;
		fd = rootfs_openat(root, from, O_PATH);
		if (fd < 0 || fstat(fd, &st) < 0)
			return rootfs_cannot_read(root, from);
		if (clamp_time(st.st_mtime) > *latest)
			*latest = clamp_time(st.st_mtime);
	}
	return 0;
}

int archive_write(const struct filelist *list, const struct rootfs *source,
		  const struct archive_policy *policy, struct outfile *out)
{
	struct archive a = {
		.policy = policy,
		.latest = policy->time,
		.cpio = { .out = out,
			  .uid = policy->uid,
			  .gid = policy->gid,
			  .align = policy->align },
	};

	if (!policy->fixed_time && find_latest(list, source, &a.latest) < 0)
		return -1;
	if (filelist_each(list, ALL_KERNELS, source, archive_put, &a) < 0)
		return -1;
	return cpio_end(&a.cpio);
}
