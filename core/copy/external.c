// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Modules of depmod.d's external directories in DEST. They lie outside its module
 * directory, so no walk of that finds them: DEST's modules.dep says which there are.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/message.h"
#include "base/path.h"
#include "copy/external.h"
#include "module/names.h"

/* Add the module of a row of DEST's modules.dep, if it is external and its file exists. */
static void add_row(struct externals *externals, const struct rootfs *dest, char *line)
{
	CLEANUP_FD int fd = -1;
	struct stat st;

	line[strcspn(line, ":")] = '\0';
	if (!is_external(line) || !is_path_below(line + 1) || is_unlistable(line) ||
	    !module_stem(path_base(line)) || string_list_has(&externals->paths, line))
		return;
	fd = rootfs_openat(dest, line + 1, O_PATH);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		string_list_add(&externals->paths, arena_strdup(&externals->arena, line));
}

int externals_find(struct externals *externals, const struct filelist *list,
		   size_t kernel, const struct rootfs *dest, const char *top)
{
	CLEANUP_FREE char *path = path_join(top, "modules.dep"), *text = NULL;
	char *line, *rest;
	struct stat unused;
	size_t size;

	*externals = (struct externals){ 0 };
	if (!ENABLED(FEATURE_EXTERNAL))
		return 0;
	for (size_t i = 0; i < list->n; i++) {
		const struct file_entry *file = &list->items[i];
		const char *module;

		if (file->kernel != kernel || !file->is_module)
			continue;
		module = module_split(&externals->arena, top, file->path);
		if (is_external(module))
			string_list_add(&externals->paths, module);
	}
	if (dest && rootfs_read_optional(dest, path, &text, &size, &unused) < 0)
		return -1;
	for (line = text ? strtok_r(text, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest))
		add_row(externals, dest, line);
	return 0;
}

void externals_free(struct externals *externals)
{
	string_list_free(&externals->paths);
	arena_free(&externals->arena);
	*externals = (struct externals){ 0 };
}

void externals_warn_of_lib(const struct filelist *list, size_t kernel,
			   const struct rootfs *dest, const char *top)
{
	CLEANUP_FD int lib = -1;

	if (!ENABLED(FEATURE_EXTERNAL) || strncmp(top, "usr/lib/", 8) != 0)
		return;
	if (dest)
		lib = rootfs_openat(dest, "lib", O_PATH);
	for (size_t i = 0; i < list->n && lib < 0; i++) {
		const struct file_entry *file = &list->items[i];

		if (file->kernel != kernel || !file->is_module ||
		    strncmp(file->path, "lib/", 4) != 0)
			continue;
		warning("/%s, a module of an external directory, makes /lib in DEST a directory; "
			"the others are in /%s: make /lib a link to usr/lib first",
			file->path, top);
		return;
	}
}
