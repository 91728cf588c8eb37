// SPDX-License-Identifier: GPL-2.0-or-later
/* modbox --install: links for the applets. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "base/path.h"
#include "base/util.h"
#include "cli/applet.h"
#include "cli/install.h"

/* This binary's path: from /proc or, if that is not mounted, as executed. */
static char *own_path(void)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	const char *executed = (const char *)getauxval(AT_EXECFN);

	if (len > 0) {
		path[len] = '\0';
		return xstrdup(path);
	}
	return executed ? realpath(executed, NULL) : NULL;
}

static bool same_file(const char *a, int dir, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && fstatat(dir, b, &y, 0) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/* Whether dir, of len bytes, has one of the directories that a root has. */
static bool is_root(const char *dir, size_t len)
{
	CLEANUP_FREE char *usr = xasprintf("%.*s/usr", (int)len, dir);
	CLEANUP_FREE char *etc = xasprintf("%.*s/etc", (int)len, dir);

	return access(usr, F_OK) == 0 || access(etc, F_OK) == 0;
}

/*
 * Find the root of the file system that dir, a real path, is for: ROOT/usr/bin,
 * ROOT/bin, or the nearest directory above that looks like one.
 * Returns the length of its path, without '/' at the end.
 */
static size_t root_of(const char *dir)
{
	size_t len = strlen(dir);
	const char *usr = NULL, *found = dir;

	while ((found = strstr(found, "/usr")))
		if (found[4] == '/' || found[4] == '\0')
			usr = found++;
		else
			found++;
	if (usr)
		return (size_t)(usr - dir);
	if (strcmp(path_base(dir), "bin") == 0 || strcmp(path_base(dir), "sbin") == 0)
		return (size_t)(path_base(dir) - dir) - 1;
	while (len && !is_root(dir, len))
		while (dir[--len] != '/')
			;
	return len;
}

/*
 * The text of links in a directory to this binary: relative if it is in the same root, so
 * that the root can be moved, or become "/"; else its absolute path.
 */
static const char *link_text(struct arena *arena, const char *label, const char *self)
{
	CLEANUP_FREE char *dir = realpath(label, NULL);
	size_t len = dir ? root_of(dir) : 0;
	const char *top = strchr(self + 1, '/');

	if (!dir)
		return self;
	/* In "/", a link to another top directory is as good if it is absolute. */
	if (!len && top)
		len = (size_t)(top - self);
	if (strncmp(dir, self, len) != 0 || self[len] != '/' ||
	    (dir[len] != '/' && dir[len] != '\0'))
		return self;
	return path_relative(arena, arena_join(arena, dir, "link"), self);
}

/* Make one link; text is that of a symbolic link, or NULL for a hard link. */
static void install_link(const char *self, int dir, const char *label, const char *name,
			 const char *text)
{
	int result = text ? symlinkat(text, dir, name) :
			    linkat(AT_FDCWD, self, dir, name, 0);

	if (result < 0 && !(errno == EEXIST && same_file(self, dir, name)))
		error(STATUS_IO, "cannot create the link %s/%s: %s%s", label, name,
		      strerror(errno),
		      errno == EXDEV ? "; use -s for symbolic links" : "");
}

static bool is_applet(const char *name)
{
	size_t i;

	for (i = 0; applets[i]; i++)
		if (strcmp(applets[i]->name, name) == 0)
			return true;
	return false;
}

static void install_named(const char *self, int dir, const char *label, char **names,
			  const char *text)
{
	for (; *names; names++) {
		if (is_applet(*names))
			install_link(self, dir, label, *names, text);
		else
			error(STATUS_USAGE, "no applet %s (see modbox --list)", *names);
	}
}

int install_links(int argc, char **argv)
{
	bool symbolic = argc > 1 && strcmp(argv[1], "-s") == 0;
	const char *label = argv[1 + symbolic];
	CLEANUP_FREE char *self = own_path();
	CLEANUP_FD int dir = -1;
	struct arena arena = { 0 };
	const char *text;
	size_t i;

	if (argc < 2 + symbolic) {
		error(STATUS_USAGE, "--install needs a directory (see modbox --help)");
		return message_status();
	}
	text = symbolic && self ? link_text(&arena, label, self) : NULL;
	dir = open(label, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		error(STATUS_IO, "cannot open %s: %m", label);
	else if (!self)
		error(STATUS_IO, "cannot find this binary's path; mount /proc");
	else if (argc > 2 + symbolic)
		install_named(self, dir, label, argv + 2 + symbolic, text);
	else
		for (i = 0; applets[i]; i++)
			if (!applets[i]->unlisted)
				install_link(self, dir, label, applets[i]->name, text);
	arena_free(&arena);
	return message_status();
}
