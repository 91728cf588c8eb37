// SPDX-License-Identifier: GPL-2.0-or-later
/* The file that libkmod reads in the place of a module. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/readat.h"
#include "base/util.h"
#include "excerpt.h"

#define PAGE UINT64_C(4096)

static int fail(const char **err, const char *text)
{
	*err = text;
	return -1;
}

void excerpt_close(struct excerpt *excerpt)
{
	if (excerpt->unlink)
		unlink(excerpt->path);
	close_fd(&excerpt->fd);
	free(excerpt->path);
	*excerpt = (struct excerpt){ .fd = -1 };
}

/* Whether path leads to the file fd; /proc is not mounted in every chroot. */
static bool leads_to(const char *path, int fd)
{
	struct stat a, b;

	return stat(path, &a) == 0 && fstat(fd, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/*
 * Create a temporary file in TMPDIR, else in /tmp, else in /: a minimal container may
 * have no other directory. Returns its path, or NULL.
 */
static char *open_temporary(int *fd)
{
	const char *dir = getenv("TMPDIR");
	bool given = dir && *dir;

	for (dir = given ? dir : "/tmp";; dir = "") {
		char *path = xasprintf("%s/modbox.XXXXXX", dir);

		*fd = mkostemp(path, O_CLOEXEC);
		if (*fd >= 0)
			return path;
		free(path);
		if (given || !*dir)
			return NULL;
	}
}

int excerpt_open(struct excerpt *excerpt, const char **err)
{
	char *temporary;

	excerpt->fd = memfd_create("modbox", MFD_CLOEXEC);
	if (excerpt->fd >= 0) {
		excerpt->path = xasprintf("/proc/self/fd/%d", excerpt->fd);
		if (leads_to(excerpt->path, excerpt->fd))
			return 0;
		excerpt_close(excerpt);
	}
	temporary = open_temporary(&excerpt->fd);
	if (!temporary)
		return fail(err, read_failure(errno == EMFILE ? EMFILE : ENOSYS));
	excerpt->path = xasprintf("/proc/self/fd/%d", excerpt->fd);
	if (leads_to(excerpt->path, excerpt->fd)) {
		unlink(temporary);
		free(temporary);
		return 0;
	}
	free(excerpt->path);
	excerpt->path = temporary;
	excerpt->unlink = true;
	return 0;
}

static int write_at(int fd, const void *data, size_t size, uint64_t offset,
		    const char **err)
{
	const char *p = data;

	while (size > 0) {
		ssize_t n = pwrite(fd, p, size, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(err, read_failure(n < 0 ? errno : 0));
		p += n;
		offset += (uint64_t)n;
		size -= (size_t)n;
	}
	return 0;
}

int excerpt_fill(struct excerpt *excerpt, const struct elf_layout *layout, uint64_t end,
		 const char **err)
{
	/*
	 * The header last: if parts overlap, the fields with the bounds stay as checked.
	 */
	const struct elf_part parts[] = { layout->modinfo, layout->names, layout->table,
					  layout->header };

	if (excerpt->size < end + PAGE) {
		uint64_t size = (end + end / 2 + 2 * PAGE) / PAGE * PAGE;

		if (ftruncate(excerpt->fd, (off_t)size) < 0)
			return fail(err, read_failure(errno));
		excerpt->size = size;
	}
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (write_at(excerpt->fd, parts[i].data, parts[i].size, parts[i].offset,
			     err) < 0)
			return -1;
	}
	return 0;
}
