// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * replay TARGET DIRECTORY...
 *
 * Run the fuzz target linked with this on every file of the directories; the first must
 * contain some.  Prints one TAP test.  A crash ends this program, too; the last line
 * before it names the file.
 */
#include <dirent.h>
#include <stdarg.h>

#include "fuzz.h"

static int out; /* standard output; the targets redirect theirs */

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
	/* Exactly the file's size, so that a read past its end is detected. */
	data = malloc((size_t)st.st_size + !st.st_size);
	*size = (size_t)st.st_size;
	if (data && read(fd, data, *size) != (ssize_t)*size) {
		free(data);
		data = NULL;
	}
	close(fd);
	return data;
}

/* Returns the number of files run, 0 if there is no such directory, or -1. */
static int replay(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int n = 0;

	while (n >= 0 && dir && (entry = readdir(dir))) {
		size_t size;
		char *data;

		if (entry->d_name[0] == '.')
			continue;
		data = read_file(dirfd(dir), entry->d_name, &size);
		say("# %s/%s%s\n", path, entry->d_name, data ? "" : ": cannot be read");
		if (data)
			LLVMFuzzerTestOneInput((const uint8_t *)data, size);
		n = data ? n + 1 : -1;
		free(data);
	}
	if (dir)
		closedir(dir);
	return n;
}

int main(int argc, char **argv)
{
	const char *failed = NULL;
	int total = 0;

	out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (argc < 3 || out < 0)
		return 2;
	say("1..1\n");
	for (int i = 2; i < argc && !failed; i++) {
		int n = replay(argv[i]);

		if (n < 0 || (n == 0 && i == 2))
			failed = argv[i];
		total += n;
	}
	if (failed)
		say("not ok 1 %s: %s holds no inputs, or one that cannot be read\n",
		    argv[1], failed);
	else if (fuzz_missing && (failed = fuzz_missing()))
		say("not ok 1 %s: no input has %s\n", argv[1], failed);
	else
		say("ok 1 %s: %d inputs\n", argv[1], total);
	return failed != NULL;
}
