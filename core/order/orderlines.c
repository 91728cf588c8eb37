// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Read a modules.order line by line.
 *
 * One scan finds newlines and NULs; a file with a NUL is not a modules.order.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/bytescan.h"
#include "base/interrupt.h"
#include "base/message.h"
#include "base/util.h"
#include "order/orderlines.h"

enum {
	MAX_LINE = 4096,  /* bytes; depmod rejects a file with a longer line */
	BLOCK = 64 << 10, /* bytes per read */
};

struct reader {
	const char *label;
	int (*take)(void *context, const struct order_line *line);
	void *context;
	struct order_line line; /* text points to the start of the next line */
	char buffer[MAX_LINE + 1 + BLOCK + SCANNED]; /* a partial line, a block, padding */
};

static int refuse(const struct reader *r, const char *what)
{
	error(STATUS_USAGE, "%s:%zu: not a modules.order: %s", r->label, r->line.number,
	      what);
	return -1;
}

static int reader_take_line(struct reader *r, const char *end, bool ended)
{
	r->line.length = (size_t)(end - r->line.text);
	r->line.ended = ended;
	if (r->line.length > MAX_LINE)
		return refuse(r, "line longer than 4096 bytes");
	if (r->take(r->context, &r->line) < 0)
		return -1;
	r->line.text = end + 1;
	r->line.number++;
	return 0;
}

/* Take the lines that end between p and end, both in the buffer. */
static int take_block(struct reader *r, const char *p, const char *end)
{
	for (; p < end; p += SCANNED) {
		uint64_t marks = scan_bytes(p, '\n') | scan_bytes(p, '\0');

		for (; marks; marks &= marks - 1) {
			const char *at = p + __builtin_ctzll(marks);

			if (*at == '\0')
				return refuse(r, "NUL byte");
			if (reader_take_line(r, at, true) < 0)
				return -1;
		}
	}
	return 0;
}

/*
 * Read until data arrives.  Returns the number of bytes, 0 at end of file, or -1
 * (reported).
 */
static ssize_t read_block(int fd, char *buffer, const char *label)
{
	ssize_t n;

	while (!interrupted()) {
		n = read(fd, buffer, BLOCK);
		if (n >= 0)
			return n;
		if (errno == EINTR)
			continue;
		error(STATUS_IO, "cannot read %s: %m", label);
		break;
	}
	return -1;
}

static int read_lines(struct reader *r, int fd)
{
	size_t kept = 0;
	ssize_t n;

	while ((n = read_block(fd, r->buffer + kept, r->label)) > 0) {
		const char *old = r->buffer + kept, *end = old + n;

		memset(r->buffer + kept + n, ' ', SCANNED);
		r->line.text = r->buffer;
		if (take_block(r, old, end) < 0)
			return -1;
		kept = (size_t)(end - r->line.text);
		if (kept > MAX_LINE)
			return reader_take_line(r, end, false);
		memmove(r->buffer, r->line.text, kept);
	}
	r->line.text = r->buffer;
	if (n == 0 && kept > 0)
		return reader_take_line(r, r->buffer + kept, false);
	return (int)n;
}

int order_lines(int fd, const char *label,
		int (*take)(void *context, const struct order_line *line), void *context)
{
	struct reader *r = xmalloc(sizeof(*r));
	int result;

	*r = (struct reader){ 0 };
	r->label = label;
	r->take = take;
	r->context = context;
	r->line.number = 1;
	result = read_lines(r, fd);
	free_pointer(&r);
	return result;
}
