// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading the file that is unpacked. It is read, not mapped: another process may shorten
 * it meanwhile.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "input.h"

/* As much as stays in a processor's cache together with what is decompressed from it. */
enum { INPUT_SIZE = 256 << 10 };

void input_open(struct input *in, int fd)
{
	*in = (struct input){ .fd = fd };
	in->buffer = xmalloc(INPUT_SIZE);
	in->p = in->end = in->buffer;
}

void input_close(struct input *in)
{
	free(in->buffer);
	*in = (struct input){ .fd = -1 };
}

size_t input_need(struct input *in, size_t n)
{
	size_t left = (size_t)(in->end - in->p);
	ssize_t got = 1;

	if (left >= n)
		return left;
	memmove(in->buffer, in->p, left);
	in->p = in->buffer;
	while (left < n && got > 0 && !in->failure) {
		got = pread(in->fd, in->buffer + left, INPUT_SIZE - left,
			    (off_t)in->next);
		if (got > 0) {
			left += (size_t)got;
			in->next += (uint64_t)got;
		} else if (got < 0 && errno == EINTR) {
			got = 1;
		} else if (got < 0) {
			in->failure = errno;
		}
	}
	in->end = in->buffer + left;
	return left;
}

void input_skip(struct input *in, uint64_t n)
{
	size_t left = (size_t)(in->end - in->p);

	if (n <= left) {
		in->p += n;
		return;
	}
	in->p = in->end;
	in->next += n - left;
}
