// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A list for the kernel's gen_init_cpio and CONFIG_INITRAMFS_SOURCE:
 *
 *     dir NAME MODE UID GID
 *     file NAME LOCATION MODE UID GID
 *
 * NAME is the path in the archive, LOCATION the path on this host.  The format has no
 * quoting: white space ends a field, and gen_init_cpio expands ${X} in LOCATION from the
 * environment.
 *
 * Owner and modes are fixed, so the list does not depend on the user who unpacked SOURCE.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "module/names.h"
#include "report/report.h"

struct listed_file {
	const char *path;     /* below the root */
	const char *location; /* on this host */
};

struct list {
	struct arena arena;
	const struct report *report;
	const char *top; /* the module directory, below the root */
	struct listed_file *files;
	size_t n;
	struct string_list dirs; /* below the root */
};

/* True if path on this host is the file that st describes. */
static bool leads_to(const char *path, const struct stat *st)
{
	struct stat there;

	return stat(path, &there) == 0 && there.st_dev == st->st_dev &&
	       there.st_ino == st->st_ino;
}

/*
 * Return the path on this host of a file below the root.  A symbolic link on the way may
 * lead elsewhere on the host than inside the root; the kernel's own name for the open
 * file is used then.  Returns NULL with errno set if there is no such file.
 */
static const char *locate(struct list *list, const struct rootfs *root, const char *path)
{
	CLEANUP_FD int fd = rootfs_openat(root, path, O_PATH);
	CLEANUP_FREE char *host = rootfs_host_path(root, path);
	const char *location = arena_strdup(&list->arena, host);
	char link[64], target[PATH_MAX];
	struct stat st;
	ssize_t len;

	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return NULL;
	}
	if (leads_to(location, &st))
		return location;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, target, sizeof(target));
	if (len < 0)
		return NULL;
	if (len == sizeof(target)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	location = arena_strndup(&list->arena, target, (size_t)len);
	if (leads_to(location, &st))
		return location;
	errno = ENOENT;
	return NULL;
}

/* Reject text that gen_init_cpio would split into two fields or expand. */
static int check_field(const char *kind, const char *field, const char *hint)
{
	if (!field[strcspn(field, " \t\n\v\f\r")] && !strstr(field, "${"))
		return 0;
	error(STATUS_USAGE,
	      "a cpio-list cannot hold the %s %s: it has white space or ${%s", kind,
	      field, hint);
	return -1;
}

static int add_file(struct list *list, const struct rootfs *root, const char *file)
{
	const char *path = module_arena_join(&list->arena, list->top, file);
	const char *location = locate(list, root, path);

	if (!location)
		return rootfs_cannot_read(root, path);
	list->files[list->n++] = (struct listed_file){ path, location };
	if (check_field("name", path, "") < 0)
		return -1;
	return check_field("location", location, "; use another path to SOURCE");
}

static int add_files(struct list *list)
{
	const struct rootfs *root = list->report->tree->root;
	const struct plan *plan = list->report->plan;

	list->files =
		xcalloc(plan->n_modules + plan->builtin_files.n, sizeof(*list->files));
	for (size_t i = 0; i < plan->n_modules; i++)
		if (add_file(list, root, plan->modules[i].path) < 0)
			return -1;
	for (size_t i = 0; i < plan->builtin_files.n; i++)
		if (add_file(list, rootfs_base(root), plan->builtin_files.items[i]) < 0)
			return -1;
	return 0;
}

/* True if dir is path itself or a directory above it. */
static bool is_above(const char *dir, const char *path)
{
	size_t len = strlen(dir);

	return strncmp(dir, path, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

static bool was_listed(const struct list *list, const char *dir)
{
	const struct string_list *before = list->report->before;

	for (size_t i = 0; before && i < before->n; i++)
		if (is_above(dir, before->items[i]))
			return true;
	return false;
}

/* List the directories of all files, sorted so that each precedes its contents. */
static void add_dirs(struct list *list)
{
	const char *last = "";
	size_t i, len;

	for (i = 0; i < list->n; i++) {
		const char *path = list->files[i].path;

		/* Stop at a directory that the previous file shares. */
		for (len = strlen(path); len; len--) {
			const char *dir;

			if (path[len] != '/')
				continue;
			dir = arena_strndup(&list->arena, path, len);
			if (is_above(dir, last))
				break;
			string_list_add(&list->dirs, dir);
		}
		last = path;
	}
	string_list_sort(&list->dirs);
}

static void put_list(const struct list *list)
{
	const struct string_list *dirs = &list->dirs;

	for (size_t i = 0; i < dirs->n; i++)
		if ((i == 0 || strcmp(dirs->items[i], dirs->items[i - 1]) != 0) &&
		    !was_listed(list, dirs->items[i]))
			printf("dir /%s 0755 0 0\n", dirs->items[i]);
	for (size_t i = 0; i < list->n; i++)
		printf("file /%s %s 0644 0 0\n", list->files[i].path,
		       list->files[i].location);
}

void report_cpio_list(const struct report *report)
{
	const struct plan *plan = report->plan;
	struct list list = { .report = report };

	list.top = plan->dir;
	if (!was_listed(&list, list.top) && add_files(&list) == 0) {
		add_dirs(&list);
		put_list(&list);
	}
	free(list.files);
	string_list_free(&list.dirs);
	arena_free(&list.arena);
}
