// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What of an archive is unpacked: where modbox looks for something in SOURCE.
 *
 * Directories are wanted with all that is below them. In a system whose modules are not
 * where the kernel looks for them, a link leads there (/lib to /nix/store/..., say): the
 * directories that it leads to are wanted then too, if the link comes first.
 */
#include <string.h>

#include "base/path.h"
#include "wanted.h"

/* With usr/ before lib/, too. */
static const char *const source_directories[] = {
	"lib/modules",	  "lib/firmware",
	"etc/modprobe.d", "run/modprobe.d",
	"lib/modprobe.d", "usr/local/lib/modprobe.d",
	"etc/depmod.d",	  "run/depmod.d",
	"lib/depmod.d",	  "usr/local/lib/depmod.d",
};

/* Kernels and their configuration in boot: kernel/kernelfind.c. */
static const char *const boot_files[] = { "vmlinu", "Image-", "config-" };

/* In any bin or sbin; and in any directory of libraries, followed by a version. */
static const char *const programs[] = { "modprobe", "kmod", "busybox", "toybox" };
static const char *const libraries[] = { "libkmod.so", "liblzma.so", "libzstd.so",
					 "libz.so", "libcrypto.so" };

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum { MAX_FOLLOWED = 64 };

/* The part of path behind dir: "", or with its slash. NULL: it is elsewhere. */
static const char *behind(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return strncmp(path, dir, len) == 0 && (path[len] == '/' || !path[len]) ?
		       path + len :
		       NULL;
}

static bool begins_with_one(const char *name, const char *const *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strncmp(name, items[i], strlen(items[i])) == 0)
			return true;
	return false;
}

/* usr/lib/X as lib/X. */
static const char *without_usr(const char *path)
{
	return behind(path, "usr/lib") ? path + strlen("usr/") : path;
}

static bool is_in_directory(const struct wanted *wanted, const char *path)
{
	const char *plain = without_usr(path);
	size_t i;

	for (i = 0; i < COUNT(source_directories); i++)
		if (behind(plain, source_directories[i]))
			return true;
	for (i = 0; i < wanted->directories.n; i++)
		if (behind(path, wanted->directories.items[i]))
			return true;
	return false;
}

/* modprobe and what it is made of. */
static bool is_modprobe(const char *path)
{
	const char *name = path_base(path), *plain = path;
	size_t i;

	if (behind(path, "usr"))
		plain += strlen("usr/");
	if (behind(plain, "bin") || behind(plain, "sbin"))
		for (i = 0; i < COUNT(programs); i++)
			if (strcmp(name, programs[i]) == 0)
				return true;
	return strncmp(plain, "lib", 3) == 0 &&
	       begins_with_one(name, libraries, COUNT(libraries));
}

bool is_wanted(const struct wanted *wanted, const char *path)
{
	if (is_in_directory(wanted, path))
		return true;
	if (strncmp(path, "boot/", 5) == 0 && !strchr(path + 5, '/') &&
	    begins_with_one(path + 5, boot_files, COUNT(boot_files)))
		return true;
	return (wanted->want & UNPACK_MODPROBE) && is_modprobe(path);
}

bool is_wanted_link(const struct wanted *wanted, const char *path)
{
	const char *slash = strchr(path, '/');

	if (!slash || !strchr(slash + 1, '/') || is_wanted(wanted, path))
		return true;
	for (size_t i = 0; i < wanted->directories.n; i++)
		if (behind(wanted->directories.items[i], path))
			return true;
	return false;
}

/* Where a link leads, as if no other was on the way; in the arena. */
static char *resolve(struct arena *arena, const char *path, const char *text)
{
	const char *slash = text[0] == '/' ? NULL : strrchr(path, '/');
	int before = slash ? (int)(slash - path) : 0;
	char *joined = arena_printf(arena, "%.*s/%s", before, path, text);
	char *result = path_trim(arena, joined), *at = result, *to = result;

	while (*at) {
		size_t len = strcspn(at, "/");

		if (len == 2 && at[0] == '.' && at[1] == '.') {
			while (to > result && *--to != '/')
				;
		} else {
			if (to > result)
				*to++ = '/';
			memmove(to, at, len);
			to += len;
		}
		at += len + strspn(at + len, "/");
	}
	*to = '\0';
	return result;
}

static void add(struct wanted *wanted, const char *directory)
{
	if (*directory && !is_in_directory(wanted, directory))
		string_list_add(&wanted->directories, directory);
}

/* If a wanted directory is at or below a link, what it leads to is wanted. */
static void add_behind(struct wanted *wanted, const char *directory, const char *path,
		       const char *target)
{
	const char *rest = behind(directory, path);

	if (rest)
		add(wanted, arena_printf(&wanted->arena, "%s%s", target, rest));
}

void wanted_follow(struct wanted *wanted, const char *path, const char *text)
{
	const char *name = path_base(path), *target;
	size_t i, n = wanted->directories.n;

	/* Of kernels' build trees, nothing is needed. */
	if (n >= MAX_FOLLOWED || strcmp(name, "build") == 0 ||
	    strcmp(name, "source") == 0)
		return;
	target = resolve(&wanted->arena, path, text);
	if (is_in_directory(wanted, path))
		add(wanted, target);
	for (i = 0; i < COUNT(source_directories); i++)
		add_behind(wanted, source_directories[i], without_usr(path), target);
	for (i = 0; i < n; i++)
		add_behind(wanted, wanted->directories.items[i], path, target);
}

static void add_all(struct wanted *wanted, const struct string_list *directories)
{
	for (size_t i = 0; directories && i < directories->n; i++)
		add(wanted, path_trim(&wanted->arena, directories->items[i]));
}

void wanted_begin(struct wanted *wanted, const struct source_options *options)
{
	*wanted = (struct wanted){ .want = options->want };
	if (options->module_dir)
		add(wanted, path_trim(&wanted->arena, options->module_dir));
	add_all(wanted, options->config_dirs);
	add_all(wanted, options->firmware_dirs);
}

void wanted_free(struct wanted *wanted)
{
	string_list_free(&wanted->directories);
	arena_free(&wanted->arena);
}
