/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

/*
 * Shared by the fuzz targets.  Each target is a file here that defines
 * LLVMFuzzerTestOneInput(). libFuzzer calls it with generated inputs (make fuzz),
 * replay.c with stored ones (make check).
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * A target may define this to name a kind of input that the stored ones lack, or return
 * NULL.
 */
const char *fuzz_missing(void) __attribute__((weak));

/* Crash if the condition does not hold. */
#define REQUIRE(condition)                                                            \
	do {                                                                          \
		if (!(condition)) {                                                   \
			dprintf(STDERR_FILENO, "%s:%d: %s does not hold\n", __FILE__, \
				__LINE__, #condition);                                \
			abort();                                                      \
		}                                                                     \
	} while (0)

/* A piece of an input. */
struct part {
	const char *data;
	size_t size;
};

/* Take the first part of an input; "%%%%" separates names from the data to search. */
static inline struct part next_part(struct part *input)
{
	static const char mark[] = "%%%%";
	const size_t length = sizeof(mark) - 1;
	const char *end = memmem(input->data, input->size, mark, length);
	struct part part = *input;

	if (!end) {
		*input = (struct part){ input->data + input->size, 0 };
		return part;
	}
	part.size = (size_t)(end - input->data);
	input->data = end + length;
	input->size -= part.size + length;
	return part;
}

/* Copy a part and add a NUL. The caller frees it. */
static inline char *part_string(struct part part)
{
	char *text = malloc(part.size + 1);

	REQUIRE(text);
	memcpy(text, part.data, part.size);
	text[part.size] = '\0';
	return text;
}

/* Discard output, with full buffering: a target writes a lot. */
static inline void be_quiet(void)
{
	static FILE *nowhere;

	if (nowhere)
		return;
	nowhere = fopen("/dev/null", "we");
	REQUIRE(nowhere);
	stdout = stderr = nowhere;
}

/*
 * A memory file with these contents, positioned at its start.  Always the same
 * descriptor.
 */
static inline int memory_file(const void *data, size_t size)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	REQUIRE(fd >= 0 && ftruncate(fd, 0) == 0);
	REQUIRE(pwrite(fd, data, size, 0) == (ssize_t)size);
	REQUIRE(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

static char scratch_path[256];
static int scratch = -1; /* scratch_path, open */

static inline int remove_one(const char *path, const struct stat *st, int type,
			     struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static inline void remove_scratch(void)
{
	nftw(scratch_path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A directory for this process in TMPDIR, preferably in memory; removed at exit. */
static inline void make_scratch(void)
{
	const char *dir = getenv("TMPDIR");

	snprintf(scratch_path, sizeof(scratch_path), "%s/modbox-fuzz.XXXXXX",
		 dir && *dir ? dir : "/tmp");
	REQUIRE(mkdtemp(scratch_path));
	atexit(remove_scratch);
	scratch = open(scratch_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	REQUIRE(scratch >= 0);
}

static inline int open_file(const char *path)
{
	return openat(scratch, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

/* Write a file in the scratch directory, creating its parent directories. */
static inline void write_file(const char *path, const void *data, size_t size)
{
	int fd = open_file(path);

	if (fd < 0) {
		char *dir = strdup(path);

		REQUIRE(dir);
		for (char *p = strchr(dir, '/'); p; p = strchr(p + 1, '/')) {
			*p = '\0';
			mkdirat(scratch, dir, 0755);
			*p = '/';
		}
		free(dir);
		fd = open_file(path);
	}
	REQUIRE(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
}

#endif
