// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Opening one kernel's module directory.
 *
 * With depmod's indexes, modules are looked up by name on demand. Without them (an
 * extracted kernel package has none) the directory is walked for the names, and a module
 * is read when its .modinfo is needed.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/message.h"
#include "base/path.h"
#include "config.h"
#include "module/names.h"
#include "tree/modload.h"
#include "tree/modopen.h"
#include "tree/modscan.h"
#include "tree/overlay.h"
#include "tree/record.h"
#include "tree/refresh.h"
#include "tree/supply.h"

const char *const module_dirs[N_MODULE_DIRS] = { "usr/lib/modules", "lib/modules" };

/* Whether a name in a directory shows that it is a kernel's; any: a module is enough. */
static bool is_sign(const char *name, bool any)
{
	return strcmp(name, "modules.builtin") == 0 ||
	       strcmp(name, "modules.order") == 0 || strcmp(name, "kernel") == 0 ||
	       (any && (module_stem(name) || strcmp(name, "modules.dep") == 0));
}

/* Whether a directory is a kernel's.  Returns 1, 0, or -1 (reported). */
static int is_kernel(const struct rootfs *root, const char *dir, bool any)
{
	struct arena arena = { 0 };
	struct string_list names;
	int found = 0;

	if (rootfs_list(&names, &arena, root, dir) < 0)
		found = rootfs_unless_absent(root, dir);
	for (size_t i = 0; i < names.n && !found; i++)
		found = is_sign(names.items[i], any);
	string_list_free(&names);
	arena_free(&arena);
	return found;
}

/* Add those subdirectories of dir that are kernels.  Returns 0, or -1 (reported). */
static int add_versions(struct string_list *versions, struct arena *arena,
			const struct rootfs *root, const char *dir, bool any)
{
	struct string_list names;
	int result = 0;

	if (rootfs_list(&names, arena, root, dir) < 0)
		result = rootfs_unless_absent(root, dir);
	for (size_t i = 0; result >= 0 && i < names.n; i++) {
		CLEANUP_FREE char *path = path_join(dir, names.items[i]);

		result = is_kernel(root, path, any);
		if (result > 0 && !string_list_has(versions, names.items[i]))
			string_list_add(versions, names.items[i]);
	}
	string_list_free(&names);
	return result < 0 ? -1 : 0;
}

/*
 * Find a link that keeps us from a path in one of n directories.  The caller frees the
 * text.
 */
static char *find_lost(const struct rootfs *root, const char *const *dirs, size_t n,
		       const char *name)
{
	char *lost = NULL;

	for (size_t i = 0; ENABLED(FEATURE_HINTS) && i < n && !lost; i++) {
		CLEANUP_FREE char *path = path_join(dirs[i], name);

		lost = rootfs_lost_link(root, path, "SOURCE");
	}
	return lost;
}

static const char flat_advice[] =
	", but modules in no version's directory; use --kernel-version=.";

/* Find the first of n directories that has modules in it itself; or NULL. */
static const char *find_flat(const struct rootfs *root, const char *const *dirs, size_t n)
{
	for (size_t i = 0; ENABLED(FEATURE_PLACE) && i < n; i++)
		if (is_kernel(root, dirs[i], true) > 0)
			return dirs[i];
	return NULL;
}

int modtree_versions(struct string_list *versions, struct arena *arena,
		     const struct rootfs *root, const char *module_dir)
{
	const char *const *dirs = module_dir ? &module_dir : module_dirs;
	size_t n = module_dir ? 1 : N_MODULE_DIRS, i;
	CLEANUP_FREE char *lost = NULL;
	const char *flat;

	*versions = (struct string_list){ 0 };
	root = rootfs_base(root);
	for (i = 0; i < n; i++)
		if (add_versions(versions, arena, root, dirs[i], false) < 0)
			return -1;
	flat = versions->n ? NULL : find_flat(root, dirs, n);
	for (i = 0; ENABLED(FEATURE_PLACE) && i < n && !versions->n && !flat; i++)
		if (add_versions(versions, arena, root, dirs[i], true) < 0)
			return -1;
	if (versions->n)
		return 0;
	lost = find_lost(root, dirs, n, "");
	if (lost)
		error(STATUS_SOURCE, "%s", lost);
	else if (flat)
		error(STATUS_SOURCE, "%s/%s has no kernel%s", root->path, flat,
		      flat_advice);
	else
		error(STATUS_SOURCE,
		      "%s/%s has no kernel; give the directory of kernels with "
		      "--module-dir",
		      root->path, dirs[0]);
	return -1;
}

/* Join the versions for a message; "" if there are none. */
static const char *join_versions(struct arena *arena, const struct string_list *names)
{
	const char *list = "";

	for (size_t i = 0; i < names->n; i++)
		list = arena_printf(arena, "%s%s%s", list, i ? ", " : "",
				    names->items[i]);
	return list;
}

const char *modtree_only_version(struct arena *arena, const struct rootfs *root,
				 const char *module_dir)
{
	struct string_list versions;
	const char *only = NULL;

	if (modtree_versions(&versions, arena, root, module_dir) == 0) {
		if (versions.n == 1)
			only = versions.items[0];
		else
			error(STATUS_SOURCE,
			      "%s has several kernels; choose one with --kernel-version: %s",
			      root->path, join_versions(arena, &versions));
	}
	string_list_free(&versions);
	return only;
}

/* List the directories in module_dir for a message; "" if there are none. */
static const char *list_versions(struct arena *arena, const struct rootfs *root,
				 const char *module_dir)
{
	struct string_list names;
	const char *list;
	size_t i, n = 0;

	rootfs_list(&names, arena, root, module_dir);
	for (i = 0; i < names.n; i++) {
		CLEANUP_FREE char *path = path_join(module_dir, names.items[i]);

		if (rootfs_is_directory(root, path) > 0)
			names.items[n++] = names.items[i];
	}
	names.n = n;
	list = join_versions(arena, &names);
	string_list_free(&names);
	return list;
}

static void report_no_version(struct modtree *tree, const char *module_dir)
{
	const char *const *dirs = module_dir ? &module_dir : module_dirs;
	const struct rootfs *root = rootfs_base(tree->root);
	size_t n = module_dir ? 1 : N_MODULE_DIRS;
	CLEANUP_FREE char *lost = find_lost(root, dirs, n, tree->version);
	const char *flat = find_flat(root, dirs, n), *versions = "";

	if (lost) {
		error(STATUS_SOURCE, "%s", lost);
		return;
	}
	if (ENABLED(FEATURE_PLACE) && strcmp(tree->version, ".") == 0) {
		error(STATUS_SOURCE, "%s/%s is not a directory", tree->root->path,
		      dirs[0]);
		return;
	}
	module_dir = dirs[0];
	for (size_t i = 0; ENABLED(FEATURE_HINTS) && i < n && !*versions; i++) {
		module_dir = dirs[i];
		versions = list_versions(&tree->arena, root, module_dir);
	}
	if (flat)
		error(STATUS_SOURCE, "%s/%s has no kernel version %s%s", tree->root->path,
		      flat, tree->version, flat_advice);
	else
		error(STATUS_SOURCE, "%s/%s has no kernel version %s%s%s",
		      tree->root->path, module_dir, tree->version,
		      *versions ? "; choose one with --kernel-version: " :
		      !ENABLED(FEATURE_HINTS) ?
				  "" :
				  ", nor any other; give its directory with --module-dir",
		      versions);
}

/* Find the module directory.  Returns 0, or -1, reported. */
static int find_directory(struct modtree *tree, const struct modtree_options *options)
{
	const char *given = options->module_dir;
	const char *module_dir = given ? path_trim(&tree->arena, given) : NULL;
	const char *const *dirs = module_dir ? &module_dir : module_dirs;
	bool flat = ENABLED(FEATURE_PLACE) && strcmp(tree->version, ".") == 0;
	size_t n = module_dir ? 1 : N_MODULE_DIRS, i;
	int found = 0;

	for (i = 0; i < n && !found; i++) {
		tree->dir = flat ? dirs[i] :
				   arena_join(&tree->arena, dirs[i], tree->version);
		found = rootfs_is_directory(rootfs_base(tree->root), tree->dir);
	}
	if (found < 0)
		error(source_status(errno), "cannot open %s/%s: %m", tree->root->path,
		      tree->dir);
	else if (!found)
		report_no_version(tree, module_dir);
	if (found <= 0)
		return -1;
	tree->module_dir = arena_strdup(&tree->arena, dirs[i - 1]);
	if (flat && options->as_version)
		tree->version = arena_strdup(&tree->arena, options->as_version);
	if (i > 1)
		tree->fallback = arena_printf(&tree->arena, "%s has no %s: using %s",
					      dirs[0], tree->version, tree->module_dir);
	return 0;
}

/* Whether a module is not in the indexes, or they have another file of its name. */
static int check_found(struct modtree *tree, const char *path,
		       const struct walk_entry *entry, void *context)
{
	struct arena names = { 0 };
	struct module *module;
	int result = modtree_find(tree, module_name(&names, path), &module);
	bool *unknown = context;

	/* Overlays' modules are known. */
	if (result == 0 && !tree->walking &&
	    (!module || (!module->root && strcmp(module->path, path) != 0)))
		*unknown = true;
	(void)entry;
	arena_free(&names);
	return result;
}

/*
 * Modules added to updates/ or extra/ after depmod ran are not in the index; they can be
 * preferred to others. These directories are small, so checking them is cheap.
 */
static int check_additions(struct modtree *tree)
{
	bool unknown = false;

	if (modwalk(tree, "updates", check_found, &unknown) < 0 ||
	    modwalk(tree, "extra", check_found, &unknown) < 0)
		return -1;
	return unknown ? modtree_refresh(tree) : 0;
}

static int open_names(struct modtree *tree)
{
	const struct rootfs *base = rootfs_base(tree->root);
	int result = modindex_open(&tree->index, base, tree->dir);

	if (result < 0)
		return -1;
	tree->indexed = result > 0;
	tree->kmod30 = tree->index.dep.data && !trie_root_first(&tree->index.dep);
	if (tree->indexed && ENABLED(FEATURE_OVERLAY) && overlay_add(tree) < 0)
		return -1;
	if (tree->indexed)
		return check_additions(tree);
	return modscan_alone(tree);
}

/* Warn of files of the module directory that links keep us from; builtin.c knows others. */
static void warn_of_lost(const struct modtree *tree)
{
	static const char *const names[] = { "modules.dep.bin", "modules.alias.bin",
					     "modules.softdep", "modules.order" };

	for (size_t i = 0; ENABLED(FEATURE_HINTS) && i < sizeof(names) / sizeof(*names);
	     i++) {
		CLEANUP_FREE char *lost = NULL;
		CLEANUP_FREE char *path = path_join(tree->dir, names[i]);
		CLEANUP_FD int fd = rootfs_openat(rootfs_base(tree->root), path, O_PATH);

		if (fd < 0 && errno == ENOENT)
			lost = rootfs_lost_link(rootfs_base(tree->root), path, "SOURCE");
		if (lost)
			warning("%s", lost);
	}
}

int modtree_open(struct modtree *tree, const struct rootfs *root, const char *version,
		 const struct modtree_options *options)
{
	*tree = (struct modtree){ .root = root,
				  .max_module_size = options->max_module_size };
	/* The times of a copy's files tell nothing. */
	if (ENABLED(FEATURE_ARCHIVE_SOURCE))
		tree->moved = root->unpacked;
	tree->version = arena_strdup(&tree->arena, version);
	if (find_directory(tree, options) < 0 ||
	    builtins_read(&tree->builtins, rootfs_base(root), tree->dir,
			  options->needs_builtin) < 0 ||
	    depconf_read(&tree->depconf, root, tree->version) < 0)
		return -1;
	if (!options->no_config && modconf_read(&tree->conf, root, options->config_dirs,
						options->n_config_dirs) < 0)
		return -1;
	warn_of_lost(tree);
	return open_names(tree);
}

void modtree_forget(struct modtree *tree)
{
	struct module *module, *next;

	HASH_ITER(hh, tree->modules, module, next) {
		module->loaded = module->info_loaded = false;
		module->info = (struct modinfo){ 0 };
		module->symbols = NULL;
		module->facts = NULL;
		module->recorded = NULL;
		module->stamp = NULL;
	}
	supply_forget(tree);
	aliases_free(&tree->aliases);
	tree->aliases_read = false;
	loader_free(tree->loader);
	tree->loader = NULL;
}

void modtree_close(struct modtree *tree)
{
	HASH_CLEAR(hh, tree->modules);
	HASH_CLEAR(hh, tree->fileless);
	aliases_free(&tree->aliases);
	supply_forget(tree);
	loader_free(tree->loader);
	if (ENABLED(FEATURE_RECORD))
		record_free(tree->record);
	modindex_close(&tree->index);
	builtins_free(&tree->builtins);
	depconf_free(&tree->depconf);
	modconf_free(&tree->conf);
	arena_free(&tree->arena);
	*tree = (struct modtree){ 0 };
}
