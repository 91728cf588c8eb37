// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An image as a list of files, whatever it is: what an archive has is known from reading
 * it, whether it was unpacked or not; a directory is walked.
 *
 * An archive can have a path twice. The kernel unpacks one entry after the other, so the
 * last one counts.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/path.h"
#include "fs/walk.h"
#include "initcheck/initimage.h"
#include "module/names.h"

/* -- a directory -------------------------------------------------------------------- */

static struct image_entry *add_entry(struct init_image *image, const char *path)
{
	struct image_listing *list = &image->listing;

	list->entries =
		grow(list->entries, list->n, &list->capacity, sizeof(*list->entries));
	list->entries[list->n] = (struct image_entry){
		.path = arena_strdup(&list->arena, path),
		.unpacked = true,
	};
	return &list->entries[list->n++];
}

static int cannot_read(void *context, const char *path)
{
	const struct init_image *image = context;

	error(STATUS_IO, "cannot read %s/%s: %m", image->path, path);
	return -1;
}

/* Links are listed, and not followed. */
static int see(void *context, const struct walk_entry *entry)
{
	struct init_image *image = context;
	char target[PATH_MAX];
	struct image_entry *added;
	ssize_t n;

	if (entry->type != DT_LNK)
		return 1;
	n = readlinkat(entry->dir->fd, entry->name, target, sizeof(target));
	if (n < 0)
		return cannot_read(image, entry->path);
	added = add_entry(image, entry->path);
	added->mode = S_IFLNK | 0777;
	added->link = arena_strndup(&image->listing.arena, target, (size_t)n);
	return 0;
}

static int take_file(void *context, struct walk_entry *entry)
{
	struct init_image *image = context;
	struct image_entry *added;
	struct stat st;

	if (walk_stat(entry, &st) < 0)
		return cannot_read(image, entry->path);
	added = add_entry(image, entry->path);
	added->mode = st.st_mode;
	added->size = (uint64_t)st.st_size;
	added->mtime = st.st_mtime;
	image->listing.size += added->size;
	return 0;
}

static int take_directory(void *context, struct walk_entry *entry)
{
	add_entry(context, entry->path)->mode = S_IFDIR | 0755;
	return 1;
}

static int list_directory(struct init_image *image)
{
	static const struct walk_calls calls = {
		.see = see,
		.file = take_file,
		.enter = take_directory,
		.failed = cannot_read,
	};
	int fd = rootfs_openat(&image->source.root, "", O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return cannot_read(image, "");
	return walk(&image->source.root, "", "", fd, &calls, image);
}

/* -- files -------------------------------------------------------------------------- */

static bool is_below(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	if (strncmp(path, "usr/", 4) == 0)
		path += 4;
	return strncmp(path, directory, n) == 0;
}

static enum init_kind kind_of(const char *path)
{
	if (is_below(path, "lib/firmware/"))
		return INIT_FIRMWARE;
	if (is_below(path, "lib/modules/") && module_stem(path_base(path)))
		return INIT_MODULE;
	return INIT_REST;
}

/* An entry that a later one may replace. */
struct numbered {
	const struct image_entry *entry;
	size_t number;
};

static int by_path(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;
	int order = strcmp(x->entry->path, y->entry->path);

	return order ? order : (x->number > y->number) - (x->number < y->number);
}

static void add_file(struct init_image *image, const struct image_entry *entry)
{
	struct init_file *file = &image->files[image->n++];

	*file = (struct init_file){
		.path = entry->path,
		.size = entry->size,
		.kind = kind_of(entry->path),
	};
	image->sums[file->kind].files++;
	image->sums[file->kind].bytes += file->size;
}

static void list_files(struct init_image *image)
{
	const struct image_listing *list = &image->listing;
	CLEANUP_FREE struct numbered *sorted = xcalloc(list->n + 1, sizeof(*sorted));

	for (size_t i = 0; i < list->n; i++)
		sorted[i] = (struct numbered){ &list->entries[i], i };
	qsort(sorted, list->n, sizeof(*sorted), by_path);
	image->files = xcalloc(list->n + 1, sizeof(*image->files));
	for (size_t i = 0; i < list->n; i++)
		if (S_ISREG(sorted[i].entry->mode) &&
		    (i + 1 == list->n ||
		     strcmp(sorted[i].entry->path, sorted[i + 1].entry->path) != 0))
			add_file(image, sorted[i].entry);
}

int init_image_open(struct init_image *image, const char *path, uint64_t max_unpacked,
		    unsigned want)
{
	const struct source_options options = {
		.max_unpacked = max_unpacked,
		.want = want,
		.listing = &image->listing,
	};
	struct stat st;
	int result;

	*image = (struct init_image){ .path = path, .opened = true };
	image->directory = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	result = source_open(&image->source, path, &options);
	if (result == 0 && image->directory)
		result = list_directory(image);
	if (result == 0)
		list_files(image);
	return result;
}

void init_image_close(struct init_image *image)
{
	if (!image->opened)
		return;
	source_close(&image->source);
	image_free(&image->listing);
	free(image->files);
	*image = (struct init_image){ 0 };
}

static int compare_file(const void *key, const void *item)
{
	const struct init_file *file = item;

	return strcmp(key, file->path);
}

const struct init_file *init_image_find(const struct init_image *image, const char *path)
{
	return image->n ? bsearch(path, image->files, image->n, sizeof(*image->files),
				  compare_file) :
			  NULL;
}

/* An insertion into n sorted places for each file: n is small. */
size_t init_image_largest(const struct init_image *image,
			  const struct init_file **largest, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < image->n; i++) {
		const struct init_file *file = &image->files[i];
		size_t at = found;

		while (at > 0 && largest[at - 1]->size < file->size)
			at--;
		if (at == n || !file->size)
			continue;
		found += found < n;
		memmove(&largest[at + 1], &largest[at],
			(found - at - 1) * sizeof(*largest));
		largest[at] = file;
	}
	return found;
}
