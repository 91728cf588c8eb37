// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Build DEST's indexes without depmod(8).
 *
 * The fast path filters SOURCE's indexes and decompresses nothing.  It is valid if
 * SOURCE's indexes list every module of DEST under the same path, each is the same file
 * (just copied, or equal in size and mtime, which copying preserves), and none is newer
 * than the indexes.  Otherwise every module of DEST is read, as depmod does.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/message.h"
#include "fs/fileset.h"
#include "index/buildindex.h"
#include "index/indexfilter.h"
#include "index/indexmake.h"
#include "index/indexrename.h"
#include "index/indexwrite.h"
#include "module/names.h"
#include "tree/modopen.h"
#include "tree/modscan.h"

/* Whether an exclude rule of depmod.d names a component of the file's path. */
static bool is_excluded(const struct index_target *target,
			const struct installed_file *file)
{
	CLEANUP_FREE char *path = xstrdup(file->path);
	char *name = path, *slash;

	/* depmod.d excludes nothing above an external directory. */
	if (is_external(path))
		return false;
	for (; (slash = strchr(name, '/')); name = slash + 1) {
		*slash = '\0';
		if (depconf_excludes(&target->source->depconf, name))
			return true;
	}
	return depconf_excludes(&target->source->depconf, name);
}

/* Whether depmod would not list the file, or an index cannot hold its path. */
static bool is_left_out(const struct index_target *target,
			const struct installed_file *file)
{
	return file->superseded || is_unlistable(file->path) || is_excluded(target, file);
}

/*
 * Whether a module of DEST that this run did not copy verbatim is SOURCE's file of the
 * same path.  *mtime gets the time of SOURCE's file.
 */
static bool is_source_file(const struct index_target *target, const char *path,
			   time_t *mtime)
{
	CLEANUP_FREE char *theirs = module_join(target->source->dir, path);
	CLEANUP_FREE char *ours = module_join(target->top, path);
	CLEANUP_FD int from = rootfs_openat(target->source->root, theirs, O_PATH);
	CLEANUP_FD int to = rootfs_openat(target->dest, ours, O_PATH);
	struct stat a, b;

	if (from < 0 || to < 0 || fstat(from, &a) < 0 || fstat(to, &b) < 0)
		return false;
	*mtime = a.st_mtime;
	return S_ISREG(a.st_mode) && S_ISREG(b.st_mode) && a.st_size == b.st_size &&
	       a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
	       a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

/* Whether SOURCE's indexes do not hold for a module of DEST: an overlay has it. */
static bool is_overlaid(const struct index_target *target, const char *path)
{
	const struct module *module = NULL;

	if (ENABLED(FEATURE_OVERLAY) && target->source->n_overlaid)
		module = modtree_of_path(target->source, path, strlen(path));
	return module && module->root;
}

/* Returns 1; 0 if SOURCE's indexes are unusable; -1 (reported). */
static int filter(const struct index_target *target, struct index_data *facts)
{
	CLEANUP_FREE const char **paths = xcalloc(target->installed->n, sizeof(*paths));
	const struct index_dest dest = { target->dest, target->top };
	time_t newest = 0;
	size_t n = 0, i;

	if (!target->source->indexed || target->source->outdated || target->source->later)
		return 0;
	for (i = 0; i < target->installed->n; i++) {
		const struct installed_file *file = &target->installed->files[i];
		time_t mtime = file->mtime;

		if (is_left_out(target, file))
			continue;
		if (is_overlaid(target, file->path) ||
		    (!file->is_source && !is_source_file(target, file->path, &mtime)))
			return 0;
		newest = mtime > newest ? mtime : newest;
		paths[n++] = file->path;
	}
	return index_filter(facts, target->source, &dest, paths, n, newest);
}

/* A copied module that is not indexed is an error; for any other, warn. */
static int check_module(const struct index_target *target, const struct modtree *tree,
			const struct installed_file *file)
{
	CLEANUP_FREE char *shown = modtree_show(tree, file->path);
	const struct module *module;

	if (is_left_out(target, file)) {
		if (!file->planned)
			return 0;
		error(STATUS_IO, "%s: excluded from indexes by SOURCE's depmod.d", shown);
		return -1;
	}
	module = modtree_of_path(tree, file->path, strlen(file->path));
	if (strcmp(module->path, file->path) != 0) {
		if (!file->planned)
			return 0;
		error(STATUS_IO,
		      "%s: %s is indexed instead and has the same name; remove one of them",
		      shown, module->path);
		return -1;
	}
	if (module->rival)
		warning("%s is indexed and %s is not: they have the same name, and no depmod.d "
			"rule orders them",
			shown, module->rival);
	if (!module->err)
		return 0;
	if (!file->planned) {
		warning("%s: left out of the indexes: %s", shown, module->err);
		return 0;
	}
	error(STATUS_IO, "%s: cannot be indexed: %s", shown, module->err);
	return -1;
}

static int check_modules(const struct index_target *target, const struct modtree *tree)
{
	int result = 0;

	for (size_t i = 0; i < target->installed->n; i++)
		if (check_module(target, tree, &target->installed->files[i]) < 0)
			result = -1;
	return result;
}

static void add_modules(const struct index_target *target, struct modtree *tree)
{
	for (size_t i = 0; i < target->installed->n; i++)
		if (!is_left_out(target, &target->installed->files[i]))
			modscan_add(tree, target->installed->files[i].path);
}

/* tree describes DEST, uses SOURCE's depmod.d, and must outlive facts. */
static int make(const struct index_target *target, struct modtree *tree,
		struct index_data *facts)
{
	const struct depgraph_policy policy = { .label = target->label,
						.cycle = STATUS_IO };
	struct index_modules modules;
	struct depgraph graph = { 0 };
	int result;

	add_modules(target, tree);
	result = index_read(&modules, tree);
	if (result == 0)
		result = index_make(facts, tree, &modules, &graph, &policy);
	if (result == 0)
		result = check_modules(target, tree);
	depgraph_free(&graph);
	index_modules_free(&modules);
	return result;
}

/* Warn as modwalk() does.  Copied modules never have such a path. */
static void warn_of_unlistable(const struct index_target *target)
{
	for (size_t i = 0; i < target->installed->n; i++) {
		const struct installed_file *file = &target->installed->files[i];

		if (!file->superseded && is_unlistable(file->path) &&
		    !is_excluded(target, file))
			modwalk_warn_skipped(target->label, file->path);
	}
}

static int write_facts(const struct index_target *target, struct index_data *facts,
		       struct index_files *files)
{
	/* Only modules already in DEST can have a name that modprobe cannot find. */
	const struct index_policy policy = { .root_last = target->source->kmod30,
					     .unfound = STATUS_OK };

	if (target->renames)
		index_rename(facts, target->renames);
	return index_write(files, facts, &policy);
}

int build_index_files(struct index_files *files, const struct index_target *target)
{
	struct modtree tree = { .root = target->dest,
				.source = target->source,
				.dir = target->top,
				.version = target->source->version,
				.depconf = target->source->depconf,
				.max_module_size = target->source->max_module_size,
				.kmod30 = target->source->kmod30,
				.all_met = true };
	struct index_data facts = { 0 };
	int result = filter(target, &facts);

	*files = (struct index_files){ 0 };
	warn_of_unlistable(target);
	if (result >= 0 && target->verbose)
		printf("# indexes: made by modbox from %s\n",
		       result ? "SOURCE's indexes" : "the modules");
	if (result == 0) {
		index_data_free(&facts);
		result = make(target, &tree, &facts);
	}
	if (result >= 0)
		result = write_facts(target, &facts, files);
	index_data_free(&facts);
	tree.depconf = (struct depconf){ 0 }; /* owned by SOURCE's tree */
	modtree_close(&tree);
	return result;
}

int build_index(const struct index_target *target)
{
	struct index_files files;
	int result = build_index_files(&files, target);

	if (result == 0)
		result = copy_set(files.parts, files.n, target->fd, target->label);
	index_files_free(&files);
	return result;
}
