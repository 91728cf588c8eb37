// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How a module is compressed, from the start of its file.
 *
 *	xz	12 bytes of stream header, with the check; a block header of up to 1024
 *		bytes, with the filters
 *	zstd	the frame header has the size of the contents, or not
 *	gzip	a byte of flags at offset 3: which fields its header has
 */
#define ZLIB_CONST
#include <lzma.h>
#include <stdlib.h>
#include <zstd.h>

#include "config.h"
#include "module/packing.h"

/* liblzma has names for these from 5.4 and 5.6 on. */
#define FILTER_ARM64 LZMA_VLI_C(0x0A)
#define FILTER_RISCV LZMA_VLI_C(0x0B)

/* The only flags of gzip's header that the kernel knows: text, and the file's name. */
enum { GZIP_FLAGS = 3, GZIP_TEXT = 1 << 0, GZIP_NAME = 1 << 3 };

/* The kernel's decoder knows those filters for which it was configured. */
static const char *filter_symbol(lzma_vli id)
{
	static const struct {
		lzma_vli id;
		const char *symbol;
	} filters[] = {
		{ LZMA_FILTER_X86, "XZ_DEC_X86" },
		{ LZMA_FILTER_POWERPC, "XZ_DEC_POWERPC" },
		{ LZMA_FILTER_ARM, "XZ_DEC_ARM" },
		{ LZMA_FILTER_ARMTHUMB, "XZ_DEC_ARMTHUMB" },
		{ LZMA_FILTER_SPARC, "XZ_DEC_SPARC" },
		{ FILTER_ARM64, "XZ_DEC_ARM64" },
		{ FILTER_RISCV, "XZ_DEC_RISCV" },
	};

	for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++)
		if (filters[i].id == id)
			return filters[i].symbol;
	return NULL;
}

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
		if (filters[i].id != LZMA_FILTER_LZMA2 &&
		    (!packing->filtered || packing->filter)) {
			packing->filtered = true;
			packing->filter = filter_symbol(filters[i].id);
		}
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

const char *codec_suffix(enum codec codec)
{
	static const char *const suffixes[] = {
		[CODEC_NONE] = "",
		[CODEC_GZIP] = ".gz",
		[CODEC_XZ] = ".xz",
		[CODEC_ZSTD] = ".zst",
	};

	return suffixes[codec];
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
