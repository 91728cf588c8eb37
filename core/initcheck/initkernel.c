// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernels of an image, as depmod would see them: the trees are opened without their
 * indexes, which are compared with them later (checkindex.c). Every module is read whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/message.h"
#include "base/path.h"
#include "base/readat.h"
#include "index/reindex.h"
#include "initchecks.h"
#include "proof/proof.h"
#include "tree/modload.h"
#include "tree/modopen.h"
#include "tree/modscan.h"

/* -- which -------------------------------------------------------------------------- */

static bool is_chosen(const struct initcheck *check, const char *version)
{
	const struct string_list *versions = &check->options->versions;

	return !versions->n || string_list_has(versions, version);
}

/* Whether a directory is there by another path already: lib is often a link to usr/lib. */
static bool is_known(const struct initcheck *check, const char *dir)
{
	const struct rootfs *root = &check->image.source.root;
	CLEANUP_FD int fd = rootfs_openat(root, dir, O_PATH);
	struct stat st, other;

	for (size_t i = 0; fd >= 0 && fstat(fd, &st) == 0 && i < check->n_kernels; i++) {
		CLEANUP_FD int known = rootfs_openat(root, check->kernels[i].dir, O_PATH);

		if (known >= 0 && fstat(known, &other) == 0 &&
		    st.st_dev == other.st_dev && st.st_ino == other.st_ino)
			return true;
	}
	return false;
}

static void add_kernel(struct initcheck *check, const char *dir, const char *version)
{
	check->kernels = xreallocarray(check->kernels, check->n_kernels + 1,
				       sizeof(*check->kernels));
	check->kernels[check->n_kernels++] = (struct init_kernel){
		.version = version,
		.dir = arena_join(&check->arena, dir, version),
	};
}

/* Add the directories in a directory of kernels. Returns 0, or -1 and reports it. */
static int add_kernels(struct initcheck *check, const char *dir)
{
	const struct rootfs *root = &check->image.source.root;
	struct string_list names;
	int result = rootfs_list(&names, &check->arena, root, dir);

	if (result < 0)
		result = rootfs_unless_absent(root, dir);
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *path = path_join(dir, names.items[i]);

		if (rootfs_is_directory(root, path) > 0 &&
		    is_chosen(check, names.items[i]) && !is_known(check, path))
			add_kernel(check, dir, names.items[i]);
	}
	string_list_free(&names);
	return result;
}

static int by_version(const void *a, const void *b)
{
	const struct init_kernel *x = a, *y = b;
	int order = strcmp(x->version, y->version);

	return order ? order : strcmp(x->dir, y->dir);
}

/* A kernel that an option names must be there. */
static int require_versions(const struct initcheck *check)
{
	const struct string_list *versions = &check->options->versions;

	for (size_t i = 0; i < versions->n; i++) {
		size_t k = 0;

		while (k < check->n_kernels &&
		       strcmp(check->kernels[k].version, versions->items[i]) != 0)
			k++;
		if (k == check->n_kernels) {
			error(STATUS_SOURCE, "%s has no modules of the kernel %s",
			      check->image.path, versions->items[i]);
			return -1;
		}
	}
	return 0;
}

int init_kernels_find(struct initcheck *check)
{
	const char *given = check->options->module_dir;

	for (size_t i = 0; i < (given ? 1 : N_MODULE_DIRS); i++)
		if (add_kernels(check, given ? path_trim(&check->arena, given) :
					       module_dirs[i]) < 0)
			return -1;
	if (check->n_kernels)
		qsort(check->kernels, check->n_kernels, sizeof(*check->kernels),
		      by_version);
	return require_versions(check);
}

/* -- one ---------------------------------------------------------------------------- */

static bool exists(const struct rootfs *root, const char *dir, const char *name)
{
	CLEANUP_FREE char *path = path_join(dir, name);
	CLEANUP_FD int fd = rootfs_openat(root, path, O_PATH);

	return fd >= 0;
}

/*
 * Read the names of built-in modules: of the image, or of the kernel's root. Without
 * either, none is known.
 */
static int read_builtins(struct initcheck *check, struct init_kernel *kernel)
{
	const struct rootfs *root = &check->image.source.root;
	const char *dir = kernel->dir;

	if (!exists(root, dir, "modules.builtin") && kernel->in_source) {
		root = &check->source.root;
		dir = kernel->source.dir;
	}
	if (!exists(root, dir, "modules.builtin") ||
	    !exists(root, dir, "modules.builtin.modinfo"))
		return 0;
	return builtins_read(&kernel->tree.builtins, root, dir, false);
}

/* Open the kernel in --kernel's root; it may not have it. Returns 0, or -1, reported. */
static int open_source(struct initcheck *check, struct init_kernel *kernel)
{
	const struct modtree_options options = { .no_config = true };

	for (size_t i = 0; check->has_source && !kernel->in_source && i < N_MODULE_DIRS;
	     i++) {
		CLEANUP_FREE char *path = path_join(module_dirs[i], kernel->version);

		kernel->in_source = rootfs_is_directory(&check->source.root, path) > 0;
	}
	return kernel->in_source ? modtree_open(&kernel->source, &check->source.root,
						kernel->version, &options) :
				   0;
}

/* Divide the modules into those that can be read, and the damaged ones. */
static int divide(struct init_kernel *kernel)
{
	struct module *module, *next;
	size_t n = HASH_COUNT(kernel->tree.modules);
	int result = 0;

	kernel->modules = xcalloc(n + 1, sizeof(struct module *));
	kernel->damaged = xcalloc(n + 1, sizeof(struct module *));
	HASH_ITER(hh, kernel->tree.modules, module, next)
		kernel->modules[kernel->n++] = module;
	modload(&kernel->tree, kernel->modules, kernel->n, LOAD_SYMBOLS | LOAD_VERIFY,
		"reading modules:");
	n = kernel->n;
	kernel->n = 0;
	for (size_t i = 0; i < n; i++) {
		module = kernel->modules[i];
		kernel->bytes += module->size;
		if (!module->err) {
			kernel->modules[kernel->n++] = module;
			continue;
		}
		if (is_read_failure(module->err))
			result = modtree_blame(&kernel->tree, module, module->err);
		if (kernel->tree.modules) /* it is in there: for the analyzer */
			HASH_DEL(kernel->tree.modules, module);
		kernel->damaged[kernel->n_damaged++] = module;
	}
	return result;
}

/* Read the configuration of --kernel's kernel, if it is there. */
static int read_config(struct initcheck *check, struct init_kernel *kernel)
{
	static const struct proof_options options;
	const struct modtree where = {
		.root = &check->source.root,
		.version = kernel->version,
		.dir = kernel->in_source ? kernel->source.dir : kernel->dir,
	};

	return check->has_source ?
		       proof_read_config(&kernel->config, &check->arena,
					 &kernel->config_label, &options, &where) :
		       0;
}

int init_kernel_open(struct initcheck *check, struct init_kernel *kernel)
{
	struct modtree *tree = &kernel->tree;

	if (open_source(check, kernel) < 0 ||
	    reindex_open(tree, &check->image.source.root, kernel->dir, kernel->version,
			 check->options->max_module_size) < 0)
		return -1;
	tree->record_sought = true; /* what it says was true of other files */
	if (modconf_read(&tree->conf, tree->root, NULL, 0) < 0 ||
	    read_builtins(check, kernel) < 0 || modscan_names(tree) < 0)
		return -1;
	modtree_sort(tree);
	return divide(kernel) < 0 ? -1 : read_config(check, kernel);
}

void init_kernel_close(struct init_kernel *kernel)
{
	free(kernel->modules);
	free(kernel->damaged);
	plan_free(&kernel->plan);
	modtree_close(&kernel->tree);
	modtree_close(&kernel->source);
}
