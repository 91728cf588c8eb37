// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading a part of a file, and the texts for its failures. */
#include <errno.h>
#include <unistd.h>

#include "base/readat.h"

static const struct failure {
	int number;
	const char *text;
} failures[] = {
	{ ENOMEM, "not enough memory" },
	{ EMFILE, "too many open files" },
	{ EACCES, "permission denied" },
	{ EIO, "cannot be read (I/O error)" },
	/* when .modinfo is written to a temporary file for libkmod */
	{ ENOSPC, "cannot be read (no space left on device)" },
	{ ENOSYS, ".modinfo cannot be read without /proc or a temporary file in TMPDIR" },
	{ 0, "cannot be read" },
};

const char *read_failure(int error_number)
{
	const struct failure *failure = failures;

	while (failure->number && failure->number != error_number)
		failure++;
	return failure->text;
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
