// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * replay TARGET DIRECTORY...
 *
 * Run the fuzz target that this is linked with on every file of the directories, of which
 * the first must hold some: one TAP test.  A crash is the program's: the last line before
 * it names the file.
 */
#include <dirent.h>
#include <stdarg.h>

#include "fuzz.h"

static int out; /* the targets take standard output for themselves */

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vdprintf(out, format, args);
	va_end(args);
}

static char *read_file(int dir, const char *name, size_t *size)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *data;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	/* Exactly as long as it is, so that a byte behind it is seen to be read. */
	data = malloc((size_t)st.st_size + !st.st_size);
	*size = (size_t)st.st_size;
	if (data && read(fd, data, *size) != (ssize_t)*size) {
		free(data);
		data = NULL;
	}
	close(fd);
	return data;
}

/* Returns how many files were run, or -1. */
static int replay(const char *path, DIR *dir)
{
	struct dirent *entry;
	int n = 0;

	while ((entry = readdir(dir))) {
		size_t size;
		char *data;

		if (entry->d_name[0] == '.')
			continue;
		data = read_file(dirfd(dir), entry->d_name, &size);
		if (!data) {
			say("# cannot read %s/%s\n", path, entry->d_name);
			return -1;
		}
		say("# %s/%s\n", path, entry->d_name);
		LLVMFuzzerTestOneInput((const uint8_t *)data, size);
		free(data);
		n++;
	}
	return n;
}

int main(int argc, char **argv)
{
	int total = 0, n = 0;
	DIR *dirs[16] = { NULL };

	out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (argc < 3 || argc > 16 || out < 0)
		return 2;
	say("1..1\n");
	for (int i = 2; i < argc; i++) /* before a target changes its directory */
		dirs[i] = opendir(argv[i]);
	for (int i = 2; i < argc && n >= 0; i++) {
		n = dirs[i] ? replay(argv[i], dirs[i]) : 0;
		if (n == 0 && i == 2)
			n = -1;
		total += n;
	}
	for (int i = 2; i < argc; i++)
		if (dirs[i])
			closedir(dirs[i]);
	if (n < 0)
		say("not ok 1 %s: no inputs in %s\n", argv[1], argv[2]);
	else
		say("ok 1 %s: %d inputs\n", argv[1], total);
	return n < 0;
}
