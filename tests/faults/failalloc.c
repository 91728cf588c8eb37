// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Make allocations fail, and refuse unnamed temporary files.  The linker (--wrap)
 * redirects every allocator call here, including those of the C library, libkmod,
 * liblzma, libzstd, zlib and cJSON. Otherwise the program is the release binary.
 *
 *     FAIL_ALLOCATION=N        the N-th allocation fails
 *     FAIL_ALLOCATION=N-       so do all after it
 *     COUNT_ALLOCATIONS=FILE   write the number of allocations at exit
 *     NO_TMPFILE=1             refuse O_TMPFILE, as NFS does
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
int __real_openat(int dir, const char *path, int flags, ...);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int __wrap_openat(int dir, const char *path, int flags, ...);

static atomic_ulong made;
static unsigned long first = ULONG_MAX;
static bool and_all_after;

__attribute__((constructor)) static void begin(void)
{
	const char *text = getenv("FAIL_ALLOCATION");
	char *end;

	if (!text || !*text)
		return;
	first = strtoul(text, &end, 10);
	and_all_after = *end == '-';
}

__attribute__((destructor)) static void finish(void)
{
	const char *path = getenv("COUNT_ALLOCATIONS");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;

	if (fd < 0)
		return;
	dprintf(fd, "%lu\n", made);
	close(fd);
}

static bool fails(void)
{
	unsigned long n = atomic_fetch_add(&made, 1) + 1;

	if (n != first && !(and_all_after && n > first))
		return false;
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	return fails() ? NULL : __real_aligned_alloc(alignment, size);
}

int __wrap_openat(int dir, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	if ((flags & O_TMPFILE) != O_TMPFILE || !getenv("NO_TMPFILE"))
		return __real_openat(dir, path, flags, mode);
	errno = EOPNOTSUPP;
	return -1;
}
