// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Walk the directories that a kernel's modules are in: the module directory, depmod.d's
 * external ones, and the same in each overlay. Links are resolved inside their root;
 * depmod.d's exclude lines hold.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/message.h"
#include "config.h"
#include "module/names.h"
#include "tree/modwalk.h"

enum {
	MAX_PATH = 4096,
	/*
	 * Limit of entries seen through directory links. Like depmod, we take such a
	 * directory's modules by every path that leads to them, so links to directories
	 * of links double the number at each level.
	 */
	MAX_LINKED = 200000,
};

struct scan {
	struct modtree *tree;
	const struct rootfs *root; /* the one being walked */
	const struct walk_calls *calls;
	modwalk_found *found;
	void *context; /* of found */
	size_t linked; /* entries seen through directory links so far */
};

void modwalk_warn_skipped(const char *root, const char *path)
{
	warning("%s/%s: skipped: an index cannot hold this path", root, path);
}

static int cannot_read(void *context, const char *where)
{
	const struct scan *s = context;
	const struct modtree *tree = s->tree;
	int saved = errno;
	CLEANUP_FREE char *path = modtree_path(tree, where);

	errno = saved;
	error(STATUS_IO, "cannot read %s/%s: %m", s->root->path, path);
	return -1;
}

static int see(void *context, const struct walk_entry *entry)
{
	struct scan *s = context;

	if (entry->dir->linked && s->linked++ == MAX_LINKED) {
		error(STATUS_IO,
		      "%s/%s: more than %d files behind links to directories; remove some "
		      "links, such as %s",
		      s->root->path, s->tree->dir, MAX_LINKED, entry->path);
		return -1;
	}
	if (depconf_excludes(&s->tree->depconf, entry->name))
		return 0;
	if (strlen(entry->path) < MAX_PATH)
		return 1;
	errno = ENAMETOOLONG;
	return cannot_read(s, entry->path);
}

static int take_file(void *context, struct walk_entry *entry)
{
	struct scan *s = context;

	if (!module_stem(entry->name))
		return 0;
	if (is_unlistable(entry->path)) {
		CLEANUP_FREE char *path = modtree_path(s->tree, entry->path);

		modwalk_warn_skipped(s->root->path, path);
		return 0;
	}
	return s->found(s->tree, entry->path, entry, s->context);
}

/* A link to a directory on the way to it makes a cycle. */
static int enter(void *context, struct walk_entry *entry)
{
	struct stat above;

	(void)context;
	for (const struct walk_dir *dir = entry->dir; dir && entry->target >= 0;
	     dir = dir->parent)
		if (fstat(dir->fd, &above) == 0 && above.st_dev == entry->st.st_dev &&
		    above.st_ino == entry->st.st_ino)
			return 0;
	return 1;
}

static void warn_lost(void *context, const struct walk_entry *entry)
{
	const struct scan *s = context;
	const struct modtree *tree = s->tree;
	CLEANUP_FREE char *path = NULL, *lost = NULL;

	if (!ENABLED(DEPMOD) || !tree->warns_lost)
		return;
	path = modtree_path(tree, entry->path);
	lost = rootfs_lost_link(s->root, path, "the root");
	if (lost)
		warning("%s; skipped", lost);
	else
		warning("%s/%s: a link that leads nowhere; skipped", s->root->path, path);
}

/* Walk a directory of the current root, open as fd or -1 with errno set. */
static int walk_opened(struct scan *s, const char *path, const char *sub, int fd)
{
	if (fd >= 0)
		return walk(s->root, path, sub, fd, s->calls, s);
	return errno == ENOENT || errno == ENOTDIR ? 0 : cannot_read(s, sub);
}

static int open_directory(const struct rootfs *root, const char *path)
{
	return rootfs_open_single(root, path, O_RDONLY | O_DIRECTORY);
}

/* Walk a directory of overlay number i: the one below lib and the one below usr/lib. */
static int walk_overlay(struct scan *s, size_t i, const char *path, const char *sub)
{
	const struct rootset *set = s->tree->root->set;
	CLEANUP_FREE char *other = rootset_alike(path);
	struct stat a, b;
	int fd, result;

	s->root = &set->roots[i];
	s->tree->walking = i;
	fd = open_directory(s->root, path);
	if (fd >= 0)
		set->used[i] = true;
	if (fd < 0 || fstat(fd, &a) < 0)
		a = (struct stat){ 0 };
	result = walk_opened(s, path, sub, fd);
	if (result < 0 || !other)
		return result;
	fd = open_directory(s->root, other);
	if (fd >= 0)
		set->used[i] = true;
	if (fd >= 0 && fstat(fd, &b) == 0 && a.st_dev == b.st_dev &&
	    a.st_ino == b.st_ino) {
		close_fd(&fd);
		return 0;
	}
	return walk_opened(s, other, sub, fd);
}

static int walk_overlays(struct scan *s, const char *path, const char *sub)
{
	const struct rootfs *root = s->tree->root;
	int result = 0;

	if (!root->merged)
		return 0;
	for (size_t i = 1; result == 0 && i < root->set->n; i++)
		result = walk_overlay(s, i, path, sub);
	s->tree->walking = 0;
	return result;
}

/* Walk a directory of SOURCE, and then of each overlay. */
static int walk_roots(struct scan *s, const char *sub)
{
	CLEANUP_FREE char *path = modtree_path(s->tree, sub);
	int result;

	if (strlen(sub) >= MAX_PATH)
		return 0; /* too long to exist */
	s->root = rootfs_base(s->tree->root);
	result = walk_opened(s, path, sub, open_directory(s->root, path));
	return result < 0 || !ENABLED(FEATURE_OVERLAY) ? result :
							 walk_overlays(s, path, sub);
}

static const struct walk_calls find_files = { see, take_file, enter, cannot_read,
					      warn_lost };

int modwalk(struct modtree *tree, const char *sub, modwalk_found *found, void *context)
{
	struct scan s = {
		.tree = tree, .calls = &find_files, .found = found, .context = context
	};

	return walk_roots(&s, sub);
}

int modwalk_all(struct modtree *tree, modwalk_found *found, void *context)
{
	int result = modwalk(tree, "", found, context);

	for (size_t i = 0;
	     ENABLED(FEATURE_EXTERNAL) && i < tree->depconf.n_externals && result == 0;
	     i++)
		result = modwalk(tree, tree->depconf.externals[i], found, context);
	return result;
}

/* Walk a directory, "" or an external one, in all overlays. */
static int walk_in_overlays(struct modtree *tree, const char *sub, modwalk_found *found,
			    void *context)
{
	struct scan s = {
		.tree = tree, .calls = &find_files, .found = found, .context = context
	};
	CLEANUP_FREE char *path = modtree_path(tree, sub);

	return walk_overlays(&s, path, sub);
}

int modwalk_overlays(struct modtree *tree, modwalk_found *found, void *context)
{
	int result = walk_in_overlays(tree, "", found, context);

	for (size_t i = 0;
	     ENABLED(FEATURE_EXTERNAL) && i < tree->depconf.n_externals && result == 0;
	     i++)
		result = walk_in_overlays(tree, tree->depconf.externals[i], found,
					  context);
	return result;
}

/* A search for links that cannot be followed. */
struct lost {
	const char *name;	  /* the module that is missing */
	char *module, *directory; /* a link of that name; one that may be a directory's */
};

/* Note a link that lies in the module directory itself, until the module's is found. */
static int see_lost(void *context, const struct walk_entry *entry)
{
	struct scan *s = context;
	struct lost *lost = s->context;
	bool is_module = module_stem(entry->name) > 0;
	char **to = is_module ? &lost->module : &lost->directory;
	int result = !lost->module && !entry->dir->linked &&
		     !depconf_excludes(&s->tree->depconf, entry->name);
	struct arena arena = { 0 };

	if (result > 0 && entry->type == DT_LNK && !*to &&
	    (!is_module || strcmp(module_name(&arena, entry->name), lost->name) == 0)) {
		CLEANUP_FREE char *path = modtree_path(s->tree, entry->path);

		*to = rootfs_lost_link(s->root, path, "SOURCE");
		result = !*to;
	}
	arena_free(&arena);
	return result;
}

static int pass_file(void *context, struct walk_entry *entry)
{
	(void)context, (void)entry;
	return 0;
}

static int pass_failure(void *context, const char *path)
{
	(void)context, (void)path;
	return -1;
}

char *modwalk_lost_link(struct modtree *tree, const char *name)
{
	static const struct walk_calls calls = { see_lost, pass_file, enter,
						 pass_failure };
	struct lost lost = { .name = name };
	struct scan s = { .tree = tree, .calls = &calls, .context = &lost };

	walk_roots(&s, "");
	if (!lost.module)
		return lost.directory;
	free(lost.directory);
	return lost.module;
}
