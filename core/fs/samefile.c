// SPDX-License-Identifier: GPL-2.0-or-later
/* Comparing a file with what would replace it. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "fs/samefile.h"
#include "fs/xattr.h"

enum { PIECE = 64 << 10 }; /* bytes, on the stack */

static bool is_unchanged(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Whether a copy's owner is the source's, or the user's, who may not set it. */
static bool has_rights(const struct stat *copy, const struct stat *source)
{
	uid_t user = geteuid();
	bool foreign = copy->st_uid != source->st_uid || copy->st_gid != source->st_gid;
	mode_t mode = source->st_mode & (foreign ? 0777 : 07777);

	if (foreign && (user == 0 || copy->st_uid != user ||
			(copy->st_gid != source->st_gid && copy->st_gid != getegid())))
		return false;
	return (copy->st_mode & 07777) == mode;
}

/* memcmp() of musl compares single bytes. */
static bool is_equal(const char *a, const char *b, size_t n)
{
	uint64_t x[4], y[4];

	for (; n >= sizeof(x); a += sizeof(x), b += sizeof(x), n -= sizeof(x)) {
		memcpy(x, a, sizeof(x));
		memcpy(y, b, sizeof(y));
		if ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]))
			return false;
	}
	return memcmp(a, b, n) == 0;
}

/* Whether size bytes are the same; those of a are data, or in its file. */
static bool has_bytes(int a, const char *data, int b, uint64_t size)
{
	char ours[PIECE], theirs[PIECE];

	for (uint64_t at = 0; at < size;) {
		size_t n = size - at < PIECE ? (size_t)(size - at) : PIECE;
		const char *expected = data ? data + at : ours;

		if ((!data && pread(a, ours, n, (off_t)at) != (ssize_t)n) ||
		    pread(b, theirs, n, (off_t)at) != (ssize_t)n ||
		    !is_equal(expected, theirs, n))
			return false;
		at += n;
	}
	return true;
}

bool is_same_file(int src, const struct stat *attrs, const void *data, uint64_t size,
		  int dir, const char *name)
{
	CLEANUP_FD int fd =
		openat(dir, name,
		       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st, now;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    (uint64_t)st.st_size != size || st.st_mtim.tv_sec != attrs->st_mtim.tv_sec ||
	    st.st_mtim.tv_nsec != attrs->st_mtim.tv_nsec || !has_rights(&st, attrs))
		return false;
	return xattr_is_same(src, fd, data != NULL) && has_bytes(src, data, fd, size) &&
	       fstat(src, &now) == 0 && is_unchanged(&now, attrs);
}
