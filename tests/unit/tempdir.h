/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_TEMPDIR_H
#define TESTS_TEMPDIR_H

/* A temporary directory, the current directory of a test while it runs. */
#include <ftw.h>

#include "unit.h"

static char tempdir_path[] = "/tmp/modbox-unit-XXXXXX";

static inline int tempdir_remove_one(const char *path, const struct stat *st, int type,
				     struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline int tempdir_setup(void **state)
{
	strcpy(tempdir_path, "/tmp/modbox-unit-XXXXXX");
	return mkdtemp(tempdir_path) && chdir(tempdir_path) == 0 ? 0 : -1;
}

static inline int tempdir_teardown(void **state)
{
	return chdir("/") == 0 ?
		       nftw(tempdir_path, tempdir_remove_one, 128, FTW_DEPTH | FTW_PHYS) :
		       -1;
}

/* A test with its own temporary directory. */
#define IN_TEMPDIR(test) \
	cmocka_unit_test_setup_teardown(test, tempdir_setup, tempdir_teardown)

/* Remove path, if it exists, and everything below it. */
static inline void tempdir_clear(const char *path)
{
	nftw(path, tempdir_remove_one, 128, FTW_DEPTH | FTW_PHYS);
}

/* Write a text file; create missing directories. */
static inline void put(const char *path, const char *text)
{
	char dir[4096];
	FILE *f;

	for (size_t i = 0; path[i]; i++) {
		dir[i] = '\0';
		if (path[i] == '/' && *dir)
			mkdir(dir, 0755);
		dir[i] = path[i];
	}
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* Write a file of any bytes. */
static inline void put_bytes(const char *path, const void *data, size_t size)
{
	FILE *f;

	put(path, "");
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

/* Return a text file's contents, in a static buffer. */
static inline const char *get(const char *path)
{
	static char text[65536];
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return text;
}

static inline int exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static inline int open_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY);

	assert_true(fd >= 0);
	return fd;
}

/*
 * Redirect standard error to the file "stderr", until end_stderr() returns its contents.
 */
static inline int begin_stderr(void)
{
	int old = dup(2), fd = open("stderr", O_WRONLY | O_CREAT | O_TRUNC, 0644);

	fflush(stderr);
	assert_true(old >= 0 && fd >= 0 && dup2(fd, 2) == 2);
	close(fd);
	return old;
}

static inline const char *end_stderr(int old)
{
	fflush(stderr);
	assert_int_equal(dup2(old, 2), 2);
	close(old);
	return get("stderr");
}

#endif
