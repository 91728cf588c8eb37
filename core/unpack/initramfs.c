// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The segments of an initramfs:
 *
 *	segment...	an archive, or a compressed stream of archives
 *	NULs		a plain archive begins at a multiple of 4 bytes
 *
 * Each is unpacked over what those before it made. An early one often has microcode, and
 * is plain: the kernel looks into it before it can decompress anything.
 */
#include <string.h>

#include "initramfs.h"
#include "newc.h"
#include "stream.h"

/* Bytes that tell what a segment is. */
enum { MAGIC = 16 };

struct image {
	struct sink *sink;
	struct input in;
	struct stream *stream;
	bool any; /* a segment was read */
};

/* Skip NULs. Returns the bytes that are there, or 0 at the end of the file. */
static size_t skip_nuls(struct input *in)
{
	while (input_need(in, 1) > 0) {
		while (in->p < in->end && *in->p == '\0')
			in->p++;
		if (in->p < in->end)
			return input_need(in, MAGIC);
	}
	return 0;
}

/* Begin a segment that is no archive, which the listing has, too. */
static int foreign(struct image *image, uint64_t offset, const char *problem)
{
	sink_segment(image->sink, offset, "unknown");
	return sink_fail(image->sink, "%s", problem);
}

static int read_segment(struct image *image, const struct stream_codec *codec)
{
	uint64_t offset = input_offset(&image->in), decoded = 0;
	int result;

	sink_segment(image->sink, offset, codec->name);
	if (stream_begin(image->stream, codec) < 0)
		return sink_fail(image->sink, "%s", stream_problem(image->stream));
	result = newc_read(image->sink, image->stream, &decoded);
	stream_end(image->stream);
	sink_segment_end(image->sink, input_offset(&image->in) - offset, decoded);
	if (result == 0 && image->any)
		return sink_fail(image->sink, "holds what is no archive");
	return result;
}

/* Read the next segment. Returns 1; 0 at the end, or if the first is none; or -1. */
static int next_segment(struct image *image)
{
	struct input *in = &image->in;
	size_t n = image->any ? skip_nuls(in) : input_need(in, MAGIC);
	const struct stream_codec *codec = stream_find(in->p, n);

	if (n == 0)
		return in->failure ? foreign(image, in->next, "cannot be read") : 0;
	if (newc_begins(in->p, n) && input_offset(in) % 4 == 0)
		return read_segment(image, &stream_plain);
	if (codec)
		return read_segment(image, codec);
	return image->any ? foreign(image, input_offset(in),
				    "is no archive, nor a compressed one") :
			    0;
}

int initramfs_read(struct sink *sink, int fd)
{
	struct image image = { .sink = sink };
	int result;

	input_open(&image.in, fd);
	image.stream = stream_new(&image.in);
	while ((result = next_segment(&image)) > 0)
		image.any = true;
	stream_free(image.stream);
	input_close(&image.in);
	return result < 0 ? -1 : image.any;
}
