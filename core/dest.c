// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The sink that is a directory: a plan becomes files in DEST.
 *
 * All directories are opened through rootfs, by their whole path, so that no link in
 * DEST leads out of it; files are written by name in such a directory, and a link of
 * that name is replaced.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "copy.h"
#include "dest.h"
#include "interrupt.h"
#include "message.h"
#include "order.h"
#include "ownindex.h"
#include "present.h"
#include "reindex.h"
#include "util.h"

struct sink {
	const struct plan *plan;
	const struct rootfs *source, *dest;
	char *top;   /* the module directory, below either root */
	char *shown; /* DEST's, as messages name it */
	int fd;	     /* DEST's, locked */
	bool locked;
	char *dir;  /* the directory last written to, below either root; */
	int dir_fd; /* opened in DEST */
};

static char *show(const struct rootfs *root, const char *path)
{
	return xasprintf("%s%s%s", root->path, strcmp(root->path, "/") == 0 ? "" : "/",
			 path);
}

/* Open a directory that was just made, and make it like SOURCE's of that path. */
static int open_made(const struct sink *s, int parent, const char *name, const char *path)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP_FD int model = rootfs_openat(s->source, path, O_PATH | O_DIRECTORY);
	struct stat st;

	if (fd < 0 || model < 0 || fstat(model, &st) < 0)
		return fd;
	/* A read-only SOURCE must not make a DEST that cannot be added to. */
	st.st_mode |= S_IRWXU;
	if (copy_owner_and_mode(fd, &st) == 0)
		return fd;
	close_fd(&fd);
	return -1;
}

/*
 * Open the directory path in DEST.  What is missing is made: down to the directory that
 * holds the module directories plainly, below that like SOURCE's.
 * Returns a descriptor, or -1 with errno set.
 */
static int make_dir(const struct sink *s, const char *path)
{
	int fd = rootfs_openat(s->dest, path, O_RDONLY | O_DIRECTORY);
	CLEANUP_FREE char *parent = NULL;
	CLEANUP_FD int parent_fd = -1;
	char *slash;

	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (strcmp(path, s->plan->module_dir) == 0)
		return rootfs_mkdirs(s->dest, path, 0755);
	parent = xstrdup(path);
	slash = strrchr(parent, '/');
	*slash = '\0';
	parent_fd = make_dir(s, parent);
	if (parent_fd < 0)
		return -1;
	if (mkdirat(parent_fd, slash + 1, 0755) == 0)
		return open_made(s, parent_fd, slash + 1, path);
	/* A link that leads nowhere yet, or another run was faster. */
	return errno == EEXIST ? rootfs_mkdirs(s->dest, path, 0755) : -1;
}

static int cannot_make(const struct rootfs *root, const char *path)
{
	CLEANUP_FREE char *shown = show(root, path);
	int saved = errno;

	if (!interrupted())
		error(STATUS_IO, "cannot make the directory %s: %s", shown,
		      strerror(saved));
	return -1;
}

/* Wait until no other run writes here. */
static int lock(struct sink *s)
{
	while (flock(s->fd, LOCK_EX) < 0) {
		if (interrupted())
			return -1;
		if (errno == EINTR)
			continue;
		/* NFS locks no directory that is open for reading. */
		warning("cannot lock %s: %s: let no other run write there", s->shown,
			strerror(errno));
		return 0;
	}
	s->locked = true;
	return 0;
}

/* Remove what a killed run left, before its space is needed. */
static int clean(struct sink *s)
{
	struct present present;

	if (!s->locked)
		return 0;
	if (present_scan(&present, s->dest, s->top, s->shown, s->fd, true) < 0)
		return -1;
	present_free(&present);
	return 0;
}

static int open_top(struct sink *s)
{
	s->fd = make_dir(s, s->top);
	if (s->fd < 0)
		return cannot_make(s->dest, s->top);
	return lock(s) < 0 ? -1 : clean(s);
}

/* The directory of a file below the module directory: opened, and kept for the next. */
static int enter_dir(struct sink *s, const char *file)
{
	const char *slash = strrchr(file, '/');
	char *dir;

	if (!slash)
		return s->fd;
	dir = xasprintf("%s/%.*s", s->top, (int)(slash - file), file);
	if (s->dir && strcmp(s->dir, dir) == 0) {
		free(dir);
		return s->dir_fd;
	}
	free(s->dir);
	close_fd(&s->dir_fd);
	s->dir = dir;
	s->dir_fd = make_dir(s, dir);
	return s->dir_fd < 0 ? cannot_make(s->dest, dir) : s->dir_fd;
}

/*
 * Copy a file of SOURCE's module directory.  size is what it had when it was planned,
 * or -1 for any.
 */
static int copy_one(struct sink *s, const char *file, off_t size)
{
	CLEANUP_FREE char *path = xasprintf("%s/%s", s->top, file);
	CLEANUP_FREE char *from = show(s->source, path);
	CLEANUP_FREE char *shown = show(s->dest, path);
	/* O_NONBLOCK: do not wait for the writer of a FIFO. */
	CLEANUP_FD int src =
		rootfs_openat(s->source, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	const char *slash = strrchr(file, '/');
	struct stat st;
	int dir;

	if (interrupted())
		return -1;
	if (src < 0 || fstat(src, &st) < 0) {
		error(STATUS_IO, "cannot read %s: %s", from, strerror(errno));
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		error(STATUS_IO, "%s is not a regular file", from);
		return -1;
	}
	if (size >= 0 && st.st_size != size) {
		error(STATUS_IO, "%s changed while this ran: try again", from);
		return -1;
	}
	dir = enter_dir(s, file);
	return dir < 0 ? -1 : copy_file(src, from, dir, slash ? slash + 1 : file, shown);
}

static int copy_all(struct sink *s)
{
	size_t i;

	for (i = 0; i < s->plan->n_modules; i++)
		if (copy_one(s, s->plan->modules[i].path,
			     (off_t)s->plan->modules[i].size) < 0)
			return -1;
	for (i = 0; i < s->plan->builtin_files.n; i++)
		if (copy_one(s, s->plan->builtin_files.items[i], -1) < 0)
			return -1;
	return 0;
}

/* Read a file of a module directory that need not be there (*text stays NULL). */
static int read_optional(const struct rootfs *root, const char *path, struct stat *st,
			 char **text, size_t *size)
{
	CLEANUP_FD int fd = rootfs_openat(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd >= 0 && fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		*text = read_whole(fd, size);
	else if (fd >= 0)
		errno = EINVAL;
	if (!*text) {
		CLEANUP_FREE char *shown = show(root, path);

		error(STATUS_IO, "cannot read %s: %s", shown, strerror(errno));
		return -1;
	}
	return 0;
}

static int write_order(struct sink *s, const struct present *present)
{
	CLEANUP_FREE char *path = xasprintf("%s/modules.order", s->top);
	CLEANUP_FREE char *shown = show(s->dest, path);
	CLEANUP_FREE char *source = NULL, *old = NULL, *text = NULL;
	CLEANUP_FREE const char **modules = NULL;
	size_t source_size = 0, old_size = 0, size, i;
	struct stat like, unused;

	if (read_optional(s->source, path, &like, &source, &source_size) < 0 ||
	    read_optional(s->dest, path, &unused, &old, &old_size) < 0)
		return -1;
	if (!source && !old)
		return 0;
	modules = xcalloc(present->n, sizeof(*modules));
	for (i = 0; i < present->n; i++)
		modules[i] = present->files[i].path;
	text = order_cut((struct order_text){ source, source_size },
			 (struct order_text){ old, old_size }, modules, present->n,
			 &size);
	return copy_data(text, size, source ? &like : NULL, s->fd, "modules.order",
			 shown);
}

/* Remove the modules that the plan brought in another compression. */
static int remove_superseded(struct sink *s, const struct present *present)
{
	size_t i;

	for (i = 0; i < present->n; i++) {
		const char *file = present->files[i].path, *slash = strrchr(file, '/');
		int dir;

		if (!present->files[i].superseded)
			continue;
		dir = enter_dir(s, file);
		if (dir < 0)
			return -1;
		if (unlinkat(dir, slash ? slash + 1 : file, 0) == 0 || errno == ENOENT)
			continue;
		error(STATUS_IO, "cannot remove %s/%s, of which there is a new file: %s",
		      s->shown, file, strerror(errno));
		return -1;
	}
	return 0;
}

static int run_depmod(const struct sink *s, const struct present *present,
		      const struct indexing *indexing)
{
	const struct shadowed of = { .present = present,
				     .module_dir = s->fd,
				     .version = s->plan->version,
				     .shown = s->shown,
				     .conf = &indexing->tree->depconf.files };

	return reindex(indexing->depmod, &of);
}

static int write_own(const struct sink *s, const struct present *present,
		     const struct indexing *indexing)
{
	const struct own_index of = { .dest = s->dest,
				      .top = s->top,
				      .shown = s->shown,
				      .fd = s->fd,
				      .present = present,
				      .source = indexing->tree,
				      .verbose = indexing->verbose };

	return own_index(&of);
}

static int write_indexes(const struct sink *s, const struct present *present,
			 const struct indexing *indexing)
{
	if (ENABLED(FEATURE_INDEX_WRITER) && indexing->writer == INDEX_OWN)
		return write_own(s, present, indexing);
	if (indexing->verbose)
		printf("# indexes: made by %s\n",
		       indexing->writer == INDEX_DEPMOD ? indexing->depmod : "nobody");
	return indexing->writer == INDEX_DEPMOD ? run_depmod(s, present, indexing) : 0;
}

static int finish(struct sink *s, const struct indexing *indexing)
{
	struct present present;
	const char *lost;
	int result = -1;

	if (present_scan(&present, s->dest, s->top, s->shown, s->fd, s->locked) < 0)
		return -1;
	lost = present_mark(&present, s->plan);
	if (lost)
		error(STATUS_IO,
		      "%s/%s: depmod does not look there: no indexes were made", s->shown,
		      lost);
	else if (write_order(s, &present) == 0 &&
		 write_indexes(s, &present, indexing) == 0)
		result = remove_superseded(s, &present);
	present_free(&present);
	return result;
}

int dest_write(const struct plan *plan, const struct rootfs *source,
	       const struct rootfs *dest, const struct indexing *indexing)
{
	struct sink s = {
		.plan = plan, .source = source, .dest = dest, .fd = -1, .dir_fd = -1
	};
	int result = -1;

	s.top = xasprintf("%s/%s", plan->module_dir, plan->version);
	s.shown = show(dest, s.top);
	if (open_top(&s) == 0 && copy_all(&s) == 0)
		result = finish(&s, indexing);
	close_fd(&s.dir_fd);
	close_fd(&s.fd);
	free(s.dir);
	free(s.shown);
	free(s.top);
	return result;
}
