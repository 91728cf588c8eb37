// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading a part of a file, and the texts for its failures. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/readat.h"
#include "config.h"

enum { ANY = -1 };

static const struct failure {
	int number;
	int resource; /* the text applies if this has a limit (setrlimit(2)); or ANY */
	const char *text;
} failures[] = {
	{ ENOMEM, RLIMIT_AS, "not enough memory (limit: RLIMIT_AS, ulimit -v)" },
	{ ENOMEM, RLIMIT_DATA, "not enough memory (limit: RLIMIT_DATA, ulimit -d)" },
	{ ENOMEM, ANY, "not enough memory" },
	{ EMFILE, RLIMIT_NOFILE,
	  "too many open files (limit: RLIMIT_NOFILE, ulimit -n)" },
	{ EACCES, ANY, "permission denied" },
	{ EIO, ANY, "cannot be read (I/O error)" },
	/* when .modinfo is written to a file for libkmod */
	{ EFBIG, RLIMIT_FSIZE, "cannot be read (limit: RLIMIT_FSIZE, ulimit -f)" },
	{ ENOSPC, ANY, "cannot be read (no space left on device)" },
	{ ENOSYS, ANY,
	  ".modinfo cannot be read without /proc or a temporary file in TMPDIR" },
	{ 0, ANY, "cannot be read" },
};

static const struct failure *find_failure(int error_number)
{
	const struct failure *failure = failures;
	struct rlimit limit;

	for (; failure->number; failure++)
		if (failure->number == error_number &&
		    (failure->resource == ANY ||
		     (ENABLED(FEATURE_HINTS) &&
		      getrlimit(failure->resource, &limit) == 0 &&
		      limit.rlim_cur != RLIM_INFINITY)))
			break;
	return failure;
}

const char *read_failure(int error_number)
{
	return find_failure(error_number)->text;
}

const char *limit_name(int error_number)
{
	const struct failure *failure = find_failure(error_number);

	return !ENABLED(FEATURE_HINTS) || failure->resource == ANY ?
		       "" :
		       strchr(failure->text, '(') - 1;
}

bool is_read_failure(const char *err)
{
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (err == failures[i].text)
			return true;
	return false;
}

int read_at(int fd, void *data, size_t size, uint64_t offset, const char **err)
{
	unsigned char *p = data;

	while (size > 0) {
		ssize_t n = pread(fd, p, size, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			*err = read_failure(errno);
			return -1;
		}
		if (n == 0) {
			*err = "truncated while it was read";
			return -1;
		}
		p += n;
		offset += (uint64_t)n;
		size -= (size_t)n;
	}
	return 0;
}
