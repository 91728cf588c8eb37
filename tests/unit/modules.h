/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Modules for tests, made byte by byte, and what the module reader returns for them:
 *
 *     ELF header
 *     .modinfo
 *     .shstrtab
 *     section headers: null, .modinfo, .shstrtab, .bss (claims bytes beyond the end)
 */
#ifndef MODBOX_TEST_MODULES_H
#define MODBOX_TEST_MODULES_H

#include <elf.h>
#include <lzma.h>
#include <sys/mman.h>
#include <zlib.h>
#include <zstd.h>

#include "module/elfsymbols.h"
#include "module/modfile.h"
#include "unit.h"

/* The bytes of a module, compressed or not. */
struct bytes {
	unsigned char data[16384];
	size_t size;
};

struct kind {
	unsigned char class, order;
};
static const struct kind kinds[] = { { ELFCLASS32, ELFDATA2LSB },
				     { ELFCLASS32, ELFDATA2MSB },
				     { ELFCLASS64, ELFDATA2LSB },
				     { ELFCLASS64, ELFDATA2MSB } };
static const struct kind usual = { ELFCLASS64, ELFDATA2LSB };

enum { N_KINDS = 4, NAMES_MODINFO = 1, NAMES_SHSTRTAB = 10, NAMES_BSS = 20 };
static const char names[] = "\0.modinfo\0.shstrtab\0.bss";
static const char fields[] = "license=GPL\0alias=a b\0alias=pci:*\0depends=\0"
			     "description=of = signs\0lone\0vermagic=6.1 SMP";

static struct modreader *reader;

/* Offsets and sizes of the parts of the last module made. */
static struct {
	size_t modinfo, names, table, header_size, section_size;
} at;

static inline void put_number(struct bytes *b, struct kind kind, size_t where,
			      unsigned size, uint64_t value)
{
	for (unsigned i = 0; i < size; i++) {
		unsigned place = kind.order == ELFDATA2MSB ? size - 1 - i : i;

		b->data[where + place] = (unsigned char)(value >> (8 * i));
	}
	if (b->size < where + size)
		b->size = where + size;
}

static inline void append(struct bytes *b, const void *data, size_t size)
{
	assert_true(b->size + size <= sizeof(b->data));
	memcpy(b->data + b->size, data, size);
	b->size += size;
}

static inline void put_section(struct bytes *b, struct kind kind, unsigned name,
			       unsigned type, uint64_t offset, uint64_t size)
{
	unsigned word = kind.class == ELFCLASS64 ? 8 : 4;
	size_t p = b->size;

	put_number(b, kind, p + 4 + 4 + 2 * word + 2 * word + 8 + word, word,
		   0); /* to its end */
	put_number(b, kind, p, 4, name);
	put_number(b, kind, p + 4, 4, type);
	put_number(b, kind, p + 8 + 2 * word, word, offset);
	put_number(b, kind, p + 8 + 3 * word, word, size);
}

static inline void put_header(struct bytes *b, struct kind kind)
{
	int wide = kind.class == ELFCLASS64;

	memcpy(b->data, ELFMAG, SELFMAG);
	b->data[EI_CLASS] = kind.class;
	b->data[EI_DATA] = kind.order;
	b->data[EI_VERSION] = EV_CURRENT;
	put_number(b, kind, 16, 2, ET_REL);
	put_number(b, kind, wide ? 40 : 32, wide ? 8 : 4, at.table);
	put_number(b, kind, wide ? 52 : 40, 2, at.header_size);
	put_number(b, kind, wide ? 58 : 46, 2, at.section_size);
	put_number(b, kind, wide ? 60 : 48, 2, 4);
	put_number(b, kind, wide ? 62 : 50, 2, 2);
}

static inline struct bytes make_module(struct kind kind, const void *modinfo, size_t size)
{
	struct bytes b = { .size = 0 };

	at.header_size = kind.class == ELFCLASS64 ? 64 : 52;
	at.section_size = kind.class == ELFCLASS64 ? 64 : 40;
	b.size = at.modinfo = at.header_size;
	append(&b, modinfo, size);
	at.names = b.size;
	append(&b, names, sizeof(names));
	at.table = b.size;
	put_section(&b, kind, 0, SHT_NULL, 0, 0);
	put_section(&b, kind, NAMES_MODINFO, SHT_PROGBITS, at.modinfo, size);
	put_section(&b, kind, NAMES_SHSTRTAB, SHT_STRTAB, at.names, sizeof(names));
	put_section(&b, kind, NAMES_BSS, SHT_NOBITS, 0x40000000, 0x40000000);
	put_header(&b, kind);
	assert_int_equal(b.size, at.table + 4 * at.section_size);
	return b;
}

static inline struct bytes usual_module(void)
{
	return make_module(usual, fields, sizeof(fields));
}

static inline struct bytes plain(const struct bytes *b)
{
	return *b;
}

static inline struct bytes gzip(const struct bytes *b)
{
	struct bytes out;
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)b->data,
		       .next_out = out.data };

	z.avail_in = (uInt)b->size;
	z.avail_out = sizeof(out.data);
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, 0), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out.size = z.total_out;
	deflateEnd(&z);
	return out;
}

static inline struct bytes xz_with(const struct bytes *b, lzma_check check)
{
	struct bytes out = { .size = 0 };

	assert_int_equal(lzma_easy_buffer_encode(0, check, NULL, b->data, b->size,
						 out.data, &out.size, sizeof(out.data)),
			 LZMA_OK);
	return out;
}

static inline struct bytes xz(const struct bytes *b)
{
	return xz_with(b, LZMA_CHECK_CRC32);
}

static inline struct bytes zstd(const struct bytes *b)
{
	struct bytes out;
	ZSTD_CCtx *cctx = ZSTD_createCCtx();

	ZSTD_CCtx_setParameter(cctx, ZSTD_c_checksumFlag, 1);
	out.size = ZSTD_compress2(cctx, out.data, sizeof(out.data), b->data, b->size);
	assert_false(ZSTD_isError(out.size));
	ZSTD_freeCCtx(cctx);
	return out;
}

/* Compress as a stream of unknown size: neither size nor checksum in the frame. */
static inline struct bytes zstd_bare(const struct bytes *b)
{
	struct bytes out;
	ZSTD_CCtx *cctx = ZSTD_createCCtx();

	ZSTD_CCtx_setParameter(cctx, ZSTD_c_contentSizeFlag, 0);
	out.size = ZSTD_compress2(cctx, out.data, sizeof(out.data), b->data, b->size);
	assert_false(ZSTD_isError(out.size));
	ZSTD_freeCCtx(cctx);
	return out;
}

typedef struct bytes (*compressor)(const struct bytes *);
static const compressor compressors[] = { plain, gzip, xz, zstd, zstd_bare };
enum { N_COMPRESSORS = 5 };

static inline int open_bytes(const struct bytes *b)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, b->data, b->size, 0), (ssize_t)b->size);
	return fd;
}

/* Check that err is set on failure only. */
static inline int check(const struct bytes *b, bool decode)
{
	int fd = open_bytes(b), ret;
	const char *err = NULL;

	ret = modreader_check(reader, fd, decode, &err);
	assert_true((ret == -1) == (err != NULL));
	close(fd);
	return ret;
}

/* Check that modreader_depends() finds the same fields as libkmod. */
static inline void assert_same_depends(int fd, const struct modinfo *info)
{
	struct arena arena = { 0 };
	struct modinfo own;
	const char *err;
	size_t n = 0;

	assert_int_equal(modreader_depends(reader, fd, &arena, &own, &err), 0);
	for (size_t i = 0; i < info->n; i++) {
		if (strcmp(info->fields[i].key, "depends") != 0)
			continue;
		assert_true(n < own.n);
		assert_string_equal(own.fields[n].key, "depends");
		assert_string_equal(own.fields[n++].value, info->fields[i].value);
	}
	assert_int_equal(own.n, n);
	arena_free(&arena);
}

/*
 * modreader_symbols() splits the fields itself: check that they are the same as
 * libkmod's.
 */
static inline void assert_same_with_symbols(int fd, const struct modinfo *info)
{
	struct arena arena = { 0 };
	struct modsymbols symbols;
	struct modinfo own;
	const char *err;

	if (modreader_symbols(reader, fd, &arena, &own, &symbols, &err) == 0) {
		assert_int_equal(own.n, info->n);
		for (size_t i = 0; i < own.n; i++) {
			assert_string_equal(own.fields[i].key, info->fields[i].key);
			assert_string_equal(own.fields[i].value, info->fields[i].value);
		}
		assert_int_equal(own.memory, info->memory);
	}
	arena_free(&arena);
}

/* Return the fields as key=value lines, or "! " and the error. */
static inline const char *read_lines(const struct bytes *b)
{
	static char lines[8192];
	struct arena arena = { 0 };
	struct modinfo info;
	const char *err = NULL;
	int fd = open_bytes(b), n = 0;

	lines[0] = '\0';
	if (modreader_modinfo(reader, fd, &arena, &info, &err) < 0)
		snprintf(lines, sizeof(lines), "! %s", err);
	else
		assert_null(err);
	for (size_t i = 0; lines[0] != '!' && i < info.n; i++)
		n += snprintf(lines + n, sizeof(lines) - (size_t)n, "%s=%s\n",
			      info.fields[i].key, info.fields[i].value);
	if (lines[0] != '!') {
		assert_same_with_symbols(fd, &info);
		assert_same_depends(fd, &info);
	}
	arena_free(&arena);
	close(fd);
	return lines;
}

static const char fields_read[] = "license=GPL\nalias=a b\nalias=pci:*\ndepends=\n"
				  "description=of = signs\nlone=\nvermagic=6.1 SMP\n";

static inline int make_reader(void **state)
{
	reader = modreader_new(0);
	return 0;
}

static inline int free_reader(void **state)
{
	modreader_free(reader);
	return 0;
}

#endif
