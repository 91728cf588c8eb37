// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The file that the kernel would load for the name of a firmware file, and the files that
 * a name with wildcards stands for.
 *
 * The kernel searches /lib/firmware only. In a root, that directory may be in usr/lib,
 * with or without a link to it, or in both places; see firmware.h.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/message.h"
#include "base/path.h"
#include "firmwarefind.h"
#include "module/names.h"

const char *const firmware_bases[] = { "lib/firmware", "usr/lib/firmware" };
static const char WILDCARDS[] = "*?[";

/*
 * Handle a failed access (errno): an error unless the path does not exist, because
 * firmware may be there.
 */
static void note_failure(struct firmware_search *search, const char *path)
{
	if (rootfs_unless_absent(search->root, path) < 0)
		search->failed = true;
}

static bool stat_directory_in(struct firmware_search *search, const struct rootfs *root,
			      const char *path, struct stat *st)
{
	CLEANUP_FD int fd = rootfs_openat(root, path, O_PATH | O_DIRECTORY);

	if (fd >= 0 && fstat(fd, st) == 0)
		return true;
	note_failure(search, path);
	return false;
}

static bool stat_directory(struct firmware_search *search, const char *path,
			   struct stat *st)
{
	return stat_directory_in(search, search->root, path, st);
}

/* If firmware is not in SOURCE because of a link to its directory, say so. */
static void warn_of_lost(const struct firmware_search *search, const char *path,
			 bool is_base)
{
	CLEANUP_FREE char *lost =
		is_base ? rootfs_lost_link(search->root, path, "SOURCE") : NULL;

	if (lost)
		warning("%s", lost);
}

static void add_place(struct firmware_search *search, size_t base, const char *below)
{
	struct firmware_list *list = search->list;
	const char *path =
		arena_printf(&list->arena, "%s%s", list->bases.items[base], below);
	struct stat st;

	if (!stat_directory(search, path, &st)) {
		warn_of_lost(search, path, *below == '\0');
		return;
	}
	search->places = grow(search->places, search->n, &search->capacity,
			      sizeof(*search->places));
	search->places[search->n++] = (struct firmware_place){ path, base };
}

/*
 * If lib is a link to usr/lib, show paths without the link: start with base 1.  In
 * overlays they are alike anyway.
 */
static size_t first_usual_base(struct firmware_search *search)
{
	const struct rootfs *root = rootfs_base(search->root);
	struct stat a, b;

	return stat_directory_in(search, root, firmware_bases[0], &a) &&
	       stat_directory_in(search, root, firmware_bases[1], &b) &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Add a directory that must exist. Returns 0, or -1, reported. */
static int add_base(struct firmware_search *search, const char *dir)
{
	struct stat st;

	string_list_add(&search->list->bases, dir);
	if (stat_directory(search, dir, &st))
		return 0;
	if (!search->failed)
		rootfs_cannot_read(search->root, dir);
	return -1;
}

int firmware_find_open(struct firmware_search *search, const char *version,
		       const struct string_list *dirs)
{
	struct firmware_list *list = search->list;
	const char *const below[] = {
		arena_printf(&list->arena, "/updates/%s", version),
		"/updates",
		arena_printf(&list->arena, "/%s", version),
		"",
	};
	size_t i, k, n;

	for (i = 0; i < dirs->n; i++)
		if (add_base(search, dirs->items[i]) < 0)
			return -1;
	for (i = dirs->n ? 2 : first_usual_base(search); i < 2; i++)
		string_list_add(&list->bases, firmware_bases[i]);
	n = list->bases.n;
	for (i = 0; i < sizeof(below) / sizeof(*below); i++) {
		if (i % 2 == 0 && strcmp(version, ".") == 0)
			continue; /* the version is not known */
		for (k = 0; k < n; k++)
			add_place(search, k, below[i]);
	}
	for (i = 0; i < 2; i++)
		string_list_add(&list->bases, firmware_bases[i]);
	return 0;
}

/* Returns 0 if the kernel would load path for item, else an errno as in the kernel. */
static int try_file(struct firmware_search *search, const char *path,
		    struct firmware *item)
{
	CLEANUP_FD int fd = rootfs_openat(search->root, path, O_PATH);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		int failure = errno;

		note_failure(search, path);
		return failure;
	}
	item->size = (uint64_t)st.st_size;
	item->directory |= S_ISDIR(st.st_mode);
	item->empty |= S_ISREG(st.st_mode) && st.st_size == 0;
	return S_ISREG(st.st_mode) && st.st_size > 0 ? 0 : EINVAL;
}

/* Note the link, if any, that keeps us from a missing file. */
static void find_lost(struct firmware_search *search, struct firmware *item)
{
	for (size_t k = 0; k < search->n; k++)
		for (size_t i = 0; i < FIRMWARE_SUFFIXES; i++) {
			CLEANUP_FREE char *path =
				xasprintf("%s/%s%s", search->places[k].path, item->name,
					  firmware_suffixes[i]);
			CLEANUP_FREE char *lost =
				rootfs_lost_link(search->root, path, "SOURCE");

			if (!lost)
				continue;
			item->lost = arena_strdup(&search->list->arena, lost);
			return;
		}
}

/*
 * Find the file of a name. If there is none, item->path stays NULL. The kernel tries the
 * next suffix only if its last attempt found nothing (ENOENT): an unusable file (a
 * directory or an empty file) in the last directory ends the search.
 */
static void find_file(struct firmware_search *search, struct firmware *item)
{
	int error_number = ENOENT;
	size_t i, k;

	if (!is_path_below(item->name))
		return;
	for (i = 0; i < FIRMWARE_SUFFIXES && error_number == ENOENT; i++) {
		for (k = 0; k < search->n; k++) {
			const struct firmware_place *place = &search->places[k];
			CLEANUP_FREE char *path = xasprintf("%s/%s%s", place->path,
							    item->name,
							    firmware_suffixes[i]);

			error_number = try_file(search, path, item);
			if (error_number)
				continue;
			item->path = arena_strdup(&search->list->arena, path);
			item->base = place->base;
			return;
		}
	}
	if (ENABLED(FEATURE_HINTS) && error_number == ENOENT)
		find_lost(search, item);
}

/* Add the file of a name that a field with wildcards matched. */
static void add_match(struct firmware_search *search, const struct firmware *field,
		      const char *name)
{
	struct firmware item = *field;

	item.name = name;
	item.pattern = field->name;
	find_file(search, &item);
	if (!item.path)
		return;
	item.name = arena_strdup(&search->list->arena, name);
	firmware_list_add(search->list, &item);
}

/*
 * Return a directory entry's name if pattern matches it, else NULL. A file's name is the
 * one that the kernel requests: without the compression suffix.
 */
static char *matching_name(const char *pattern, const char *entry, bool file)
{
	char *name = xasprintf("%.*s", (int)(file ? firmware_stem(entry) : strlen(entry)),
			       entry);

	if (fnmatch(pattern, name, FNM_PERIOD | FNM_NOESCAPE) == 0)
		return name;
	free(name);
	return NULL;
}

/*
 * Match rest (a field's components from its first wildcard on) against the entries of the
 * directory path. The firmware's name begins skip bytes into each path. Links to
 * directories are followed only before the first wildcard, so that no file is found
 * twice.
 */
static void match_below(struct firmware_search *search, const struct firmware *field,
			const char *path, size_t skip, const char *rest, int flags)
{
	size_t len = strcspn(rest, "/");
	CLEANUP_FREE char *pattern = xasprintf("%.*s", (int)len, rest);
	int fd = rootfs_openat(search->root, path, O_RDONLY | O_DIRECTORY | flags);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (dir && (errno = 0, entry = readdir(dir))) {
		bool last = rest[len] == '\0';
		CLEANUP_FREE char *match = matching_name(pattern, entry->d_name, last);
		CLEANUP_FREE char *below = match ? path_join(path, match) : NULL;

		if (below && last)
			add_match(search, field, below + skip);
		else if (below)
			match_below(search, field, below, skip, rest + len + 1,
				    O_NOFOLLOW);
	}
	if (errno)
		note_failure(search, path);
	if (dir)
		closedir(dir);
	else
		close_fd(&fd);
}

/* Add all files that a field with wildcards matches. */
static void expand(struct firmware_search *search, const struct firmware *field)
{
	size_t fixed = strcspn(field->name, WILDCARDS), i;

	while (fixed > 0 && field->name[fixed] != '/')
		fixed--;
	for (i = 0; is_path_below(field->name) && i < search->n; i++) {
		const char *dir = search->places[i].path;
		CLEANUP_FREE char *path = xasprintf("%s%s%.*s", dir, fixed ? "/" : "",
						    (int)fixed, field->name);

		match_below(search, field, path, strlen(dir) + 1,
			    field->name + fixed + (fixed > 0), 0);
	}
}

void firmware_find_all(struct firmware_search *search)
{
	struct firmware_list *list = search->list;
	size_t i, fields = list->n;

	for (i = 0; i < fields; i++) {
		struct firmware item = list->items[i];
		size_t before = list->n;

		/* A file of that very name is the one that the kernel requests. */
		find_file(search, &list->items[i]);
		if (list->items[i].path || !strpbrk(item.name, WILDCARDS))
			continue;
		expand(search, &item);
		if (list->n > before) /* the matches replace it */
			list->items[i] = list->items[--list->n];
		else
			list->items[i].pattern = item.name;
	}
}
