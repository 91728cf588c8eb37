// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The list of files that go into DEST, whatever requested them and whether DEST is a
 * directory or an archive.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/message.h"
#include "base/text.h"
#include "config.h"
#include "copy/filelist.h"
#include "copy/transcoder.h"
#include "module/names.h"

void filelist_add(struct filelist *list, const struct file_entry *file)
{
	list->items = grow(list->items, list->n, &list->capacity, sizeof(*list->items));
	list->items[list->n++] = *file;
}

/* The path of a file, or of a directory that contains files. */
struct filelist_path {
	size_t file; /* the file's index, or that of the first file in the directory */
	bool is_dir;
	UT_hash_handle hh;
};

static struct filelist_path *find_path(const struct filelist *list, const char *path,
				       size_t len)
{
	struct filelist_path *found;

	HASH_FIND(hh, list->paths, path, len, found);
	return found;
}

static void add_path(struct filelist *list, size_t file, size_t len, bool is_dir)
{
	const char *path = list->items[file].path;
	struct filelist_path *entry;

	if (find_path(list, path, len))
		return;
	entry = arena_alloc(&list->arena, sizeof(*entry));
	*entry = (struct filelist_path){ file, is_dir };
	HASH_ADD_KEYPTR(hh, list->paths, path, len, entry);
}

/* Register the paths of files added since the last call. */
static void add_paths(struct filelist *list)
{
	for (; list->n_paths < list->n; list->n_paths++) {
		const char *path = list->items[list->n_paths].path, *slash = path;

		for (; (slash = strchr(slash, '/')); slash++)
			add_path(list, list->n_paths, (size_t)(slash - path), true);
		add_path(list, list->n_paths, strlen(path), false);
	}
}

/* Find an entry with this path, or a file where path needs a directory.  NULL if none. */
static struct filelist_path *find_in_way(const struct filelist *list, const char *path)
{
	struct filelist_path *found = find_path(list, path, strlen(path));
	const char *slash = path;

	for (; !found && (slash = strchr(slash, '/')); slash++) {
		found = find_path(list, path, (size_t)(slash - path));
		if (found && found->is_dir)
			found = NULL;
	}
	return found;
}

int filelist_share(struct filelist *list, const struct rootfs *source,
		   struct file_entry file)
{
	const struct filelist_path *found;
	CLEANUP_FREE char *shown = NULL;
	struct file_entry *other;

	add_paths(list);
	file.kernel = NO_KERNEL;
	found = find_in_way(list, file.path);
	if (!found) {
		filelist_add(list, &file);
		return 0;
	}
	other = &list->items[found->file];
	if (strcmp(other->path, file.path) == 0 && other->kind == file.kind &&
	    file.from && strcmp(other->from, file.from) == 0) {
		other->as_is |= file.as_is;
		return 0;
	}
	shown = rootfs_show(source, file.from ? file.from : file.path);
	error(STATUS_IO, "%s and %s cannot both be copied to %s", shown,
	      other->from ? other->from : other->path, file.path);
	return -1;
}

/* Add a file to copy; file.path is that of a module, or relative to its directory dir. */
static void add_copy(struct filelist *list, const char *dir, struct file_entry file)
{
	file.kind = FILE_COPY;
	file.path = file.from = module_arena_join(&list->arena, dir, file.path);
	filelist_add(list, &file);
}

void filelist_add_plan(struct filelist *list, const struct plan *plan, size_t kernel)
{
	const char *dir = plan->dir;

	for (size_t i = 0; i < plan->n_modules; i++) {
		const struct plan_module *module = &plan->modules[i];

		add_copy(list, dir,
			 (struct file_entry){ .path = module->path,
					      .size = module->size,
					      .is_module = true,
					      .overlay = ENABLED(FEATURE_OVERLAY) ?
								 module->overlay :
								 NULL,
					      .mtime = module->mtime,
					      .kernel = kernel,
					      .reason = plan_why(&list->arena, module) });
	}
	for (size_t i = 0; i < plan->builtin_files.n; i++)
		add_copy(list, dir,
			 (struct file_entry){ .path = plan->builtin_files.items[i],
					      .size = SIZE_UNKNOWN,
					      .is_builtin = true,
					      .kernel = kernel,
					      .reason = "describes built-in modules" });
}

static void show_file(const struct file_entry *file, const char *said)
{
	CLEANUP_FREE char *text = NULL, *laid = NULL;
	const char *reason = file->reason;

	if (ENABLED(FEATURE_OVERLAY) && file->overlay) {
		laid = xasprintf("%s; from %s", reason, file->overlay);
		reason = laid;
	}
	if (!file->from || strcmp(file->from, file->path) != 0)
		text = xasprintf("# %s: %s", reason, file->path);
	else if (strcmp(file->reason, said) != 0)
		text = xasprintf("# %s", reason);
	if (text)
		put_clean_line(text);
	if (file->from)
		put_clean_line(file->from);
}

void filelist_show(const struct filelist *list, size_t kernel)
{
	const char *said = "";

	for (size_t i = 0; i < list->n; i++) {
		if (list->items[i].kernel != kernel)
			continue;
		show_file(&list->items[i], said);
		said = list->items[i].reason;
	}
}

void filelist_move(struct filelist *list, size_t kernel, const char *from, const char *to)
{
	size_t len = strlen(from);

	for (size_t i = 0; i < list->n; i++) {
		struct file_entry *file = &list->items[i];

		if ((kernel == ALL_KERNELS || file->kernel == kernel) &&
		    strncmp(file->path, from, len) == 0 && file->path[len] == '/')
			file->path =
				arena_printf(&list->arena, "%s%s", to, file->path + len);
	}
}

static int compare_files(const void *a, const void *b)
{
	const struct file_entry *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : (x->kind > y->kind) - (x->kind < y->kind);
}

/* Add the parent directories of path, down to the part shared with last. */
static void add_dirs(struct filelist *list, const char *path, const char *last)
{
	size_t len, same = 0;

	while (path[same] && path[same] == last[same])
		same++;
	for (len = strlen(path); len && len >= same; len--)
		if (path[len] == '/')
			filelist_add(list, &(struct file_entry){
						   .kind = FILE_DIR,
						   .path = arena_strndup(&list->arena,
									 path, len),
						   .kernel = NO_KERNEL,
						   .reason = "directory" });
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_same(const struct file_entry *a, const struct file_entry *b)
{
	return a->kind == b->kind && same_text(a->from, b->from) && a->size == b->size &&
	       (a->kind == FILE_DATA ? memcmp(a->data, b->data, a->size) == 0 :
				       same_text(a->data, b->data));
}

static void sort(struct filelist *list)
{
	if (list->n)
		qsort(list->items, list->n, sizeof(*list->items), compare_files);
}

int filelist_sort(struct filelist *list)
{
	size_t n = list->n, i, kept = 0;
	const char *last = "";

	sort(list);
	for (i = 0; i < n; i++) {
		add_dirs(list, list->items[i].path, last);
		last = list->items[i].path;
	}
	sort(list);
	for (i = 0; i < list->n; i++) {
		struct file_entry *file = &list->items[i];
		const struct file_entry *before = kept ? &list->items[kept - 1] : NULL;

		if (!before || strcmp(before->path, file->path) != 0) {
			list->items[kept++] = *file;
		} else if (!is_same(before, file)) {
			error(STATUS_IO, "%s would be two different files (%s; %s)",
			      file->path, before->reason, file->reason);
			return -1;
		}
	}
	list->n = kept;
	return 0;
}

void filelist_free(struct filelist *list)
{
	if (ENABLED(FEATURE_RECOMPRESS))
		transcoder_free(list->transcoder);
	free(list->items);
	HASH_CLEAR(hh, list->paths);
	arena_free(&list->arena);
	*list = (struct filelist){ 0 };
}
