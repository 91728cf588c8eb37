// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Advice for requests that select nothing, as people write them: lists of other programs
 * have options behind a name (initramfs-tools), several names on a line (dracut.conf,
 * mkinitcpio.conf), =DIRECTORY (dracut), or paths that end without a slash or suffix
 * (mkinitfs).
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/path.h"
#include "config.h"
#include "module/names.h"
#include "plan/advice.h"
#include "plan/selection.h"

/* Whether path, below the module directory or its kernel/, is a directory. */
static bool is_directory(const struct modtree *tree, const char *path)
{
	static const char *const above[] = { "", "kernel/" };

	for (size_t i = 0; is_path_below(path) && i < 2; i++) {
		CLEANUP_FREE char *full = xasprintf("%s/%s%s", tree->dir, above[i], path);
		CLEANUP_FD int fd = rootfs_openat(tree->root, full, O_PATH | O_DIRECTORY);

		if (fd >= 0)
			return true;
	}
	return false;
}

/* Advice for a name, not a pattern. */
static const char *name_advice(struct arena *arena, struct modtree *tree,
			       const char *request)
{
	const char *base = path_base(request), *name = normalize_request(arena, base);
	const char *path = request + strspn(request, "=/");
	const char *hidden = name ? modconf_hidden(arena, &tree->conf, name) : NULL;
	struct module *module = NULL;

	if (hidden)
		return hidden;
	if (ENABLED(FEATURE_LIST_SYNTAX) && is_directory(tree, path))
		return arena_printf(arena, "for that directory, write %s/", path);
	if (name && base != request && modtree_find(tree, name, &module) < 0)
		return NULL;
	return module ? arena_printf(arena, "did you mean %s?", module->name) : NULL;
}

const char *request_advice(struct arena *arena, struct modtree *tree, const char *request,
			   bool in_list)
{
	if (!strchr(request, ':') && strpbrk(request, " \t,")) {
		if (strchr(request, '='))
			return "give only the name; options belong in modprobe.d";
		return in_list ? "put one name on each line" :
				 "give each name separately";
	}
	if (!selection_is_set(request))
		return name_advice(arena, tree, request);
	if (strchr(request, '/') && strstr(request, "**"))
		return arena_printf(
			arena, "* does not match a slash; write %s for all directories",
			path_base(request));
	return NULL;
}
