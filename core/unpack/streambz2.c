// SPDX-License-Identifier: GPL-2.0-or-later
/* bzip2, by libbz2, which only a modbox with FEATURE_ARCHIVE_SOURCE has. */
#include <bzlib.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "codec.h"

bool bzip2_is(const unsigned char *magic, size_t size)
{
	return size >= 4 && memcmp(magic, "BZh", 3) == 0 && magic[3] >= '1' &&
	       magic[3] <= '9';
}

int bzip2_begin(struct stream *stream)
{
	bz_stream *bzip2 = xcalloc(1, sizeof(*bzip2));

	if (BZ2_bzDecompressInit(bzip2, 0, 0) != BZ_OK) {
		free(bzip2);
		return stream_fail(stream, stream_no_memory);
	}
	stream->bzip2 = bzip2;
	return 0;
}

int bzip2_next(struct stream *stream)
{
	struct input *in = stream->in;
	bz_stream *bzip2 = stream->bzip2;
	size_t had = (size_t)(in->end - in->p);
	int ret;

	bzip2->next_in = (char *)(uintptr_t)in->p;
	bzip2->avail_in = (unsigned)had;
	bzip2->next_out = (char *)stream->out + stream->n;
	bzip2->avail_out = (unsigned)(STREAM_SIZE - stream->n);
	ret = BZ2_bzDecompress(bzip2);
	in->p += had - bzip2->avail_in;
	stream->n = STREAM_SIZE - bzip2->avail_out;
	stream->ended = ret == BZ_STREAM_END;
	if (ret == BZ_OK || ret == BZ_STREAM_END)
		return 0;
	return stream_fail(stream,
			   ret == BZ_MEM_ERROR ? stream_no_memory : stream_damaged);
}

void bzip2_end(struct stream *stream)
{
	BZ2_bzDecompressEnd(stream->bzip2);
	free(stream->bzip2);
	stream->bzip2 = NULL;
}
