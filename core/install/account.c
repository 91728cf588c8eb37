// SPDX-License-Identifier: GPL-2.0-or-later
/* The manifest of what was installed. */
#include <fcntl.h>

#include "copy/manifest.h"
#include "index/indexwrite.h"
#include "install/account.h"

static void add(struct filelist *list, const char *top, const char *name,
		const char *reason)
{
	const char *path = arena_join(&list->arena, top, name);

	filelist_add(list, &(struct file_entry){ .kind = FILE_COPY,
						 .path = path,
						 .from = path,
						 .size = SIZE_UNKNOWN,
						 .reason = reason });
}

static int add_all(struct filelist *list, const struct candidates *c,
		   const struct rootfs *root, const char *top, bool no_indexes)
{
	for (size_t i = 0; i < c->n; i++) {
		CLEANUP_FREE char *path = candidate_path(&c->items[i]);

		add(list, top, path,
		    arena_printf(&list->arena, "installed from %s", c->items[i].label));
	}
	for (size_t i = 0; i < INDEXES && !no_indexes; i++) {
		CLEANUP_FREE char *path = path_join(top, indexes[i].name);
		CLEANUP_FD int fd = rootfs_openat(root, path, O_PATH);

		if (fd >= 0)
			add(list, top, indexes[i].name, FILE_GENERATED);
		else if (rootfs_unless_absent(root, path) < 0)
			return -1;
	}
	return 0;
}

int account_write(struct outfile *out, const struct candidates *c,
		  const struct rootfs *root, const char *top, bool no_indexes)
{
	struct string_list kernels = { 0 };
	struct filelist list = { 0 };
	struct strbuf text = { 0 };
	int result;

	result = add_all(&list, c, root, top, no_indexes);
	string_list_add(&kernels, top);
	if (result == 0)
		result = manifest_write(&text, &list, root, &kernels);
	if (result == 0)
		result = outfile_add(out, text.data, text.size);
	if (result == 0)
		result = outfile_finish(out);
	strbuf_free(&text);
	string_list_free(&kernels);
	filelist_free(&list);
	return result;
}
