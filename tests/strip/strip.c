// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * strip debug|unneeded DIR FILE...
 *
 * Strip modules with module_strip(), and write them to DIR by their names.  A line on
 * standard error says which cannot be stripped, and why.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "module/strip.h"

static int fail(const char *path, const char *err)
{
	fprintf(stderr, "%s: %s\n", path, err);
	return -1;
}

static char *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "re");
	char *data = NULL;
	struct stat st;

	if (!file)
		return NULL;
	if (fstat(fileno(file), &st) == 0 && (data = malloc((size_t)st.st_size + 1)))
		*size = fread(data, 1, (size_t)st.st_size, file);
	fclose(file);
	return data;
}

static int write_file(const char *dir, const char *path, const void *data, size_t size)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	char to[4096];
	FILE *file;

	snprintf(to, sizeof(to), "%s/%s", dir, name);
	file = fopen(to, "we");
	if (!file)
		return fail(to, strerror(errno));
	fwrite(data, 1, size, file);
	return fclose(file) == 0 ? 0 : fail(to, strerror(errno));
}

static int strip(enum strip_level level, const char *dir, const char *path)
{
	size_t size = 0, stripped_size;
	char *data = read_file(path, &size);
	const char *err = NULL;
	bool was_signed;
	void *stripped;
	int result;

	if (!data)
		return fail(path, strerror(errno));
	result = module_strip(data, size, level, &stripped, &stripped_size, &was_signed,
			      &err);
	if (result == 0) {
		result = write_file(dir, path, stripped, stripped_size);
		free(stripped);
	} else {
		fail(path, err);
	}
	free(data);
	return result;
}

int main(int argc, char **argv)
{
	enum strip_level level = STRIP_DEBUG;
	int status = 0;

	if (argc < 4)
		return 2;
	if (strcmp(argv[1], "unneeded") == 0)
		level = STRIP_UNNEEDED;
	for (int i = 3; i < argc; i++)
		if (strip(level, argv[2], argv[i]) < 0)
			status = 1;
	return status;
}
