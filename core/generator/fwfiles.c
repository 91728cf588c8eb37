// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Firmware as dracut-install copies it: from every directory that has it, to the same
 * path, because the kernel that will run is not the one that searches here.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/message.h"
#include "base/path.h"
#include "generator/fwfiles.h"
#include "module/names.h"

/* The directory that a parameter of the kernel names, or "". */
static const char *read_parameter(struct generator *g)
{
	size_t n = 0;
	CLEANUP_FREE char *path =
		read_path("/sys/module/firmware_class/parameters/path", &n);

	return path && n > 1 ? arena_strndup(&g->arena, path, n - 1) : "";
}

void fwfiles_dirs(struct generator *g, const char *dirs, struct string_list *list)
{
	struct utsname running;
	char *rest, *dir;

	if (!dirs)
		dirs = getenv("DRACUT_FIRMWARE_PATH");
	uname(&running);
	rest = dirs ? arena_strdup(&g->arena, dirs) :
		      arena_printf(&g->arena,
				   "%s:/lib/firmware/updates/%s:/lib/firmware/updates:"
				   "/lib/firmware/%s:/lib/firmware",
				   read_parameter(g), running.release, running.release);
	while ((dir = strtok_r(rest, ":", &rest)))
		string_list_add(list, dir);
}

/*
 * Put the files of a pattern in a directory, whose components match one by one, as in
 * glob(3).
 */
static bool place_matches(const char *dir, const char *pattern, struct placing *p)
{
	size_t len = strcspn(pattern, "/");
	CLEANUP_FREE char *first = xasprintf("%.*s", (int)len, pattern);
	struct string_list names;
	bool found = false;

	rootfs_list(&names, &p->arena, &p->source, placing_strip(p, dir));
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *path = NULL;

		if (fnmatch(first, names.items[i], 0) != 0)
			continue;
		path = path_join(dir, names.items[i]);
		found |= pattern[len] ? place_matches(path, pattern + len + 1, p) :
					placing_add(p, path, path) == 0;
	}
	string_list_free(&names);
	return found;
}

/* Put the file of a name in a directory: as it is, or else compressed. */
static bool place_from(const char *dir, const char *name, struct placing *p)
{
	bool pattern = strpbrk(name, "*?[") != NULL, found = false;

	for (size_t i = 0; i < FIRMWARE_SUFFIXES && !found; i++) {
		CLEANUP_FREE char *path =
			xasprintf("%s/%s%s", dir, name, firmware_suffixes[i]);

		if (access(path, F_OK) == 0)
			return placing_add(p, path, path) == 0;
		found = pattern && place_matches(dir, path + strlen(dir) + 1, p);
	}
	return found;
}

void fwfiles_place(const struct generator *g, const struct string_list *dirs,
		   const struct module *module, struct placing *p)
{
	if (module->err)
		error(STATUS_IO, "could not get modinfo from '%s': %s", module->name,
		      module->err);
	for (size_t i = 0; i < module->info.n; i++) {
		const struct modinfo_field *field = &module->info.fields[i];
		bool found = false;

		/* The kernel loads nothing from above its directories either. */
		if (strcmp(field->key, "firmware") != 0 || !is_path_below(field->value))
			continue;
		for (size_t k = 0; k < dirs->n; k++)
			found |= place_from(dirs->items[k], field->value, p);
		if (!found && g->verbose)
			notice("Missing firmware %s for kernel module %s", field->value,
			       module->name);
	}
}
