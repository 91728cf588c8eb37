// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Packages and tarballs:
 *
 *	tar		plain, or compressed: kernel tarballs, Arch Linux's packages; also
 *			several compressed streams that are one archive: Alpine's
 *
 *	.deb		a tar archive inside an ar archive: deb.c
 *	.rpm		a newc archive behind headers: rpm.c
 *
 * libarchive reads tar (ustar, pax, GNU's), and gets from stream.c what is decompressed,
 * piece by piece. In a .deb, data.tar is in one piece, so that it is read like a tarball
 * that begins there.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/readat.h"
#include "base/util.h"
#include "deb.h"
#include "input.h"
#include "package.h"
#include "rpm.h"
#include "stream.h"

/* Bytes that tell how a file is compressed. */
enum { STREAM_MAGIC = 16 };

/* An archive in a file, as libarchive reads it. */
struct reader {
	struct sink *sink;
	struct archive *archive;
	struct input in;
	struct stream *stream;
	const struct stream_codec *codec;
	uint64_t end;	     /* the offset in the file where it ends at last */
	uint64_t decoded;    /* bytes that libarchive got, or skipped */
	bool dry;	     /* it asked for more than there is */
	bool stopped;	     /* the sink said so */
	const char *problem; /* of the stream */
	char *path;	     /* of the last entry; NULL before the first */
	bool inside;	     /* its contents are read */
};

/* What is compressed in several streams goes on with the next. Returns 1, 0 or -1. */
static int next_stream(struct reader *r)
{
	size_t n;

	if (stream_is_plain(r->stream) || input_offset(&r->in) >= r->end)
		return 0;
	n = input_need(&r->in, STREAM_MAGIC);
	if (stream_find(r->in.p, n) != r->codec)
		return 0;
	return stream_begin(r->stream, r->codec) < 0 ? -1 : 1;
}

/* libarchive's callback: the next bytes, until the next call. */
static la_ssize_t read_more(struct archive *archive, void *context, const void **data)
{
	struct reader *r = context;
	const unsigned char *bytes;
	size_t size;
	int result;

	(void)archive;
	do
		result = stream_next(r->stream, &bytes, &size);
	while (result == 0 && (result = next_stream(r)) > 0);
	if (result < 0) {
		r->problem = stream_problem(r->stream);
		return ARCHIVE_FATAL;
	}
	r->dry = result == 0;
	if (r->dry)
		return 0;
	r->decoded += size;
	if (sink_count(r->sink, stream_is_plain(r->stream) ? 0 : size) < 0) {
		r->stopped = true;
		return ARCHIVE_FATAL;
	}
	*data = bytes;
	return (la_ssize_t)size;
}

/* libarchive's callback: skip at most so many bytes, and tell how many it was. */
static la_int64_t skip_some(struct archive *archive, void *context, la_int64_t bytes)
{
	struct reader *r = context;
	uint64_t offset, n = (uint64_t)bytes;

	(void)archive;
	if (!stream_is_plain(r->stream))
		return 0;
	offset = input_offset(&r->in);
	if (offset >= r->end)
		return 0;
	if (n > r->end - offset)
		n = r->end - offset;
	stream_skip(r->stream, n);
	r->decoded += n;
	return (la_int64_t)n;
}

/* Read the archive between two offsets of fd. */
static int reader_open(struct reader *r, struct sink *sink, int fd, uint64_t start,
		       uint64_t end)
{
	size_t n;

	*r = (struct reader){ .sink = sink, .end = end };
	input_open(&r->in, fd);
	input_skip(&r->in, start);
	r->stream = stream_new(&r->in);
	r->archive = archive_read_new(); /* NULL: no memory, see read_tar() */
	n = input_need(&r->in, STREAM_MAGIC);
	r->codec = stream_find(r->in.p, n);
	if (!r->codec)
		r->codec = &stream_plain;
	if (stream_begin(r->stream, r->codec) == 0)
		return 0;
	r->problem = stream_problem(r->stream);
	return -1;
}

static void reader_close(struct reader *r)
{
	archive_read_free(r->archive);
	stream_free(r->stream);
	input_close(&r->in);
	free(r->path);
}

/* Say what is wrong, and where. Returns -1. */
static int fail(struct reader *r, const char *problem)
{
	if (r->stopped)
		return -1;
	if (r->problem)
		problem = r->problem;
	else if (!r->archive || archive_errno(r->archive) == ENOMEM)
		problem = "needs more memory to read than there is";
	else if (r->dry)
		problem = "is truncated";
	if (!r->path)
		return sink_fail(r->sink, "%s", problem);
	return sink_fail(r->sink, "%s %s %s", problem, r->inside ? "in" : "behind",
			 r->path);
}

/* Get the next entry. Returns 1, 0 at the archive's end, or -1. */
static int next_entry(struct reader *r, struct archive_entry **entry)
{
	int result = archive_read_next_header(r->archive, entry);

	if (result == ARCHIVE_EOF)
		return 0;
	/* A warning is about what modbox does not use, such as the names of owners. */
	if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
		return fail(r, "is damaged");
	return 1;
}

/* Holes of a sparse file are zeros in its contents. */
static int put_zeros(struct sink *sink, uint64_t n)
{
	static const char zeros[64 << 10];

	while (n > 0) {
		size_t size = n < sizeof(zeros) ? (size_t)n : sizeof(zeros);

		if (sink_data(sink, zeros, size) < 0 || sink_count(sink, 0) < 0)
			return -1;
		n -= size;
	}
	return 0;
}

/* Pass the contents of an entry to the sink. */
static int put_contents(struct reader *r, uint64_t size)
{
	uint64_t written = 0;
	const void *data;
	size_t n;
	la_int64_t offset;
	int result;

	while ((result = archive_read_data_block(r->archive, &data, &n, &offset)) ==
	       ARCHIVE_OK) {
		uint64_t at = (uint64_t)offset;

		if (at < written || at > size || n > size - at)
			return fail(r, "is damaged");
		if (put_zeros(r->sink, at - written) < 0 ||
		    (n > 0 && sink_data(r->sink, data, n) < 0))
			return -1;
		written = at + n;
	}
	if (result != ARCHIVE_EOF)
		return fail(r, "is damaged");
	return put_zeros(r->sink, size - written);
}

static int put_entry(struct reader *r, struct archive_entry *from)
{
	struct sink_entry entry = {
		.path = r->path,
		.link = archive_entry_symlink(from),
		.hardlink = archive_entry_hardlink(from),
		.size = (uint64_t)archive_entry_size(from),
		.mode = archive_entry_mode(from),
		.mtime = archive_entry_mtime(from),
	};
	int wanted;

	if (entry.hardlink)
		entry.mode = S_IFREG | (entry.mode & ~(mode_t)S_IFMT);
	if (!S_ISREG(entry.mode))
		entry.size = 0;
	wanted = sink_begin(r->sink, &entry);
	if (wanted < 0 ||
	    (wanted > 0 && entry.size > 0 && put_contents(r, entry.size) < 0))
		return -1;
	return sink_end(r->sink);
}

static int put_entries(struct reader *r)
{
	struct archive_entry *entry;
	int result;

	while ((result = next_entry(r, &entry)) > 0) {
		const char *path = archive_entry_pathname(entry);

		if (!path)
			return fail(r, "has a name in an unknown encoding");
		free(r->path);
		r->path = xstrdup(path);
		r->inside = true;
		if (put_entry(r, entry) < 0)
			return -1;
		r->inside = false;
	}
	return result;
}

/*
 * Decompress what follows the archive's end, for the checksums there. Without that end,
 * which is a block of zeros, the archive was cut off between two files.
 */
static int read_rest(struct reader *r)
{
	const void *data;
	la_ssize_t n;

	if (r->dry)
		return fail(r, "is truncated");
	if (stream_is_plain(r->stream))
		return 0;
	while ((n = read_more(r->archive, r, &data)) > 0)
		;
	return n < 0 ? fail(r, "is damaged") : 0;
}

/* Open a tar archive. Returns 1; 0 if there is none; or -1, and r->problem may be NULL. */
static int find_tar(struct reader *r)
{
	enum { BLOCK = 1 << 20 };
	const void *ignored;

	if (!r->archive || archive_read_support_format_tar(r->archive) != ARCHIVE_OK)
		return -1;
	if (archive_read_open2(r->archive, r, NULL, read_more, skip_some, NULL) ==
	    ARCHIVE_OK)
		return 1;
	/* bzip2 has the checksum of a block, at most 900 kB, behind it. */
	while (!stream_is_plain(r->stream) && !r->stopped && !r->problem &&
	       r->decoded < BLOCK && read_more(r->archive, r, &ignored) > 0)
		;
	return r->stopped || r->problem ? -1 : 0;
}

/*
 * Read the tar archive between two offsets of a file. kind is the segment that begins
 * with it, or NULL: it is in one. Returns 1; 0 if there is none; or -1 (sink.h).
 */
static int tar_read(struct sink *sink, int fd, uint64_t start, uint64_t end,
		    const char *kind)
{
	struct reader r;
	int result = reader_open(&r, sink, fd, start, end) < 0 ? -1 : find_tar(&r);

	if (result != 0 && kind)
		sink_segment(sink, 0, kind);
	if (result < 0)
		fail(&r, "is damaged");
	else if (result > 0 && (put_entries(&r) < 0 || read_rest(&r) < 0))
		result = -1;
	if (result != 0)
		sink_segment_end(sink, end, r.decoded);
	reader_close(&r);
	return result;
}

static int deb_read(struct sink *sink, struct input *in, uint64_t size)
{
	uint64_t start = 0, end = 0;
	const char *problem;
	int result;

	sink_segment(sink, 0, "deb");
	problem = deb_find(in, size, &start, &end);
	if (problem)
		return sink_fail(sink, "%s", problem);
	result = tar_read(sink, in->fd, start, end, NULL);
	return result == 0 ? sink_fail(sink, "is damaged: data.tar is no archive") :
			     result;
}

int package_read(struct sink *sink, int fd)
{
	struct stat file;
	struct input in;
	uint64_t size;
	size_t n;
	int result;

	if (fstat(fd, &file) < 0)
		return sink_fail(sink, "%s", read_failure(errno));
	size = (uint64_t)file.st_size;
	input_open(&in, fd);
	n = input_need(&in, INPUT_LEAST);
	if (deb_begins(in.p, n))
		result = deb_read(sink, &in, size);
	else if (rpm_begins(in.p, n))
		result = rpm_read(sink, &in, size);
	else
		result = tar_read(sink, fd, 0, size, "tar");
	input_close(&in);
	return result;
}
