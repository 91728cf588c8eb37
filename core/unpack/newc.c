// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading cpio's "newc" format as the kernel does (init/initramfs.c); core/copy/cpio.c
 * shows its layout.
 *
 * A segment that is compressed may hold several archives, with NULs between them. What
 * fits into a piece of the stream is used in place: headers and names that cross its end
 * are put together in a buffer, and contents are passed on piece by piece, or skipped.
 *
 * "070702" has sums of the contents, which are checked. Of hard links, which have the
 * same inode, one has the contents: cpio gives them to the last.
 */
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "newc.h"

#define TRAILER "TRAILER!!!"

/* The numbers of a header. */
enum field {
	INODE,
	MODE,
	UID,
	GID,
	NLINK,
	MTIME,
	SIZE,
	DEV_MAJOR,
	DEV_MINOR,
	RDEV_MAJOR,
	RDEV_MINOR,
	NAME_SIZE,
	CHECK,
	FIELDS
};

/* A file that may get more names. */
struct inode {
	uint32_t key[3]; /* its number and device */
	const char *path;
	UT_hash_handle hh;
};

struct reader {
	struct sink *sink;
	struct stream *stream;
	const unsigned char *p, *end; /* the stream's piece, from the next byte on */
	uint64_t at;   /* bytes before p, counted from the segment's start */
	uint64_t base; /* where the archive begins */
	bool sums;
	uint32_t fields[FIELDS];
	unsigned char header[NEWC_HEADER];
	char *name, *last; /* of the current entry, and of the one before */
	bool inside;	   /* the current entry's header is read */
	char names[2][PATH_MAX + 1], link[PATH_MAX + 1];
	struct inode *inodes;
	struct arena arena; /* of inodes */
};

static const unsigned char nothing[1];

bool newc_begins(const unsigned char *bytes, size_t size)
{
	return size >= NEWC_MAGIC && (memcmp(bytes, "070701", NEWC_MAGIC) == 0 ||
				      memcmp(bytes, "070702", NEWC_MAGIC) == 0);
}

/* Say what is wrong, and where. */
static int fail(struct reader *r, const char *problem)
{
	if (r->inside)
		return sink_fail(r->sink, "%s in %s", problem, r->name);
	return *r->last ? sink_fail(r->sink, "%s behind %s", problem, r->last) :
			  sink_fail(r->sink, "%s", problem);
}

/* Have at least one byte. Returns 1; 0 at the end of the segment; or -1. */
static int more(struct reader *r)
{
	size_t size;
	int result;

	if (r->p < r->end)
		return 1;
	result = stream_next(r->stream, &r->p, &size);
	if (result <= 0) {
		r->p = r->end = nothing;
		return result < 0 ? fail(r, stream_problem(r->stream)) : 0;
	}
	r->end = r->p + size;
	if (sink_count(r->sink, stream_is_plain(r->stream) ? 0 : size) < 0)
		return -1;
	return 1;
}

/* Take at most n bytes, which are not 0: *data is valid until the next call. */
static int take_some(struct reader *r, uint64_t n, const unsigned char **data,
		     size_t *size)
{
	int result = more(r);

	if (result <= 0)
		return result;
	*size = (size_t)(r->end - r->p);
	if (*size > n)
		*size = (size_t)n;
	*data = r->p;
	r->p += *size;
	r->at += *size;
	return 1;
}

/*
 * Copy n bytes. Returns 1; 0 if the segment ends before the first; or -1, also if it ends
 * later.
 */
static int take(struct reader *r, void *to, size_t n)
{
	const unsigned char *data;
	size_t size, had = 0;
	int result = 1;

	while (had < n && result > 0) {
		result = take_some(r, n - had, &data, &size);
		if (result > 0) {
			memcpy((char *)to + had, data, size);
			had += size;
		}
	}
	return result == 0 && had > 0 ? fail(r, "is truncated") : result;
}

static int skip(struct reader *r, uint64_t n)
{
	const unsigned char *data;
	size_t size;

	while (n > 0) {
		int result;

		if (stream_is_plain(r->stream) && n > (size_t)(r->end - r->p)) {
			/* The last byte is read, to see whether the file has it. */
			uint64_t far = n - 1 - (uint64_t)(r->end - r->p);

			stream_skip(r->stream, far);
			r->at += n - 1;
			r->p = r->end;
			n = 1;
		}
		result = take_some(r, n, &data, &size);
		if (result <= 0)
			return result == 0 ? fail(r, "is truncated") : -1;
		n -= size;
	}
	return 0;
}

/* Skip the padding to the next multiple of 4; it may lack at the end of the segment. */
static int pad(struct reader *r)
{
	unsigned n = (unsigned)(r->base - r->at) & 3;
	const unsigned char *data;
	size_t size;
	int result = 1;

	for (; n > 0 && result > 0; n -= (unsigned)size) {
		size = n;
		result = take_some(r, n, &data, &size);
	}
	return result < 0 ? -1 : 0;
}

static int digit(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse(struct reader *r)
{
	const unsigned char *p = r->header + NEWC_MAGIC;

	for (int i = 0; i < FIELDS; i++) {
		uint32_t number = 0;

		for (int k = 0; k < 8; k++) {
			int value = digit(*p++);

			if (value < 0)
				return false;
			number = number << 4 | (uint32_t)value;
		}
		r->fields[i] = number;
	}
	return true;
}

/* Read a header and the name. Returns 1; 0 if the segment ends before; or -1. */
static int read_header(struct reader *r)
{
	uint32_t size;
	int result = take(r, r->header, NEWC_HEADER);

	if (result <= 0)
		return result;
	if (!newc_begins(r->header, NEWC_HEADER) || !parse(r))
		return fail(r, "is damaged: there is no header");
	r->sums = r->header[NEWC_MAGIC - 1] == '2';
	size = r->fields[NAME_SIZE];
	if (size == 0 || size > PATH_MAX)
		return fail(r, "is damaged: there is no name");
	result = take(r, r->name, size);
	if (result <= 0)
		return result == 0 ? fail(r, "is truncated") : -1;
	if (r->name[size - 1] != '\0')
		return fail(r, "is damaged: there is no name");
	return pad(r) < 0 ? -1 : 1;
}

/* Check the sum of the contents, where there is one. */
static int check_sum(struct reader *r, uint32_t sum)
{
	if (!r->sums || sum == r->fields[CHECK])
		return 0;
	return sink_fail(r->sink, "is damaged: the sum of %s is wrong", r->name);
}

/* Pass the contents of a file to the sink if it is wanted. */
static int read_contents(struct reader *r, bool wanted)
{
	uint64_t left = r->fields[SIZE];
	const unsigned char *data;
	uint32_t sum = 0;
	size_t size;

	if (!wanted && !r->sums)
		return skip(r, left);
	for (; left > 0; left -= size) {
		int result = take_some(r, left, &data, &size);

		if (result <= 0)
			return result == 0 ? fail(r, "is truncated") : -1;
		if (wanted && sink_data(r->sink, data, size) < 0)
			return -1;
		for (size_t i = 0; r->sums && i < size; i++)
			sum += data[i];
	}
	return check_sum(r, sum);
}

/* Find the earlier path of a file with several, or keep this one. */
static const char *find_inode(struct reader *r)
{
	const uint32_t key[3] = { r->fields[INODE], r->fields[DEV_MAJOR],
				  r->fields[DEV_MINOR] };
	struct inode *inode;

	if (r->fields[NLINK] < 2 || !S_ISREG(r->fields[MODE]))
		return NULL;
	HASH_FIND(hh, r->inodes, key, sizeof(key), inode);
	if (inode)
		return inode->path;
	if (!sink_wants(r->sink, r->name))
		return NULL;
	inode = arena_alloc(&r->arena, sizeof(*inode));
	memcpy(inode->key, key, sizeof(key));
	inode->path = arena_strdup(&r->arena, r->name);
	HASH_ADD(hh, r->inodes, key, sizeof(inode->key), inode);
	return NULL;
}

static void forget_inodes(struct reader *r)
{
	HASH_CLEAR(hh, r->inodes);
	arena_free(&r->arena);
}

/* Read the text of a symbolic link. */
static int read_link(struct reader *r)
{
	uint32_t size = r->fields[SIZE];
	int result;

	if (size >= PATH_MAX)
		return fail(r, "is damaged: there is a link of over 4095 bytes");
	result = size ? take(r, r->link, size) : 1;
	r->link[size] = '\0';
	return result == 0 ? fail(r, "is truncated") : result < 0 ? -1 : 0;
}

static int read_body(struct reader *r)
{
	struct sink_entry entry = { .path = r->name,
				    .mode = r->fields[MODE],
				    .size = r->fields[SIZE],
				    .mtime = r->fields[MTIME],
				    .hardlink = find_inode(r) };
	int wanted;

	if (S_ISLNK(entry.mode)) {
		if (read_link(r) < 0)
			return -1;
		entry.link = r->link;
		entry.size = 0;
	}
	wanted = sink_begin(r->sink, &entry);
	if (wanted < 0 || (!S_ISLNK(entry.mode) && read_contents(r, wanted > 0) < 0))
		return -1;
	return sink_end(r->sink);
}

/* The current entry is read. */
static void pass_on(struct reader *r)
{
	char *name = r->last;

	r->last = r->name;
	r->name = name;
	r->inside = false;
}

/* Read an archive to its trailer. */
static int read_archive(struct reader *r)
{
	int result;

	r->base = r->at;
	while ((result = read_header(r)) > 0) {
		if (strcmp(r->name, TRAILER) == 0) {
			forget_inodes(r);
			return skip(r, r->fields[SIZE]) < 0 ? -1 : pad(r);
		}
		r->inside = true;
		if (read_body(r) < 0)
			return -1;
		pass_on(r);
		if (pad(r) < 0)
			return -1;
	}
	return result == 0 ? fail(r, "is truncated: it has no " TRAILER) : -1;
}

/* Find the next archive of a compressed segment. Returns 1, 0 at its end, or -1. */
static int next_archive(struct reader *r)
{
	int result;

	while ((result = more(r)) > 0 && *r->p == '\0') {
		r->p++;
		r->at++;
	}
	if (result > 0 && *r->p != '0')
		return fail(r, "has what is no archive");
	return result;
}

/* Whether the stream begins with an archive. Returns 1, 0 or -1. */
static int begins(struct reader *r)
{
	int result = more(r);

	return result > 0 ? newc_begins(r->p, (size_t)(r->end - r->p)) : result;
}

int newc_read(struct sink *sink, struct stream *stream, uint64_t *decoded)
{
	struct reader *r = xcalloc(1, sizeof(*r));
	bool plain = stream_is_plain(stream);
	int result;

	r->sink = sink;
	r->stream = stream;
	r->p = r->end = nothing;
	r->name = r->names[0];
	r->last = r->names[1];
	result = begins(r);
	if (result > 0) {
		do
			result = read_archive(r);
		while (result == 0 && !plain && (result = next_archive(r)) > 0);
		result = result == 0 ? 1 : -1;
	}
	if (plain)
		stream_return(stream, (size_t)(r->end - r->p));
	*decoded = r->at;
	forget_inodes(r);
	free(r);
	return result;
}
