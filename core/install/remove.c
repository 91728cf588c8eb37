// SPDX-License-Identifier: GPL-2.0-or-later
/* Removing modules that were installed beside the kernel's own. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/path.h"
#include "install/remove.h"
#include "module/names.h"
#include "tree/modscan.h"

/* A search for the files of one module. */
struct removal {
	const char *name;
	struct string_list *paths;
	const char *own; /* one in kernel/, or NULL */
	bool found;
};

static int take(struct modtree *tree, const char *path, const struct walk_entry *entry,
		void *context)
{
	struct removal *r = context;

	(void)entry;
	if (!is_path_of(path, strlen(path), r->name))
		return 0;
	path = arena_strdup(&tree->arena, path);
	if (strncmp(path, "kernel/", 7) == 0) {
		r->own = path;
		return 0;
	}
	r->found = true;
	if (!string_list_has(r->paths, path))
		string_list_add(r->paths, path);
	return 0;
}

int removable_find(struct modtree *tree, char *const *names, struct string_list *paths)
{
	CLEANUP_FREE char *label = rootfs_show(tree->root, tree->dir);

	for (; *names; names++) {
		struct removal r = { .name = module_name(&tree->arena, *names),
				     .paths = paths };

		if (modwalk(tree, "", take, &r) < 0)
			return -1;
		if (r.found && r.own)
			notice("%s: %s is no longer overridden", label, r.own);
		if (r.found)
			continue;
		if (r.own)
			error(STATUS_MISSING,
			      "%s: %s is the kernel's own: only modules outside kernel/ "
			      "are removed",
			      label, r.own);
		else
			error(STATUS_MISSING, "%s has no module %s", label, *names);
		return -1;
	}
	return 0;
}
