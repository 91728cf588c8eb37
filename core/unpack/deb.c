// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Debian's packages are ar archives, whose members are plain and have even sizes:
 *
 *	"!<arch>\n"
 *	debian-binary	header of 60 bytes; "2.0\n"
 *	control.tar.xz	header; what the package says of itself
 *	data.tar.xz	header; the files: a tar archive, compressed or not
 */
#include <string.h>

#include "base/readat.h"
#include "deb.h"

bool deb_begins(const unsigned char *bytes, size_t size)
{
	static const char magic[] = "!<arch>\ndebian-binary";

	return size >= sizeof(magic) - 1 && memcmp(bytes, magic, sizeof(magic) - 1) == 0;
}

/* The header of a member. */
struct ar_member {
	char name[16], time[12], owner[6], group[6], mode[8], size[10], end[2];
};

/* Whether a member is "data.tar" or "data.tar.SUFFIX"; dpkg takes "NAME/" as well. */
static bool is_data(const struct ar_member *member)
{
	static const char data[] = "data.tar";
	char after = member->name[sizeof(data) - 1];

	return memcmp(member->name, data, sizeof(data) - 1) == 0 &&
	       (after == '.' || after == ' ' || after == '/');
}

/* Read a number, padded by spaces. */
static bool ar_number(const char *p, size_t size, uint64_t *number)
{
	size_t i;

	*number = 0;
	for (i = 0; i < size && p[i] >= '0' && p[i] <= '9'; i++)
		*number = *number * 10 + (uint64_t)(p[i] - '0');
	return i > 0 && (i == size || p[i] == ' ');
}

const char *deb_find(struct input *in, uint64_t size, uint64_t *start, uint64_t *end)
{
	enum { AR_MAGIC = 8 };

	input_skip(in, AR_MAGIC);
	for (;;) {
		const struct ar_member *member;
		size_t had = input_need(in, sizeof(*member));
		uint64_t n;

		if (in->failure)
			return read_failure(in->failure);
		if (had < sizeof(*member))
			return had ? "is truncated" : "has no data.tar: is it truncated?";
		member = (const struct ar_member *)in->p;
		if (memcmp(member->end, "`\n", sizeof(member->end)) != 0 ||
		    !ar_number(member->size, sizeof(member->size), &n))
			return "is damaged: a member of the ar archive has no header";
		*start = input_offset(in) + sizeof(*member);
		*end = *start + n;
		if (*end > size)
			return "is truncated";
		if (is_data(member))
			return NULL;
		input_skip(in, sizeof(*member) + n + n % 2);
	}
}
