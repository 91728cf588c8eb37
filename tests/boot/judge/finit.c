// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * finit FILE NAME: load a module file, as it is, by finit_module(2), and unload it as
 * NAME. Prints "loads", or the name of the error.  A file named .ko.* is given as
 * compressed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COMPRESSED_FILE 4 /* MODULE_INIT_COMPRESSED_FILE */

static const char *name_of(int error)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {
		{ ENOEXEC, "ENOEXEC" }, { EINVAL, "EINVAL" },
		{ ENOENT, "ENOENT" },	{ EKEYREJECTED, "EKEYREJECTED" },
		{ EBADMSG, "EBADMSG" }, { EOPNOTSUPP, "EOPNOTSUPP" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].error == error)
			return names[i].name;
	return strerror(error);
}

int main(int argc, char **argv)
{
	int fd;

	if (argc != 3)
		return 2;
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || syscall(SYS_finit_module, fd, "",
			      strstr(argv[1], ".ko.") ? COMPRESSED_FILE : 0) < 0) {
		puts(name_of(errno));
		return 1;
	}
	puts("loads");
	if (strcmp(argv[2], "-") != 0 &&
	    syscall(SYS_delete_module, argv[2], O_NONBLOCK) < 0)
		printf("cannot unload: %s\n", strerror(errno));
	return 0;
}
