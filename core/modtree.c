// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One kernel's modules: where they are, what they are called, what a name means.
 *
 * Two sources answer the same questions.  With depmod's indexes, only what is asked
 * for is touched; without (a kernel package as it is extracted has none), the
 * directory is walked for names, and a module is read when its facts are needed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "message.h"
#include "modload.h"
#include "modscan.h"
#include "modtree.h"
#include "names.h"
#include "options.h"

/* Where kernels are, the first that has the version. */
static const char *const default_module_dirs[] = { "usr/lib/modules", "lib/modules" };

static int by_version(const void *a, const void *b)
{
	return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

int modtree_list(struct string_list *names, struct arena *arena,
		 const struct rootfs *root, const char *path)
{
	int fd = rootfs_openat(root, path, O_RDONLY | O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int failure;

	*names = (struct string_list){ 0 };
	if (!dir) {
		close_fd(&fd);
		return -1;
	}
	while ((errno = 0, entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			string_list_add(names, arena_strdup(arena, entry->d_name));
	failure = errno;
	closedir(dir);
	errno = failure;
	if (names->n)
		qsort(names->items, names->n, sizeof(*names->items), by_version);
	return failure ? -1 : 0;
}

char *modtree_path(const struct modtree *tree, const char *path)
{
	return path[0] == '/' ? xstrdup(path + 1) : path_join(tree->dir, path);
}

/* Add the kernels of a directory, which have a modules.builtin. */
static int add_versions(struct string_list *versions, struct arena *arena,
			const struct rootfs *root, const char *dir)
{
	struct string_list names;
	int result = 0;
	size_t i;

	if (modtree_list(&names, arena, root, dir) < 0)
		result = rootfs_unless_absent(root, dir);
	for (i = 0; result == 0 && i < names.n; i++) {
		CLEANUP_FREE char *path =
			xasprintf("%s/%s/modules.builtin", dir, names.items[i]);
		CLEANUP_FD int fd = rootfs_openat(root, path, O_PATH);

		if (fd >= 0)
			string_list_add(versions, names.items[i]);
		else
			result = rootfs_unless_absent(root, path);
	}
	string_list_free(&names);
	return result;
}

int modtree_versions(struct string_list *versions, struct arena *arena,
		     const struct rootfs *root, const char *module_dir)
{
	const char *const *dirs = module_dir ? &module_dir : default_module_dirs;
	size_t n = module_dir ? 1 : 2, i;

	*versions = (struct string_list){ 0 };
	for (i = 0; i < n && !versions->n; i++)
		if (add_versions(versions, arena, root, dirs[i]) < 0)
			return -1;
	if (versions->n)
		return 0;
	error(STATUS_SOURCE,
	      "%s/%s has no kernel: name the directory of kernels with --module-dir",
	      root->path, dirs[0]);
	return -1;
}

/* The versions in module_dir as a message lists them: "" where there are none. */
static const char *list_versions(struct arena *arena, const struct rootfs *root,
				 const char *module_dir)
{
	struct string_list names;
	const char *list = "";
	size_t i;

	modtree_list(&names, arena, root, module_dir);
	for (i = 0; i < names.n; i++)
		list = arena_printf(arena, "%s%s%s", list, i ? ", " : "", names.items[i]);
	string_list_free(&names);
	return list;
}

static void report_no_version(struct modtree *tree, const char *module_dir)
{
	const char *versions = "";
	size_t i;

	if (module_dir) {
		versions = list_versions(&tree->arena, tree->root, module_dir);
	} else {
		for (i = 0; i < 2 && !*versions; i++) {
			module_dir = default_module_dirs[i];
			versions = list_versions(&tree->arena, tree->root, module_dir);
		}
	}
	if (*versions)
		error(STATUS_SOURCE,
		      "%s/%s has no kernel version %s: choose with --kernel-version from: %s",
		      tree->root->path, module_dir, tree->version, versions);
	else
		error(STATUS_SOURCE,
		      "%s/%s has no kernel version %s, nor any other: name its directory with "
		      "--module-dir",
		      tree->root->path, module_dir, tree->version);
}

/* Find the module directory.  Returns 0, or -1, reported. */
static int find_directory(struct modtree *tree, const char *given)
{
	const char *module_dir = given ? path_trim(&tree->arena, given) : NULL;
	const char *const *dirs = module_dir ? &module_dir : default_module_dirs;
	size_t n = module_dir ? 1 : 2, i;
	int found = 0;

	for (i = 0; i < n && !found; i++) {
		tree->dir = arena_join(&tree->arena, dirs[i], tree->version);
		found = rootfs_is_directory(tree->root, tree->dir);
	}
	if (found < 0)
		error(source_status(errno), "cannot open %s/%s: %m", tree->root->path,
		      tree->dir);
	else if (!found)
		report_no_version(tree, module_dir);
	if (found <= 0)
		return -1;
	tree->module_dir = arena_strdup(&tree->arena, dirs[i - 1]);
	if (i > 1)
		tree->fallback = arena_printf(&tree->arena, "%s has no %s: %s is used",
					      dirs[0], tree->version, tree->module_dir);
	return 0;
}

static int check_found(struct modtree *tree, const char *path)
{
	struct arena names = { 0 };
	struct module *module;
	int result = modtree_find(tree, module_name(&names, path), &module);

	if (result == 0 &&
	    (!module || (strcmp(module->path, path) != 0 &&
			 depconf_compare(&tree->depconf, path, module->path) > 0)))
		tree->stale = arena_printf(&tree->arena,
					   "modules.dep.bin does not know %s", path);
	arena_free(&names);
	return result;
}

/*
 * An index is older than what was put beside the kernel later, in updates/ or extra/;
 * those directories are small, so that it costs little to ask.
 */
static int check_additions(struct modtree *tree)
{
	if (modscan_walk(tree, "updates", check_found) < 0 ||
	    modscan_walk(tree, "extra", check_found) < 0)
		return -1;
	return 0;
}

/* The order in which all modules are gone through: the same on every host. */
static int by_path(const struct module *a, const struct module *b)
{
	return strcmp(a->path, b->path);
}

int modtree_unindex(struct modtree *tree)
{
	modindex_close(&tree->index);
	tree->indexed = false;
	HASH_CLEAR(hh, tree->modules);
	tree->all_met = true;
	if (modscan_names(tree) < 0)
		return -1;
	HASH_SORT(tree->modules, by_path);
	return 0;
}

static int open_names(struct modtree *tree)
{
	int result = modindex_open(&tree->index, tree->root, tree->dir);

	if (result < 0)
		return -1;
	tree->indexed = result > 0;
	if (!tree->indexed)
		return modtree_unindex(tree);
	if (check_additions(tree) < 0)
		return -1;
	return tree->stale ? modtree_unindex(tree) : 0;
}

int modtree_open(struct modtree *tree, const struct rootfs *root, const char *version,
		 const struct modtree_options *options)
{
	*tree = (struct modtree){ .root = root,
				  .max_module_size = options->max_module_size };
	tree->version = arena_strdup(&tree->arena, version);
	if (find_directory(tree, options->module_dir) < 0 ||
	    builtins_read(&tree->builtins, root, tree->dir) < 0 ||
	    depconf_read(&tree->depconf, root, version) < 0)
		return -1;
	if (!options->no_config && modconf_read(&tree->conf, root, options->config_dirs,
						options->n_config_dirs) < 0)
		return -1;
	return open_names(tree);
}

void modtree_close(struct modtree *tree)
{
	HASH_CLEAR(hh, tree->modules);
	aliases_free(&tree->aliases);
	loader_free(tree->loader);
	modindex_close(&tree->index);
	builtins_free(&tree->builtins);
	depconf_free(&tree->depconf);
	modconf_free(&tree->conf);
	arena_free(&tree->arena);
	*tree = (struct modtree){ 0 };
}

/* Such a row is depmod's for a module of an external directory, for one. */
static void pass_over(struct modtree *tree, const char *path)
{
	if (!tree->passed_over)
		warning("%s/%s/modules.dep.bin: '%s' is not a module's path below the "
			"module directory: such rows are passed over",
			tree->root->path, tree->dir, path);
	tree->passed_over = true;
}

/* Meet the module of a row of modules.dep; NULL if it is one that is passed over. */
static void meet_row(struct modtree *tree, const char *row, struct module **met)
{
	const char *colon = strchr(row, ':');
	char *path = arena_strndup(&tree->arena, row, colon ? (size_t)(colon - row) : 0);
	struct module *module;
	char *name;

	*met = NULL;
	if (!is_path_below(path) || is_unlistable(path) ||
	    !module_stem(path_base(path))) {
		pass_over(tree, path);
		return;
	}
	name = module_name(&tree->arena, path);
	HASH_FIND_STR(tree->modules, name, *met);
	if (*met)
		return;
	module = arena_alloc(&tree->arena, sizeof(*module));
	*module = (struct module){
		.name = name,
		.path = path,
		.row = colon + 1,
		.rank = SIZE_MAX,
	};
	HASH_ADD_KEYPTR(hh, tree->modules, module->name, strlen(module->name), module);
	*met = module;
}

int modtree_find(struct modtree *tree, const char *name, struct module **found)
{
	const char *row;

	HASH_FIND_STR(tree->modules, name, *found);
	if (*found || !tree->indexed || tree->all_met)
		return 0;
	if (modindex_row(&tree->index, name, &row) < 0)
		return -1;
	if (row)
		meet_row(tree, row, found);
	return 0;
}

int modtree_all(struct modtree *tree)
{
	struct trie_values rows = { 0 };
	struct module *module;
	int result;
	size_t i;

	if (tree->all_met)
		return 0;
	result = modindex_rows(&tree->index, &rows);
	for (i = 0; result == 0 && i < rows.n; i++)
		meet_row(tree, rows.items[i].text, &module);
	trie_values_free(&rows);
	tree->all_met = result == 0;
	HASH_SORT(tree->modules, by_path);
	return result;
}

/* The names nearest to one, so far. */
struct nearest {
	const char *name, **items;
	size_t n, max;
	unsigned distance; /* of all of them */
};

static void consider(struct nearest *nearest, const char *candidate)
{
	unsigned d = name_distance(nearest->name, candidate, nearest->distance);
	size_t i;

	if (d > nearest->distance || !d)
		return;
	if (d < nearest->distance)
		nearest->n = 0;
	nearest->distance = d;
	for (i = 0; i < nearest->n; i++)
		if (strcmp(nearest->items[i], candidate) == 0)
			return;
	if (nearest->n < nearest->max)
		nearest->items[nearest->n++] = candidate;
}

size_t modtree_suggest(struct modtree *tree, const char *name, const char **near,
		       size_t max)
{
	CLEANUP_FREE char *path = xasprintf("%s/modules.order", tree->dir);
	CLEANUP_FREE char *text = NULL;
	struct nearest nearest = {
		.name = name,
		.items = near,
		.max = max,
		.distance = strlen(name) < 5 ? 1 : 2, /* one typing error, or two */
	};
	struct module *module, *next;
	char *line, *rest;
	size_t size, i;

	HASH_ITER(hh, tree->modules, module, next)
		consider(&nearest, module->name);
	for (i = 0; i < tree->builtins.n_names; i++)
		consider(&nearest, tree->builtins.names[i]);
	text = tree->indexed ? rootfs_read(tree->root, path, &size) : NULL;
	for (line = text ? strtok_r(text, "\r\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\r\n", &rest))
		consider(&nearest, module_name(&tree->arena, line));
	return nearest.n;
}
