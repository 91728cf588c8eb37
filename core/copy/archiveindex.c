// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Indexes for an archive.  There is no directory to scan, so they are made in memory,
 * from the modules of SOURCE that are in the list.
 */
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "copy/archiveindex.h"
#include "copy/external.h"
#include "index/buildindex.h"
#include "index/indexwrite.h"
#include "module/names.h"
#include "order/order.h"

static void add_data(struct filelist *list, size_t kernel, const char *dest_dir,
		     const char *name, const void *data, size_t size)
{
	struct file_entry file = {
		.kind = FILE_DATA,
		.path = arena_join(&list->arena, dest_dir, name),
		.data = "",
		.size = size,
		.kernel = kernel,
		.reason = FILE_GENERATED,
	};

	if (size) {
		char *copy = arena_alloc(&list->arena, size);

		memcpy(copy, data, size);
		file.data = copy;
	}
	filelist_add(list, &file);
}

/* The list's modules of one kernel, under their paths in SOURCE. */
static void find_modules(struct installed *installed, struct filelist *list,
			 size_t kernel, const char *top)
{
	*installed = (struct installed){ 0 };
	for (size_t i = 0; i < list->n; i++) {
		const struct file_entry *file = &list->items[i];

		if (file->kernel != kernel || !file->from ||
		    !module_stem(path_base(file->from)))
			continue;
		installed->files = grow(installed->files, installed->n,
					&installed->capacity, sizeof(*installed->files));
		installed->files[installed->n++] = (struct installed_file){
			.path = module_split(&list->arena, top, file->from),
			.planned = true,
			.is_source = true,
			.mtime = file->mtime,
		};
	}
}

static int add_order(struct filelist *list, size_t kernel, struct modtree *tree,
		     const char *dest_dir, const struct installed *installed)
{
	CLEANUP_FREE const char **modules = xcalloc(installed->n, sizeof(*modules));
	CLEANUP_FREE char *path = xasprintf("%s/modules.order", tree->dir);
	CLEANUP_FREE char *source = NULL, *text = NULL;
	size_t source_size, size, i;
	struct stat unused;

	if (rootfs_read_optional(rootfs_base(tree->root), path, &source, &source_size,
				 &unused) < 0)
		return -1;
	if (!source)
		return 0;
	for (i = 0; i < installed->n; i++)
		modules[i] = installed->files[i].path;
	text = order_cut((struct order_text){ source, source_size },
			 (struct order_text){ 0 }, modules, installed->n, &size);
	add_data(list, kernel, dest_dir, "modules.order", text, size);
	return 0;
}

void renames_collect(struct renames *renames, struct filelist *list, size_t kernel,
		     const char *source_top, const char *dest_top)
{
	*renames = (struct renames){ 0 };
	for (size_t i = 0; i < list->n; i++) {
		const struct file_entry *file = &list->items[i];
		const char *from, *to;

		if (file->kernel != kernel || !file->from)
			continue;
		from = module_split(&list->arena, source_top, file->from);
		to = module_split(&list->arena, dest_top, file->path);
		if (strcmp(from, to) != 0)
			renames_add(renames, from, to);
	}
	renames_sort(renames);
}

static int add_indexes(struct filelist *list, size_t kernel, struct modtree *tree,
		       const char *dest_dir, const struct installed *installed,
		       bool verbose)
{
	CLEANUP_FREE char *label = rootfs_show(tree->root, tree->dir);
	struct renames renames;
	const struct index_target target = { .dest = tree->root,
					     .top = tree->dir,
					     .label = label,
					     .fd = -1,
					     .installed = installed,
					     .source = tree,
					     .renames = &renames,
					     .verbose = verbose };
	struct index_files files;
	int result;

	renames_collect(&renames, list, kernel, tree->dir, dest_dir);
	result = build_index_files(&files, &target);
	for (size_t i = 0; result == 0 && i < files.n; i++)
		add_data(list, kernel, dest_dir, files.parts[i].name, files.parts[i].data,
			 files.parts[i].size);
	index_files_free(&files);
	renames_free(&renames);
	return result;
}

int filelist_add_indexes(struct filelist *list, size_t kernel, struct modtree *tree,
			 const char *dest_dir, enum index_writer writer, bool verbose)
{
	struct installed installed;
	int result;

	externals_warn_of_lib(list, kernel, NULL, dest_dir);
	find_modules(&installed, list, kernel, tree->dir);
	result = writer == INDEX_NOTHING ?
			 0 :
			 add_order(list, kernel, tree, dest_dir, &installed);
	if (result == 0 && writer > INDEX_NONE)
		result = add_indexes(list, kernel, tree, dest_dir, &installed, verbose);
	installed_free(&installed);
	return result;
}

/* Add a file of DEST, if it exists.  Returns 0, or -1 (reported). */
static int add_made(struct filelist *list, size_t kernel, const struct rootfs *dest,
		    const char *dest_dir, const char *name)
{
	CLEANUP_FREE char *path = path_join(dest_dir, name);
	CLEANUP_FREE char *text = NULL;
	struct stat unused;
	size_t size;

	if (rootfs_read_optional(dest, path, &text, &size, &unused) < 0)
		return -1;
	if (text)
		add_data(list, kernel, dest_dir, name, text, size);
	return 0;
}

int filelist_add_made(struct filelist *list, size_t kernel, const struct rootfs *dest,
		      const char *dest_dir, enum index_writer writer)
{
	int result = writer == INDEX_NOTHING ?
			     0 :
			     add_made(list, kernel, dest, dest_dir, "modules.order");

	for (size_t i = 0; i < INDEXES && writer > INDEX_NONE && result == 0; i++)
		result = add_made(list, kernel, dest, dest_dir, indexes[i].name);
	return result;
}
