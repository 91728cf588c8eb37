// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Indexes that are older than their modules: a package or a build added or replaced
 * modules, and depmod did not run after it.
 *
 * The indexes stay in use; the modules that they do not cover are read, and looked up
 * beside them.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/message.h"
#include "config.h"
#include "module/names.h"
#include "tree/modrow.h"
#include "tree/modscan.h"
#include "tree/refresh.h"

enum { SAMPLE = 64 }; /* modules */

struct refresh {
	struct string_list rivals; /* other files of indexed names */
	size_t n, n_newer, n_changed;
	bool lost; /* a rival took the place of an indexed file */
};

static struct module *find(const struct modtree *tree, const char *path)
{
	return modtree_of_path(tree, path, strlen(path));
}

static void set_seen(const struct modtree *tree, struct refresh *r, struct module *module,
		     const struct stat *st)
{
	module->seen = true;
	module->mtime = st->st_mtime;
	module->changed = st->st_ctim;
	r->n++;
	r->n_newer += module->mtime > tree->index.stamp;
	r->n_changed += modtree_is_later(tree, module);
}

/* Note a file that is there. */
static int see_file(struct modtree *tree, const char *path,
		    const struct walk_entry *entry, void *context)
{
	struct refresh *r = context;
	struct module *module = find(tree, path);
	struct stat st;

	if (tree->walking)
		return 0; /* overlays' modules are known, and SOURCE's indexes not theirs */
	if (walk_stat(entry, &st) < 0) {
		CLEANUP_FREE char *full = modtree_path(tree, path);

		return rootfs_unless_absent(tree->root, full);
	}
	if (!module || !module->row) {
		modscan_add(tree, path);
		module = find(tree, path);
	} else if (strcmp(module->path, path) != 0) {
		string_list_add(&r->rivals, arena_strdup(&tree->arena, path));
		return 0;
	}
	if (strcmp(module->path, path) == 0)
		set_seen(tree, r, module, &st);
	return 0;
}

/* Note the files of rows outside the directories that depmod.d names now. */
static void see_externals(struct modtree *tree, struct refresh *r)
{
	struct module *module, *next;
	struct stat st;

	HASH_ITER(hh, tree->modules, module, next) {
		CLEANUP_FREE char *path = NULL;
		CLEANUP_FD int fd = -1;

		if (module->seen || !module->row || !is_external(module->path))
			continue;
		path = modtree_path(tree, module->path);
		fd = rootfs_openat(tree->root, path, O_PATH);
		if (fd >= 0 && fstat(fd, &st) == 0)
			set_seen(tree, r, module, &st);
	}
}

static bool is_gone(const struct module *module)
{
	return module->row && !module->seen;
}

static void drop_row(struct module *module)
{
	module->row = module->err = NULL;
	module->loaded = module->info_loaded = false;
}

/* Take a file in place of the indexed one of its name, if depmod would. */
static void take_rival(struct modtree *tree, struct refresh *r, const char *path)
{
	struct module *module = find(tree, path);

	if (!module->row) {
		modscan_add(tree, path);
	} else if (is_gone(module) ||
		   depconf_compare(&tree->depconf, path, module->path) > 0) {
		module->path = path;
		drop_row(module);
		r->lost = true;
	}
}

/* Return a file that a row names and that is gone, in the tree's arena; or NULL. */
static const char *find_lost(struct modtree *tree, const char *row)
{
	const char *path;
	size_t len;

	while ((len = row_next(&row, &path))) {
		const struct module *module = modtree_of_path(tree, path, len);

		if (module && (is_gone(module) || strlen(module->path) != len ||
			       memcmp(module->path, path, len) != 0))
			return arena_strndup(&tree->arena, path, len);
	}
	return NULL;
}

/* Drop the rows that name files that are gone. */
static void drop_rows(struct modtree *tree)
{
	struct module *module, *next;

	HASH_ITER(hh, tree->modules, module, next)
		if (module->row && !is_gone(module))
			module->lost = find_lost(tree, module->row);
	HASH_ITER(hh, tree->modules, module, next)
		if (module->lost)
			drop_row(module);
}

static void compare(struct modtree *tree, bool lost)
{
	struct module *module, *next;

	HASH_ITER(hh, tree->modules, module, next)
		lost |= is_gone(module);
	if (lost)
		drop_rows(tree);
	HASH_ITER(hh, tree->modules, module, next) {
		tree->gone |= is_gone(module);
		if (is_gone(module))
			HASH_DEL(tree->modules, module);
		else if (module->laid || !modtree_is_uncovered(tree, module))
			continue;
		tree->uncovered = true;
	}
	if (tree->uncovered)
		modtree_sort(tree);
}

/* Whether a row's module is later by its status change time only. */
static bool is_only_changed(const struct modtree *tree, const char *row)
{
	CLEANUP_FREE char *inside = xasprintf("%.*s", (int)strcspn(row, ":"), row);
	CLEANUP_FREE char *path = modtree_path(tree, inside);
	CLEANUP_FD int fd = rootfs_openat(tree->root, path, O_PATH);
	struct stat st;
	struct module module = { 0 };

	if (fd < 0 || fstat(fd, &st) < 0)
		return false;
	module.mtime = st.st_mtime;
	module.changed = st.st_ctim;
	return module.mtime <= tree->index.stamp && modtree_is_later(tree, &module);
}

/*
 * Whether the tree was moved whole, judged by a sample: all of SAMPLE modules, spread
 * over the tree, are later by their status change time and none by its modification time.
 * Then the walk is saved, in every run on a copied tree. Returns 1 or 0, or -1, reported.
 */
static int is_moved(struct modtree *tree)
{
	struct trie_values rows = { 0 };
	int result = modindex_rows(&tree->index, &rows);
	size_t n = rows.n < SAMPLE ? rows.n : SAMPLE, i;

	for (i = 0; result == 0 && i < n; i++)
		if (!is_only_changed(tree, rows.items[i * rows.n / n].text))
			break;
	trie_values_free(&rows);
	return result < 0 ? -1 : i == n;
}

int modtree_refresh_later(struct modtree *tree, const struct module *module)
{
	int moved = 0;

	if (!tree->refreshed && module->mtime <= tree->index.stamp)
		moved = is_moved(tree);
	if (moved < 0)
		return -1;
	tree->moved |= moved;
	return moved ? 0 : modtree_refresh(tree);
}

int modtree_refresh(struct modtree *tree)
{
	struct refresh r = { 0 };
	int result;

	if (tree->refreshed)
		return 0;
	tree->refreshed = true;
	if (!ENABLED(FEATURE_STALE_INDEXES)) {
		tree->uncovered = tree->indexed;
		return modscan_alone(tree);
	}
	result = modtree_all(tree);
	if (result < 0 || !tree->indexed)
		return result;
	result = modwalk_all(tree, see_file, &r);
	if (ENABLED(FEATURE_EXTERNAL))
		see_externals(tree, &r);
	for (size_t i = 0; i < r.rivals.n; i++)
		take_rival(tree, &r, r.rivals.items[i]);
	string_list_free(&r.rivals);
	aliases_free(&tree->aliases);
	tree->aliases_read = false;
	tree->moved |= !r.n_newer && r.n_changed > r.n / 2;
	compare(tree, r.lost);
	return result;
}

void modtree_warn_outdated(struct modtree *tree, const char *reason)
{
	if (!tree->outdated)
		tree->outdated = arena_strdup(&tree->arena, reason);
	if (!tree->outdated_warned)
		warning("%s/%s: stale indexes: %s; run depmod", tree->root->path,
			tree->dir, reason);
	tree->outdated_warned = true;
}
