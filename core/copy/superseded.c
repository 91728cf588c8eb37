// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Find and remove modules of DEST that a copied module replaces: the same module in
 * another compression.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/path.h"
#include "copy/superseded.h"
#include "module/names.h"

static void mark_planned(struct installed_file *file, const struct file_entry *list)
{
	file->planned = true;
	file->is_source = list->is_module && !list->transcoded &&
			  strcmp(list->from, list->path) == 0;
	file->mtime = list->mtime;
}

const char *superseded_mark(struct installed *installed, const struct filelist *list,
			    size_t kernel, const char *top)
{
	struct installed_file *file, *twin, *end = installed->files + installed->n;
	const char *lost = NULL;

	for (size_t i = 0; i < list->n; i++) {
		const char *path = list->items[i].path;

		if (list->items[i].kernel != kernel || !module_stem(path_base(path)))
			continue;
		path = module_split(&installed->arena, top, path);
		file = installed_find(installed, path);
		if (file)
			mark_planned(file, &list->items[i]);
		else if (!lost)
			lost = path;
	}
	for (file = installed->files; file < end; file = twin) {
		bool planned = false;

		for (twin = file; twin < end && strcmp(twin->key, file->key) == 0; twin++)
			planned |= twin->planned;
		for (; planned && file < twin; file++) {
			file->superseded = !file->planned;
			if (file->superseded && file->top != NO_TOP)
				installed->tops[file->top].plain = false;
		}
	}
	return lost;
}

int superseded_remove(const struct installed *installed, struct destdir *dirs,
		      const char *top)
{
	for (size_t i = 0; i < installed->n; i++) {
		const char *file = installed->files[i].path;
		CLEANUP_FREE char *path = NULL, *label = NULL;
		int dir;

		if (!installed->files[i].superseded)
			continue;
		path = module_join(top, file);
		dir = destdir_enter(dirs, path);
		if (dir < 0)
			return -1;
		if (unlinkat(dir, path_base(file), 0) == 0 || errno == ENOENT)
			continue;
		label = rootfs_show(dirs->dest, path);
		error(STATUS_IO, "cannot remove %s, which a new file replaces: %m",
		      label);
		return -1;
	}
	return 0;
}
