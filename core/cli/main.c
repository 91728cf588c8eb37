// SPDX-License-Identifier: GPL-2.0-or-later
/* The multi-call binary: choosing the applet. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/path.h"
#include "cli/applet.h"
#include "cli/install.h"
#include "cli/options.h"
#include "config.h"

static const struct applet *find_applet(const char *name)
{
	size_t i;

	for (i = 0; applets[i]; i++)
		if (strcmp(applets[i]->name, name) == 0)
			return applets[i];
	return NULL;
}

static void list_applets(FILE *to, const char *indent)
{
	size_t i;

	for (i = 0; applets[i]; i++)
		fprintf(to, "%s%s\n", indent, applets[i]->name);
}

static int help(void)
{
	size_t i;

	printf("Usage: modbox APPLET [ARGUMENT]...\n"
	       "   or: modbox --list%s\n"
	       "   or: APPLET [ARGUMENT]..., through a link named after the applet\n"
	       "Kernel modules for initramfs and image builders, in one binary.\n\n"
	       "Applets (each has --help):\n",
	       ENABLED(FEATURE_INSTALL) ? " | --install [-s] DIR [APPLET]..." : "");
	for (i = 0; applets[i]; i++)
		printf("  %-16s %s\n", applets[i]->name, applets[i]->summary);
	return output_finish() < 0 ? message_status() : STATUS_OK;
}

static int unknown(const char *name)
{
	error(STATUS_USAGE, "no applet %s; the applets are:", name);
	list_applets(stderr, "  ");
	return STATUS_USAGE;
}

/* modbox, called by its own name. */
static int modbox(int argc, char **argv)
{
	const struct applet *applet;

	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return help();
	if (strcmp(argv[1], "--list") == 0) {
		list_applets(stdout, "");
		return output_finish() < 0 ? message_status() : STATUS_OK;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		printf("modbox %s\n", MODBOX_VERSION);
		return output_finish() < 0 ? message_status() : STATUS_OK;
	}
	if (ENABLED(FEATURE_INSTALL) && strcmp(argv[1], "--install") == 0)
		return install_links(argc - 1, argv + 1);
	applet = find_applet(path_base(argv[1]));
	if (!applet)
		return unknown(argv[1]);
	message_set_program(applet->name);
	return applet->main(applet, argc - 1, argv + 1);
}

/*
 * Open /dev/null in place of closed standard descriptors; else a file that we open could
 * get number 1 or 2, and messages would be written to it. Standard input is opened
 * write-only and the others read-only, so that reading or writing them is still an error.
 */
static void occupy_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null",
			  fcntl(STDIN_FILENO, F_GETFD) < 0 ? O_WRONLY : O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	const char *name = argc ? path_base(argv[0]) : "modbox";
	const struct applet *applet;

	occupy_standard_descriptors();
	if (name[0] == '-') /* a login shell's argv[0] */
		name++;
	applet = find_applet(name);
	if (!applet)
		return modbox(argc, argv);
	message_set_program(applet->name);
	return applet->main(applet, argc, argv);
}
