// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RPM packages, of version 3 or 4. All numbers are big-endian.
 *
 *	ed ab ee db	lead: 96 bytes
 *	8e ad e8 01	signature: u32 0, u32 entries, u32 size; then 16 bytes for each
 *			entry, and size bytes; padded to a multiple of 8
 *	8e ad e8 01	header: the same, not padded
 *	...		a newc archive, compressed
 */
#include <string.h>

#include "base/readat.h"
#include "newc.h"
#include "rpm.h"
#include "stream.h"

bool rpm_begins(const unsigned char *bytes, size_t size)
{
	/* bytes[4]: version; bytes[7]: the low byte of the type, 1 for sources */
	return size >= 8 && memcmp(bytes, "\xed\xab\xee\xdb", 4) == 0 &&
	       (bytes[4] == 3 || bytes[4] == 4);
}

static uint32_t big_endian(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Skip a header, or the signature. Returns NULL, or what is wrong. */
static const char *skip_header(struct input *in, bool padded, uint64_t size)
{
	enum { HEADER = 16, ENTRY = 16, PADDING = 8 };
	size_t had = input_need(in, HEADER);
	uint64_t n;

	if (in->failure)
		return read_failure(in->failure);
	if (had < HEADER)
		return "is truncated";
	if (memcmp(in->p, "\x8e\xad\xe8\x01", 4) != 0)
		return "is damaged: a header is not where it should be";
	n = HEADER + (uint64_t)ENTRY * big_endian(in->p + 8) + big_endian(in->p + 12);
	if (padded)
		n = (n + PADDING - 1) / PADDING * PADDING;
	if (n > size - input_offset(in))
		return "is truncated";
	input_skip(in, n);
	return NULL;
}

/* Read the archive at in->p. */
static int read_archive(struct sink *sink, struct input *in, uint64_t size)
{
	enum { STREAM_MAGIC = 16 };
	size_t n = input_need(in, STREAM_MAGIC);
	const struct stream_codec *codec = stream_find(in->p, n);
	struct stream *stream = stream_new(in);
	uint64_t decoded = 0;
	int result;

	if (stream_begin(stream, codec ? codec : &stream_plain) < 0)
		result = sink_fail(sink, "%s", stream_problem(stream));
	else
		result = newc_read(sink, stream, &decoded);
	if (result == 0)
		result = sink_fail(sink, "has no cpio archive behind its header");
	sink_segment_end(sink, size, decoded);
	stream_free(stream);
	return result;
}

int rpm_read(struct sink *sink, struct input *in, uint64_t size)
{
	enum { LEAD = 96 };
	const char *problem = NULL;

	sink_segment(sink, 0, "rpm");
	if (size < LEAD)
		problem = "is truncated";
	input_skip(in, LEAD);
	if (!problem)
		problem = skip_header(in, true, size);
	if (!problem)
		problem = skip_header(in, false, size);
	return problem ? sink_fail(sink, "%s", problem) : read_archive(sink, in, size);
}
