// SPDX-License-Identifier: GPL-2.0-or-later
/* What goes into DEST: a list of files, whoever asked for them, and wherever it goes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/table.h"
#include "base/text.h"
#include "config.h"
#include "copy/image.h"
#include "copy/recoder.h"

void image_add(struct image *image, const struct image_file *file)
{
	image->files =
		grow(image->files, image->n, &image->capacity, sizeof(*image->files));
	image->files[image->n++] = *file;
}

/* A path that a file has, or a directory that one is in. */
struct image_path {
	size_t file; /* its number, or that of the first in it */
	bool is_dir;
	UT_hash_handle hh;
};

static struct image_path *find_path(const struct image *image, const char *path,
				    size_t len)
{
	struct image_path *found;

	HASH_FIND(hh, image->paths, path, len, found);
	return found;
}

static void add_path(struct image *image, size_t file, size_t len, bool is_dir)
{
	const char *path = image->files[file].path;
	struct image_path *entry;

	if (find_path(image, path, len))
		return;
	entry = arena_alloc(&image->arena, sizeof(*entry));
	*entry = (struct image_path){ file, is_dir };
	HASH_ADD_KEYPTR(hh, image->paths, path, len, entry);
}

/* Of files that were added since the last time */
static void add_paths(struct image *image)
{
	for (; image->n_paths < image->n; image->n_paths++) {
		const char *path = image->files[image->n_paths].path, *slash = path;

		for (; (slash = strchr(slash, '/')); slash++)
			add_path(image, image->n_paths, (size_t)(slash - path), true);
		add_path(image, image->n_paths, strlen(path), false);
	}
}

/* What has a path, or is a file where it has a directory, or NULL */
static struct image_path *find_in_way(const struct image *image, const char *path)
{
	struct image_path *found = find_path(image, path, strlen(path));
	const char *slash = path;

	for (; !found && (slash = strchr(slash, '/')); slash++) {
		found = find_path(image, path, (size_t)(slash - path));
		if (found && found->is_dir)
			found = NULL;
	}
	return found;
}

int image_share(struct image *image, const struct rootfs *source, struct image_file file)
{
	const struct image_path *found;
	struct image_file *other;

	add_paths(image);
	file.kernel = IMAGE_SHARED;
	found = find_in_way(image, file.path);
	if (!found) {
		image_add(image, &file);
		return 0;
	}
	other = &image->files[found->file];
	if (strcmp(other->path, file.path) == 0 && other->kind == file.kind &&
	    file.from && strcmp(other->from, file.from) == 0) {
		other->as_is |= file.as_is;
		return 0;
	}
	error(STATUS_IO, "%s/%s and %s cannot both be copied to %s", source->path,
	      file.from ? file.from : file.path, other->from ? other->from : other->path,
	      file.path);
	return -1;
}

/* Add a file, whose path is one in the module directory dir, to be copied. */
static void add_copy(struct image *image, const char *dir, struct image_file file)
{
	file.kind = IMAGE_COPY;
	file.path = file.from = arena_join(&image->arena, dir, file.path);
	image_add(image, &file);
}

void image_add_plan(struct image *image, const struct plan *plan, size_t kernel)
{
	CLEANUP_FREE char *dir = path_join(plan->module_dir, plan->version);
	size_t i;

	for (i = 0; i < plan->n_modules; i++) {
		const struct plan_module *module = &plan->modules[i];

		add_copy(image, dir,
			 (struct image_file){ .path = module->path,
					      .size = module->size,
					      .is_module = true,
					      .mtime = module->mtime,
					      .kernel = kernel,
					      .why = plan_why(&image->arena, module) });
	}
	for (i = 0; i < plan->builtin_files.n; i++)
		add_copy(image, dir,
			 (struct image_file){ .path = plan->builtin_files.items[i],
					      .size = SIZE_UNKNOWN,
					      .kernel = kernel,
					      .why = "describes built-in modules" });
}

static void show_file(const struct image_file *file, const char *said)
{
	CLEANUP_FREE char *text = NULL;

	if (!file->from || strcmp(file->from, file->path) != 0)
		text = xasprintf("# %s: %s", file->why, file->path);
	else if (strcmp(file->why, said) != 0)
		text = xasprintf("# %s", file->why);
	if (text)
		put_clean_line(text);
	if (file->from)
		put_clean_line(file->from);
}

void image_show(const struct image *image, size_t kernel)
{
	const char *said = "";
	size_t i;

	for (i = 0; i < image->n; i++) {
		if (image->files[i].kernel != kernel)
			continue;
		show_file(&image->files[i], said);
		said = image->files[i].why;
	}
}

void image_move(struct image *image, const char *from, const char *to)
{
	size_t len = strlen(from), i;

	for (i = 0; i < image->n; i++)
		if (strncmp(image->files[i].path, from, len) == 0)
			image->files[i].path = arena_printf(&image->arena, "%s%s", to,
							    image->files[i].path + len);
}

static int compare_files(const void *a, const void *b)
{
	const struct image_file *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : (x->kind > y->kind) - (x->kind < y->kind);
}

/* Those of a path, up to one that last has as well. */
static void add_dirs(struct image *image, const char *path, const char *last)
{
	size_t len, same = 0;

	while (path[same] && path[same] == last[same])
		same++;
	for (len = strlen(path); len && len >= same; len--)
		if (path[len] == '/')
			image_add(image,
				  &(struct image_file){
					  .kind = IMAGE_DIR,
					  .path = arena_strndup(&image->arena, path, len),
					  .kernel = IMAGE_SHARED,
					  .why = "directory" });
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_same(const struct image_file *a, const struct image_file *b)
{
	return a->kind == b->kind && same_text(a->from, b->from) && a->size == b->size &&
	       (a->kind == IMAGE_DATA ? memcmp(a->data, b->data, a->size) == 0 :
					same_text(a->data, b->data));
}

static void sort(struct image *image)
{
	if (image->n)
		qsort(image->files, image->n, sizeof(*image->files), compare_files);
}

int image_sort(struct image *image)
{
	size_t n = image->n, i, kept = 0;
	const char *last = "";

	sort(image);
	for (i = 0; i < n; i++) {
		add_dirs(image, image->files[i].path, last);
		last = image->files[i].path;
	}
	sort(image);
	for (i = 0; i < image->n; i++) {
		struct image_file *file = &image->files[i];
		const struct image_file *before = kept ? &image->files[kept - 1] : NULL;

		if (!before || strcmp(before->path, file->path) != 0) {
			image->files[kept++] = *file;
		} else if (!is_same(before, file)) {
			error(STATUS_IO, "%s would be two different files (%s; %s)",
			      file->path, before->why, file->why);
			return -1;
		}
	}
	image->n = kept;
	return 0;
}

void image_free(struct image *image)
{
	if (ENABLED(FEATURE_RECODE))
		recoder_free(image->recoder);
	free(image->files);
	HASH_CLEAR(hh, image->paths);
	arena_free(&image->arena);
	*image = (struct image){ 0 };
}
