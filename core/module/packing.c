// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How a module is compressed, from the start of its file.
 *
 *	xz	12 bytes of stream header, with the check; a block header of up to 1024,
 *with the filters zstd	the frame header has the size of the contents, or not
 *	gzip	a byte of flags at offset 3: which fields its header has
 */
#define ZLIB_CONST
#include <lzma.h>
#include <stdlib.h>
#include <zstd.h>

#include "config.h"
#include "module/packing.h"

/* The only flags of gzip's header that the kernel knows: text, and the file's name. */
enum { GZIP_FLAGS = 3, GZIP_TEXT = 1 << 0, GZIP_NAME = 1 << 3 };

static void read_filters(struct packing *packing, lzma_check check,
			 const unsigned char *block, size_t size)
{
	lzma_filter filters[LZMA_FILTERS_MAX + 1] = { { .id = LZMA_VLI_UNKNOWN } };
	lzma_block header = { .version = 1, .check = check, .filters = filters };

	if (size == 0 || *block == 0) /* no block: an index begins */
		return;
	header.header_size = lzma_block_header_size_decode(*block);
	if (header.header_size > size ||
	    lzma_block_header_decode(&header, NULL, block) != LZMA_OK)
		return;
	for (size_t i = 0; filters[i].id != LZMA_VLI_UNKNOWN; i++) {
		packing->filter |= filters[i].id != LZMA_FILTER_LZMA2;
		packing->delta |= filters[i].id == LZMA_FILTER_DELTA;
		free(filters[i].options);
	}
}

static void read_xz(struct packing *packing, const unsigned char *head, size_t size)
{
	lzma_stream_flags flags;

	if (size < LZMA_STREAM_HEADER_SIZE ||
	    lzma_stream_header_decode(&flags, head) != LZMA_OK)
		return;
	packing->other_check = flags.check != LZMA_CHECK_NONE &&
			       flags.check != LZMA_CHECK_CRC32;
	read_filters(packing, flags.check, head + LZMA_STREAM_HEADER_SIZE,
		     size - LZMA_STREAM_HEADER_SIZE);
}

struct packing packing_read(const void *head, size_t size)
{
	const unsigned char *bytes = head;
	struct packing packing = { .codec = codec_of(head, size) };

	if (ENABLED(FEATURE_MODULE_XZ) && packing.codec == CODEC_XZ)
		read_xz(&packing, bytes, size);
	else if (ENABLED(FEATURE_MODULE_ZSTD) && packing.codec == CODEC_ZSTD)
		packing.unsized = ZSTD_getFrameContentSize(head, size) ==
				  ZSTD_CONTENTSIZE_UNKNOWN;
	else if (packing.codec == CODEC_GZIP && size > GZIP_FLAGS)
		packing.extra_header = bytes[GZIP_FLAGS] & ~(GZIP_TEXT | GZIP_NAME);
	return packing;
}
