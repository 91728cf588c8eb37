// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Write a list of files into a directory, DEST.
 *
 * destdir.c opens each directory; files are then written by name, replacing any link of
 * that name.  Modules are written on all cores: copying one is half system calls to
 * create the file and half memory copies.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "base/path.h"
#include "base/util.h"
#include "base/workers.h"
#include "config.h"
#include "copy/dest.h"
#include "copy/destdir.h"
#include "copy/external.h"
#include "copy/source.h"
#include "copy/superseded.h"
#include "fs/copy.h"
#include "fs/samefile.h"
#include "index/buildindex.h"
#include "index/installed.h"
#include "index/run_depmod.h"
#include "module/names.h"
#include "order/order.h"

/* Files per unit of work: neighbours often share a directory. */
enum { SHARE = 16 };

struct sink {
	const struct filelist *list;
	size_t kernel;
	const struct modtree *tree;
	const char *top; /* the module directory in DEST */
	struct destdir dirs;
	char *label; /* names DEST's module directory in messages */
	int fd;	     /* that directory, locked */
	bool locked;
	struct installed installed;
	bool known; /* installed lists DEST's files, except those that the list adds */
	struct externals externals;
	atomic_bool failed;
};

/* Wait for other runs that write here. s->fd may be -1 with errno set. */
static int lock(struct sink *s)
{
	while (s->fd < 0 || flock(s->fd, LOCK_EX) < 0) {
		if (interrupted())
			return -1;
		if (s->fd >= 0 && errno == EINTR)
			continue;
		/* NFS cannot lock directories open for reading. */
		warning("cannot lock %s: %m; make sure that nothing else writes there",
			s->label);
		return 0;
	}
	s->locked = true;
	return 0;
}

static int scan(struct sink *s)
{
	return installed_scan(&s->installed, s->dirs.dest, s->top, s->label, s->fd,
			      s->locked);
}

/*
 * Remove leftovers of killed runs before their space is needed, and record DEST's
 * files.
 */
static int clean(struct sink *s)
{
	if (!s->locked) /* unlocked, other runs may add files meanwhile */
		return 0;
	if (scan(s) < 0)
		return -1;
	s->known = !s->installed.linked;
	if (!s->known)
		installed_free(&s->installed);
	return 0;
}

static int open_top(struct sink *s)
{
	s->fd = destdir_open(&s->dirs, s->top);
	return s->fd < 0 || lock(s) < 0 ? -1 : clean(s);
}

/* Write one file into its directory in DEST. */
static int dest_put(void *context, const struct source_file *c)
{
	struct destdir *dirs = context;
	const struct file_entry *file = c->file;
	CLEANUP_FREE char *label = rootfs_show(dirs->dest, file->path);
	const char *name = path_base(file->path);
	int dir = destdir_enter(dirs, file->path);

	if (dir < 0)
		return -1;
	/* A second run writes nothing that is there already. */
	if (ENABLED(FEATURE_COMPARE) && c->fd >= 0 &&
	    is_same_file(c->fd, &c->attrs, c->data, c->size, dir, name))
		return 0;
	if (c->data)
		return copy_data(c->data, c->size, c->fd >= 0 ? &c->attrs : NULL, c->fd,
				 dir, name, label);
	if (c->fd >= 0)
		return copy_file(c->fd, c->label, dir, name, label, true);
	return copy_link(file->data, dir, name, label);
}

static void *begin_share(void *context)
{
	const struct sink *s = context;
	struct destdir *own = xmalloc(sizeof(*own));

	*own = s->dirs;
	return own;
}

static void end_share(void *worker)
{
	destdir_close(worker);
	free(worker);
}

/* Write the kernel's files in [first, end) that are transcoded, or those that are not. */
static void put_some(struct sink *s, struct destdir *dirs, size_t first, size_t end,
		     bool transcoded)
{
	const struct filelist *list = s->list;
	size_t i;

	for (i = first; i < end && i < list->n && !atomic_load(&s->failed); i++)
		if (list->items[i].kernel == s->kernel &&
		    (list->items[i].transcoded > 0) == transcoded &&
		    filelist_visit(list, &list->items[i], s->tree->root, dest_put, dirs) <
			    0)
			atomic_store(&s->failed, true);
}

static void put_share(void *worker, size_t share, void *context)
{
	put_some(context, worker, share * SHARE, (share + 1) * SHARE, false);
}

/* Transcoding already uses all cores, so write its results one by one. */
static int put_all(struct sink *s)
{
	const struct work work = { (s->list->n + SHARE - 1) / SHARE, begin_share,
				   put_share, end_share, s };

	message_only_first(true);
	workers_run(&work);
	message_only_first(false);
	put_some(s, &s->dirs, 0, s->list->n, true);
	return s->failed ? -1 : 0;
}

/* Record the files of DEST's module directory, including the list's, now in place. */
static int look_below(struct sink *s)
{
	const char **paths;
	size_t i, n = 0;

	if (!s->known)
		return scan(s);
	paths = xcalloc(s->list->n, sizeof(*paths));
	for (i = 0; i < s->list->n; i++) {
		const char *path = s->list->items[i].path;

		if (s->list->items[i].kernel != s->kernel ||
		    !module_stem(path_base(path)))
			continue;
		path = module_split(&s->installed.arena, s->top, path);
		if (!is_external(path))
			paths[n++] = path;
	}
	installed_add(&s->installed, s->fd, paths, n);
	free(paths);
	return 0;
}

/* Record DEST's files. */
static int look(struct sink *s)
{
	struct externals *externals = &s->externals;

	if (look_below(s) < 0)
		return -1;
	if (!ENABLED(FEATURE_EXTERNAL))
		return 0;
	if (externals_find(externals, s->list, s->kernel, s->dirs.dest, s->top) < 0)
		return -1;
	if (externals->paths.n)
		installed_add(&s->installed, -1, externals->paths.items,
			      externals->paths.n);
	return 0;
}

static int write_order(struct sink *s)
{
	const struct installed *installed = &s->installed;
	CLEANUP_FREE char *from = path_join(s->tree->dir, "modules.order");
	CLEANUP_FREE char *to = path_join(s->top, "modules.order");
	CLEANUP_FREE char *label = rootfs_show(s->dirs.dest, to);
	CLEANUP_FREE char *source = NULL, *old = NULL, *text = NULL;
	CLEANUP_FREE const char **modules = NULL;
	size_t source_size = 0, old_size = 0, size, i;
	struct stat attrs, unused;

	if (rootfs_read_optional(rootfs_base(s->dirs.source), from, &source, &source_size,
				 &attrs) < 0 ||
	    rootfs_read_optional(s->dirs.dest, to, &old, &old_size, &unused) < 0)
		return -1;
	if (!source && !old)
		return 0;
	modules = xcalloc(installed->n, sizeof(*modules));
	for (i = 0; i < installed->n; i++)
		modules[i] = installed->files[i].path;
	text = order_cut((struct order_text){ source, source_size },
			 (struct order_text){ old, old_size }, modules, installed->n,
			 &size);
	return copy_data(text, size, source ? &attrs : NULL, -1, s->fd, "modules.order",
			 label);
}

static int index_by_depmod(const struct sink *s, const struct index_job *index_job)
{
	const struct depmod_target target = { .installed = &s->installed,
					      .module_dir = s->fd,
					      .version = s->tree->version,
					      .label = s->label,
					      .conf = &index_job->tree->depconf.files };

	return run_depmod(index_job->depmod, &target);
}

static int index_ourselves(const struct sink *s, const struct index_job *index_job)
{
	const struct index_target target = { .dest = s->dirs.dest,
					     .top = s->top,
					     .label = s->label,
					     .fd = s->fd,
					     .installed = &s->installed,
					     .source = index_job->tree,
					     .verbose = index_job->verbose };

	return build_index(&target);
}

/* depmod(8) looks for external modules on the host, not in DEST. */
static enum index_writer choose_writer(const struct index_job *index_job,
				       const struct externals *externals)
{
	if (!ENABLED(FEATURE_EXTERNAL) || index_job->writer != INDEX_EITHER)
		return index_job->writer;
	return externals->paths.n ? INDEX_OWN : INDEX_DEPMOD;
}

static int write_indexes(const struct sink *s, const struct index_job *index_job)
{
	enum index_writer writer = choose_writer(index_job, &s->externals);

	if (ENABLED(FEATURE_INDEX_WRITER) && writer == INDEX_OWN)
		return index_ourselves(s, index_job);
	if (index_job->verbose)
		printf("# indexes: made by %s\n",
		       writer == INDEX_DEPMOD ? index_job->depmod : "nobody");
	return writer == INDEX_DEPMOD ? index_by_depmod(s, index_job) : 0;
}

static int finish(struct sink *s, const struct index_job *index_job)
{
	const char *lost;

	if (look(s) < 0)
		return -1;
	lost = superseded_mark(&s->installed, s->list, s->kernel, s->top);
	if (lost) {
		error(STATUS_IO,
		      "%s/%s: depmod does not search there; no indexes were made",
		      s->label, lost);
		return -1;
	}
	if (index_job->writer != INDEX_NOTHING && write_order(s) < 0)
		return -1;
	if (write_indexes(s, index_job) < 0)
		return -1;
	return superseded_remove(&s->installed, &s->dirs, s->top);
}

int dest_check_externals(const struct filelist *list, size_t kernel,
			 const struct rootfs *dest, const struct index_job *index_job)
{
	struct externals externals;
	int result = externals_find(&externals, list, kernel, dest, index_job->dest_dir);

	externals_warn_of_lib(list, kernel, dest, index_job->dest_dir);
	if (result == 0 && externals.paths.n &&
	    choose_writer(index_job, &externals) == INDEX_DEPMOD) {
		error(STATUS_IO,
		      "%s is in an external directory, and depmod(8) would not find it in "
		      "DEST: use --depmod=builtin",
		      externals.paths.items[0]);
		result = -1;
	}
	externals_free(&externals);
	return result;
}

int dest_check(const struct rootfs *dest, const struct index_job *index_job)
{
	const struct modtree *tree = index_job->tree;
	CLEANUP_FREE char *from = path_join(tree->dir, "modules.order");
	CLEANUP_FREE char *to = path_join(index_job->dest_dir, "modules.order");
	struct stat unused;
	CLEANUP_FD int source =
		rootfs_open_optional(rootfs_base(tree->root), from, &unused);
	CLEANUP_FD int old = dest ? rootfs_open_optional(dest, to, &unused) : ROOTFS_NONE;

	if (index_job->writer != INDEX_NOTHING && (source == -1 || old == -1))
		return -1;
	return index_job->writer >= INDEX_DEPMOD ? run_depmod_check(tree->version) : 0;
}

int dest_write_kernel(const struct filelist *list, size_t kernel,
		      const struct rootfs *dest, const struct index_job *index_job)
{
	const struct modtree *tree = index_job->tree;
	struct sink s = {
		.list = list,
		.kernel = kernel,
		.tree = tree,
		.top = index_job->dest_dir,
		.dirs = { tree->root, dest, index_job->dest_module_dir,
			  index_job->dest_dir, tree->dir, NULL, -1, false },
		.fd = -1,
	};
	int result = -1;

	s.label = rootfs_show(dest, s.top);
	if (open_top(&s) == 0 && put_all(&s) == 0)
		result = finish(&s, index_job);
	installed_free(&s.installed);
	if (ENABLED(FEATURE_EXTERNAL))
		externals_free(&s.externals);
	destdir_close(&s.dirs);
	close_fd(&s.fd);
	free(s.label);
	return result;
}

/* Whether the list has a file without a kernel; with this path, unless it is NULL. */
static bool has_shared(const struct filelist *list, const char *path)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (list->items[i].kernel == NO_KERNEL &&
		    (!path || strcmp(list->items[i].path, path) == 0))
			return true;
	return false;
}

/* Whether a path in DEST leads to a regular file. */
static bool is_file(const struct rootfs *dest, const char *path)
{
	CLEANUP_FD int fd = rootfs_openat(dest, path, O_PATH);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/*
 * Remove files that the kernel might load in place of firmware of the list, or of a
 * link to it.
 */
static int remove_stale(struct sink *s, const struct file_entry *file)
{
	size_t stem = file->as_is ? strlen(file->path) : firmware_stem(file->path), i;
	int dir;

	if (!is_file(s->dirs.dest, file->path))
		return 0; /* a link to a directory */
	dir = destdir_enter(&s->dirs, file->path);
	for (i = 0; dir >= 0 && i < FIRMWARE_SUFFIXES; i++) {
		CLEANUP_FREE char *path =
			xasprintf("%.*s%s", (int)stem, file->path, firmware_suffixes[i]);
		CLEANUP_FREE char *label = NULL;

		if (strcmp(path, file->path) == 0 ||
		    faccessat(dir, path_base(path), F_OK, AT_SYMLINK_NOFOLLOW) < 0 ||
		    has_shared(s->list, path) || unlinkat(dir, path_base(path), 0) == 0 ||
		    errno == ENOENT)
			continue;
		label = rootfs_show(s->dirs.dest, path);
		error(STATUS_IO, "cannot remove %s, which a new file replaces: %m",
		      label);
		return -1;
	}
	return dir < 0 ? -1 : 0;
}

/* Lock DEST itself, for files outside module directories. */
static int lock_dest(struct sink *s)
{
	s->fd = rootfs_openat(s->dirs.dest, "", O_RDONLY | O_DIRECTORY);
	s->label = s->dirs.dest->path;
	if (lock(s) < 0)
		return -1;
	s->dirs.sweep = s->locked;
	return 0;
}

int dest_write_shared(const struct filelist *list, const struct rootfs *source,
		      const struct rootfs *dest,
		      int (*locked)(void *context, const struct rootfs *dest),
		      void *context)
{
	struct sink s = {
		.list = list,
		.dirs = { source, dest, "", NULL, NULL, NULL, -1, false },
		.fd = -1,
	};
	int result = -1;
	size_t i;

	if (!(ENABLED(FEATURE_FIRMWARE) || ENABLED(FEATURE_CONFIG)) ||
	    !has_shared(list, NULL))
		return 0;
	if (lock_dest(&s) == 0 && locked(context, dest) == 0)
		result = filelist_each(list, NO_KERNEL, source, dest_put, &s.dirs);
	for (i = 0; ENABLED(FEATURE_FIRMWARE) && i < list->n && result == 0; i++)
		/* Configuration is generated; shared files from SOURCE are firmware. */
		if (list->items[i].kernel == NO_KERNEL && list->items[i].from)
			result = remove_stale(&s, &list->items[i]);
	destdir_close(&s.dirs);
	close_fd(&s.fd);
	return result;
}
