// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kernel images: each format with each compression tells the same; what is truncated or
 * damaged tells less, or nothing, and never something else.
 */
#include <elf.h>
#include <lzma.h>
#include <sys/mman.h>
#include <zlib.h>
#include <zstd.h>

#include "kernel/readimage.h"
#include "kernelmake.h"
#include "unit.h"

static struct made made, outer;

/* Read bytes as a file. Returns whether it is an image. */
static bool read_bytes(struct kernel_image *image, const void *data, size_t size)
{
	int fd = memfd_create("test", MFD_CLOEXEC);
	const char *err = NULL;
	bool ok;

	assert_int_equal(pwrite(fd, data, size, 0), (ssize_t)size);
	ok = kernel_image_read(image, fd, &err) == 0;
	assert_true(ok || err);
	close(fd);
	return ok;
}

/* Every export is one of made's. */
static void assert_exports_true(const struct kernel_image *image)
{
	for (unsigned i = 0; i < made.n; i++) {
		const struct made_export *export = &made.list[i];
		const struct kernel_export *e =
			exports_find(&image->exports, export->name);

		if (image->exports.n == 0) {
			assert_null(e);
			continue;
		}
		assert_non_null(e);
		assert_string_equal(e->namespace, export->space);
		assert_int_equal(e->gpl, export->gpl);
		assert_int_equal(e->crc, made.no_crcs ? 0 : export->crc);
	}
	assert_true(image->exports.n == 0 || image->exports.n == made.n);
}

/* The image tells all that made has. */
static void assert_whole(const void *data, size_t size, const char *format,
			 const char *codec, unsigned machine)
{
	struct kernel_image image;

	assert_true(read_bytes(&image, data, size));
	assert_string_equal(image.format, format);
	assert_string_equal(image.codec, codec);
	assert_string_equal(image.banner, MADE_BANNER);
	assert_string_equal(image.release, MADE_RELEASE);
	assert_string_equal(image.vermagic, MADE_VERMAGIC);
	assert_int_equal(image.machine, machine);
	assert_int_equal(image.wide, made.wide);
	assert_int_equal(image.big_endian, made.big_endian);
	assert_int_equal(image.exports.n, MADE_EXPORTS);
	assert_int_equal(image.exports.crcs, !made.no_crcs);
	assert_exports_true(&image);
	assert_null(exports_find(&image.exports, "no_such_symbol"));
	assert_int_equal(image.n_certs, 1);
	assert_int_equal(image.certs[0].size, MADE_CERT);
	assert_memory_equal(image.certs[0].data, made.data + made.cert, MADE_CERT);
	assert_int_equal(image.loader, LOADER_CHECKS_SIZE | LOADER_CHECKS_VERSIONS);
	kernel_image_free(&image);
}

/* -- compressing ---------------------------------------------------------------------- */

/* lz4's legacy format: a match for each run of a byte, literals for all else. */
static size_t pack_lz4(unsigned char *to, const unsigned char *p, size_t size)
{
	unsigned char *out = to + 8, *length;
	static const unsigned char magic[] = { 0x02, 0x21, 0x4c, 0x18 };
	size_t i = 0, begin = 0;

	memcpy(to, magic, sizeof(magic));
	while (i < size) {
		size_t run = 1, literals, rest;

		while (i + run < size && p[i + run] == p[i])
			run++;
		if (run < 20 && i + run < size) {
			i += run;
			continue;
		}
		/* the first byte of the run is a literal; the last five bytes must be */
		literals = i + 1 - begin;
		run = i + run + 5 < size ? run - 1 : 0;
		if (!run)
			literals = size - begin;
		length = out++;
		*length = (unsigned char)((literals < 15 ? literals : 15) << 4);
		for (rest = literals; literals >= 15;) {
			size_t more = rest - 15 < 255 ? rest - 15 : 255;

			*out++ = (unsigned char)more;
			rest -= more;
			if (more < 255)
				break;
		}
		memcpy(out, p + begin, literals);
		out += literals;
		begin += literals + run;
		i = begin;
		if (!run)
			break;
		*out++ = 1;
		*out++ = 0;
		run -= 4;
		*length |= (unsigned char)(run < 15 ? run : 15);
		if (run >= 15) {
			for (run -= 15; run >= 255; run -= 255)
				*out++ = 255;
			*out++ = (unsigned char)run;
		}
	}
	for (unsigned k = 0; k < 4; k++)
		to[4 + k] = (unsigned char)((size_t)(out - to - 8) >> 8 * k);
	return (size_t)(out - to);
}

static size_t pack_gzip(unsigned char *to, const unsigned char *p, size_t size)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)p, .avail_in = (uInt)size };
	size_t n;

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8,
				      Z_DEFAULT_STRATEGY),
			 Z_OK);
	z.next_out = to;
	z.avail_out = MADE_MAX;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	n = z.total_out;
	deflateEnd(&z);
	return n;
}

static size_t pack_xz(unsigned char *to, const unsigned char *p, size_t size)
{
	size_t n = 0;

	assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, p, size, to,
						 &n, MADE_MAX),
			 LZMA_OK);
	return n;
}

static size_t pack_lzma(unsigned char *to, const unsigned char *p, size_t size)
{
	lzma_stream lzma = LZMA_STREAM_INIT;
	lzma_options_lzma options;
	size_t n;

	lzma_lzma_preset(&options, 0);
	assert_int_equal(lzma_alone_encoder(&lzma, &options), LZMA_OK);
	lzma.next_in = p;
	lzma.avail_in = size;
	lzma.next_out = to;
	lzma.avail_out = MADE_MAX;
	assert_int_equal(lzma_code(&lzma, LZMA_FINISH), LZMA_STREAM_END);
	n = lzma.total_out;
	lzma_end(&lzma);
	return n;
}

static size_t pack_zstd(unsigned char *to, const unsigned char *p, size_t size)
{
	size_t n = ZSTD_compress(to, MADE_MAX, p, size, 3);

	assert_false(ZSTD_isError(n));
	return n;
}

static const struct packer {
	const char *name;
	size_t (*pack)(unsigned char *to, const unsigned char *p, size_t size);
} packers[] = {
	{ "gzip", pack_gzip }, { "xz", pack_xz },   { "lzma", pack_lzma },
	{ "zstd", pack_zstd }, { "lz4", pack_lz4 },
};

/*
 * Put made, compressed, into outer behind begin bytes; with its size behind it, as kbuild
 * does but for gzip. Returns the size of both.
 */
static size_t pack(const struct packer *packer, size_t begin)
{
	size_t n;

	memset(outer.data, 0, sizeof(outer.data));
	n = packer->pack(outer.data + begin, made.data, made.size);
	outer.big_endian = false;
	if (packer->pack != pack_gzip) {
		made_number(&outer, begin + n, made.size, 4);
		n += 4;
	}
	outer.size = begin + n;
	return n;
}

/* -- formats -------------------------------------------------------------------------- */

static void make(struct made pattern)
{
	made = pattern;
}

static void pack_bzimage(const struct packer *packer)
{
	size_t n = pack(packer, 0x2000);

	outer.data[0x1f1] = 4;
	memcpy(outer.data + 0x1fe,
	       "\x55\xaa"
	       "\0\0"
	       "HdrS",
	       8);
	made_number(&outer, 0x206, 0x20f, 2);
	made_number(&outer, 0x248, 0x2000 - 5 * 512, 4);
	made_number(&outer, 0x24c, n, 4);
	/* what follows it */
	outer.size += 100;
}

static void test_bzimage(void **state)
{
	make((struct made){ .wide = true, .base = 0xffffffff81000000 });
	make_elf(&made, EM_X86_64);
	for (size_t i = 0; i < COUNT(packers); i++) {
		pack_bzimage(&packers[i]);
		assert_whole(outer.data, outer.size, "x86 bzImage", packers[i].name,
			     EM_X86_64);
	}
	/* of 32 bits */
	make((struct made){ .base = 0xc1000000 });
	make_elf(&made, EM_386);
	pack_bzimage(&packers[0]);
	assert_whole(outer.data, outer.size, "x86 bzImage", "gzip", EM_386);
}

static void test_arm64(void **state)
{
	make((struct made){ .wide = true });
	make_arm64(&made);
	assert_whole(made.data, made.size, "arm64 Image", "none", EM_AARCH64);
	for (size_t i = 0; i < COUNT(packers); i++) {
		pack(&packers[i], 0);
		/* a file by itself has no size behind it */
		if (packers[i].pack != pack_gzip)
			outer.size -= 4;
		assert_whole(outer.data, outer.size, "arm64 Image", packers[i].name,
			     EM_AARCH64);
	}
}

static void test_zboot(void **state)
{
	make((struct made){ .wide = true });
	make_arm64(&made);
	for (size_t i = 0; i < COUNT(packers); i++) {
		size_t n = pack(&packers[i], 0x1000);

		memcpy(outer.data, "MZ\0\0zimg", 8);
		made_number(&outer, 8, 0x1000, 4);
		made_number(&outer, 12, n, 4);
		strcpy((char *)outer.data + 24, packers[i].name);
		outer.size += 64;
		assert_whole(outer.data, outer.size, "EFI zboot", packers[i].name,
			     EM_AARCH64);
	}
}

static void test_riscv(void **state)
{
	make((struct made){ .wide = true });
	make_raw(&made);
	memcpy(made.data + 48, "RISCV\0\0\0RSC\x05", 12);
	assert_whole(made.data, made.size, "riscv Image", "none", EM_RISCV);
}

static void test_zimage(void **state)
{
	make((struct made){ .addresses = true, .base = 0xc0008000 });
	make_raw(&made);
	for (size_t i = 0; i < COUNT(packers); i++) {
		pack(&packers[i], 0x3003);
		memcpy(outer.data + 0x24, "\x18\x28\x6f\x01", 4);
		memcpy(outer.data + 0x30, "\x01\x02\x03\x04", 4);
		/* false beginnings */
		memcpy(outer.data + 0x100, "\x1f\x8b\x08\0\0\0\0\0", 8);
		memcpy(outer.data + 0x200,
		       "\xfd"
		       "7zXZ",
		       6);
		outer.size += 50;
		assert_whole(outer.data, outer.size, "arm zImage", packers[i].name,
			     EM_ARM);
	}
}

static void test_s390x(void **state)
{
	static struct packer none = { "xz", pack_xz };

	make((struct made){
		.wide = true, .big_endian = true, .addresses = true, .base = 0x100000 });
	make_raw(&made);
	pack(&none, 0x11000);
	memcpy(outer.data + 0x10008, "S390EP", 6);
	assert_whole(outer.data, outer.size, "s390x bzImage", "xz", EM_S390);
}

static void test_elf(void **state)
{
	make((struct made){
		.wide = true, .addresses = true, .base = 0xc000000000000000 });
	make_elf(&made, EM_PPC64);
	assert_whole(made.data, made.size, "vmlinux", "none", EM_PPC64);
	make((struct made){ .big_endian = true, .addresses = true, .base = 0xc0000000 });
	make_elf(&made, EM_PPC);
	assert_whole(made.data, made.size, "vmlinux", "none", EM_PPC);
	make((struct made){
		.wide = true, .one_table = true, .base = 0xffffffff81000000 });
	make_elf(&made, EM_X86_64);
	assert_whole(made.data, made.size, "vmlinux", "none", EM_X86_64);
}

/* Without CRCs, and with the flags of 7.0. */
static void test_columns(void **state)
{
	for (unsigned i = 0; i < 4; i++) {
		make((struct made){ .wide = true, .no_crcs = i & 1, .one_table = i & 2 });
		make_arm64(&made);
		assert_whole(made.data, made.size, "arm64 Image", "none", EM_AARCH64);
	}
}

/* CRCs that are elsewhere, and an export that is there twice. */
static void test_older(void **state)
{
	for (unsigned i = 0; i < 4; i++) {
		struct kernel_image image;

		make((struct made){ .wide = true,
				    .big_endian = i & 2,
				    .addresses = i & 2,
				    .base = i & 2 ? 0x100000 : 0,
				    .places = true,
				    .twice = i & 1 });
		if (i & 2)
			make_elf(&made, EM_PPC64);
		else
			make_arm64(&made);
		assert_true(read_bytes(&image, made.data, made.size));
		assert_int_equal(image.exports.n, made.n - (i & 1));
		for (unsigned k = 0; k < made.n; k++)
			assert_int_equal(exports_find(&image.exports, made.list[k].name)
						 ->crc,
					 made.list[k].crc);
		kernel_image_free(&image);
	}
}

/* Exports of one name with two CRCs: none is believed. */
static void test_contradiction(void **state)
{
	struct kernel_image image;

	make((struct made){ .wide = true, .twice = true });
	make_arm64(&made);
	made.data[made.crcs[0] + 4 * 9]++;
	assert_true(read_bytes(&image, made.data, made.size));
	assert_int_equal(image.exports.n, 0);
	kernel_image_free(&image);
}

/* The keyring of kernels before 5.13 has one size; later ones have other lists with one. */
static void test_one_size(void **state)
{
	static const struct {
		const char *release, *vermagic;
		size_t n;
	} kernels[] = {
		{ "5.10.0-46", "5.10.0-46 SMP ", 1 }, { "4.19.0", "4.19.0 SMP ", 1 },
		{ "5.12", "5.12 SMP ", 1 },	      { "5.13.0", "5.13.0 SMP ", 0 },
		{ "6.1.0", "6.1.0 SMP ", 0 },	      { "10.2.0", "10.2.0 SMP ", 0 }
	};

	for (size_t i = 0; i < COUNT(kernels); i++) {
		struct kernel_image image;

		make((struct made){ .wide = true,
				    .one_size = true,
				    .release = kernels[i].release,
				    .vermagic = kernels[i].vermagic });
		make_arm64(&made);
		assert_true(read_bytes(&image, made.data, made.size));
		assert_int_equal(image.n_certs, kernels[i].n);
		kernel_image_free(&image);
	}
}

/* -- hostile -------------------------------------------------------------------------- */

/* Read a part of data, and of what it tells, all is true. */
static void assert_true_or_nothing(const unsigned char *data, size_t size)
{
	struct kernel_image image;
	/* the exact size, so that sanitizers see what is read behind it */
	unsigned char *copy = malloc(size + !size);

	memcpy(copy, data, size);
	if (read_bytes(&image, copy, size)) {
		assert_exports_true(&image);
		if (image.vermagic)
			assert_string_equal(image.vermagic, MADE_VERMAGIC);
		if (image.n_certs)
			assert_memory_equal(image.certs[0].data, made.data + made.cert,
					    MADE_CERT);
	}
	kernel_image_free(&image);
	free(copy);
}

static void test_truncated(void **state)
{
	make((struct made){ .wide = true });
	make_arm64(&made);
	for (size_t size = 0; size < made.size; size += 61)
		assert_true_or_nothing(made.data, size);
	make((struct made){ .wide = true, .base = 0xffffffff81000000 });
	make_elf(&made, EM_X86_64);
	for (size_t size = 0; size < made.size; size += 61)
		assert_true_or_nothing(made.data, size);
	for (size_t i = 0; i < COUNT(packers); i++) {
		pack_bzimage(&packers[i]);
		for (size_t size = 0; size < outer.size - 104; size += 127) {
			struct kernel_image image;

			assert_false(read_bytes(&image, outer.data, size));
			kernel_image_free(&image);
		}
	}
}

/* Offsets and sizes of headers lead out of the file. */
static void test_headers(void **state)
{
	static const unsigned char values[] = { 0, 1, 0x7f, 0x80, 0xff };
	size_t end;

	make((struct made){ .wide = true, .base = 0xffffffff81000000 });
	make_elf(&made, EM_X86_64);
	end = made.size - made.sections;
	for (size_t i = 0; i < (64 + end) * COUNT(values); i++) {
		size_t at = i / COUNT(values);
		unsigned char *p = made.data + (at < 64 ? at : made.sections + at - 64);
		unsigned char old = *p;
		struct kernel_image image;

		*p = values[i % COUNT(values)];
		read_bytes(&image, made.data, made.size);
		kernel_image_free(&image);
		*p = old;
	}
	pack_bzimage(&packers[0]);
	for (size_t i = 0x1f1; i < 0x250; i++) {
		unsigned char old = outer.data[i];

		outer.data[i] ^= 0xff;
		assert_true_or_nothing(outer.data, outer.size);
		outer.data[i] = old;
	}
}

/* With a flipped bit, an entry has another name, or nothing is taken. */
static void test_tables(void **state)
{
	make((struct made){ .wide = true });
	make_arm64(&made);
	for (size_t at = made.tables[0] + 4; at < made.crcs[0]; at++) {
		struct kernel_image image;
		size_t field = (at - made.tables[0]) % 12, i = (at - made.tables[0]) / 12;

		if (field < 4 || field >= 8)
			continue; /* not the name */
		made.data[at] ^= 1;
		assert_true(read_bytes(&image, made.data, made.size));
		assert_null(exports_find(&image.exports, made.list[i].name));
		kernel_image_free(&image);
		made.data[at] ^= 1;
	}
}

/* A list of certificates that are not to be trusted has no second size. */
static void test_other_certificates(void **state)
{
	struct kernel_image image;
	size_t sizes;

	make((struct made){ .wide = true });
	make_arm64(&made);
	sizes = (made.cert + MADE_CERT + 7) / 8 * 8;
	made.data[sizes + 8]++;
	assert_true(read_bytes(&image, made.data, made.size));
	assert_int_equal(image.n_certs, 0);
	kernel_image_free(&image);
	made.data[sizes + 8]--;
	made.data[sizes]--;
	assert_true(read_bytes(&image, made.data, made.size));
	assert_int_equal(image.n_certs, 0);
	kernel_image_free(&image);
}

/* Two strings that could be the vermagic: none is taken. */
static void test_doubtful_vermagic(void **state)
{
	struct kernel_image image;

	make((struct made){ .wide = true });
	make_arm64(&made);
	made_text(&made, MADE_RELEASE " SMP ");
	assert_true(read_bytes(&image, made.data, made.size));
	assert_string_equal(image.release, MADE_RELEASE);
	assert_null(image.vermagic);
	kernel_image_free(&image);
}

static void test_config(void **state)
{
	static const char text[] = "CONFIG_MODULES=y\n";
	struct kernel_image image;

	make((struct made){ .wide = true });
	make_arm64(&made);
	made_add(&made, "IKCFG_ST", 8);
	made.size += pack_gzip(made.data + made.size, (const unsigned char *)text,
			       sizeof(text) - 1);
	made_text(&made, "IKCFG_ED");
	assert_true(read_bytes(&image, made.data, made.size));
	assert_int_equal(image.config_size, sizeof(text) - 1);
	assert_string_equal(image.config, text);
	kernel_image_free(&image);
}

/* Files that are no images, each with its reason. */
static void test_refused(void **state)
{
	static const char text[] = "#!/bin/sh\necho this is no kernel, but it is long\n";
	struct kernel_image image;

	assert_false(read_bytes(&image, text, sizeof(text)));
	kernel_image_free(&image);
	assert_false(read_bytes(&image, "", 0));
	kernel_image_free(&image);
	/* a compressed file of text */
	made.size = sizeof(text);
	memcpy(made.data, text, sizeof(text));
	pack(&packers[0], 0);
	assert_false(read_bytes(&image, outer.data, outer.size));
	kernel_image_free(&image);
	/* compressed again and again */
	for (unsigned i = 0; i < 6; i++) {
		memcpy(made.data, outer.data, outer.size);
		made.size = outer.size;
		pack(&packers[0], 0);
	}
	assert_false(read_bytes(&image, outer.data, outer.size));
	kernel_image_free(&image);
}

/* Each byte of an lz4 stream is damaged in turn. */
static void test_lz4_damaged(void **state)
{
	make((struct made){ .wide = true });
	make_arm64(&made);
	pack(&packers[4], 0);
	for (size_t i = 4; i < outer.size; i += 3) {
		struct kernel_image image;

		outer.data[i] ^= 0xff;
		read_bytes(&image, outer.data, outer.size);
		kernel_image_free(&image);
		outer.data[i] ^= 0xff;
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_bzimage),
	cmocka_unit_test(test_arm64),
	cmocka_unit_test(test_zboot),
	cmocka_unit_test(test_riscv),
	cmocka_unit_test(test_zimage),
	cmocka_unit_test(test_s390x),
	cmocka_unit_test(test_elf),
	cmocka_unit_test(test_columns),
	cmocka_unit_test(test_older),
	cmocka_unit_test(test_contradiction),
	cmocka_unit_test(test_one_size),
	cmocka_unit_test(test_truncated),
	cmocka_unit_test(test_headers),
	cmocka_unit_test(test_tables),
	cmocka_unit_test(test_other_certificates),
	cmocka_unit_test(test_doubtful_vermagic),
	cmocka_unit_test(test_config),
	cmocka_unit_test(test_refused),
	cmocka_unit_test(test_lz4_damaged),
};

UNIT_TEST_MAIN(NULL, NULL)
