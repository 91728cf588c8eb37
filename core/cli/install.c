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

static void install_link(const char *self, int dir, const char *label, const char *name,
			 bool symbolic)
{
	int result = symbolic ? symlinkat(self, dir, name) :
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
			  bool symbolic)
{
	for (; *names; names++) {
		if (is_applet(*names))
			install_link(self, dir, label, *names, symbolic);
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
	size_t i;

	if (argc < 2 + symbolic) {
		error(STATUS_USAGE, "--install needs a directory (see modbox --help)");
		return message_status();
	}
	dir = open(label, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		error(STATUS_IO, "cannot open %s: %m", label);
	else if (!self)
		error(STATUS_IO, "cannot find this binary's path; mount /proc");
	else if (argc > 2 + symbolic)
		install_named(self, dir, label, argv + 2 + symbolic, symbolic);
	else
		for (i = 0; applets[i]; i++)
			if (!applets[i]->unlisted)
				install_link(self, dir, label, applets[i]->name,
					     symbolic);
	return message_status();
}
