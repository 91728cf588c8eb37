// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading a kernel image: imagefile.c unpacks it. One pass finds all that is known by a
 * fixed text (the table below), another the exports. All that is kept is copied, so the
 * kernel can be freed.
 */
#include <stdlib.h>

#include "kernel/certs.h"
#include "kernel/imagefile.h"
#include "kernel/imagetext.h"
#include "kernel/ksymtab.h"
#include "kernel/readimage.h"
#include "kernel/textscan.h"
#include "kernel/unpack.h"

/*
 * Read the configuration, with IKCONFIG (kernel/configs.c):
 *
 *	"IKCFG_ST" gzip stream "IKCFG_ED"
 */
static void read_config(struct kernel_image *image, struct bytes kernel, size_t at)
{
	enum { CONFIG_MAX = 4 << 20, CONFIG_TRIES = 8, MARK = 8 };
	struct bytes stream = bytes_part(kernel, at + MARK, CONFIG_MAX);

	if (image->config || !unpack_codec(stream) ||
	    image->config_tries++ >= CONFIG_TRIES)
		return;
	image->config = unpack_text(&image->arena, stream, &image->config_size);
}

static void read_keyring(struct kernel_image *image, struct bytes kernel, size_t at)
{
	if (at >= CERT_MARK_AT)
		read_certs(image, kernel, at - CERT_MARK_AT);
}

/* A kernel's fixed texts, and what each is for. */
static const struct scan_text texts[] = {
	SCAN_TEXT(BANNER_START),
	SCAN_TEXT("IKCFG_ST"),
	SCAN_TEXT(CERT_MARK),
	/* messages of kernel/module/ */
	SCAN_TEXT("must match the kernel's built struct module size"),
	SCAN_TEXT("uses symbols %s from proprietary module %s.\n"),
	SCAN_TEXT("disagrees about version of symbol %s\n"),
	SCAN_TEXT("from namespace %s, but does not import it"),
	SCAN_TEXT("exports duplicate symbol %s"),
	SCAN_TEXT("module with unavailable key"),
	/* a section's name */
	SCAN_TEXT("__version_ext_names"),
	/* names of drivers, in crypto/ */
	SCAN_TEXT("sha256-generic"),
	SCAN_TEXT("sha512-generic"),
	SCAN_TEXT("sha256-lib"),
	SCAN_TEXT("sha512-lib"),
};
enum { TEXTS = sizeof(texts) / sizeof(*texts) };

static const struct {
	void (*read)(struct kernel_image *image, struct bytes kernel, size_t at);
	unsigned loader;
} meanings[TEXTS] = {
	{ .read = read_banner },
	{ .read = read_config },
	{ .read = read_keyring },
	{ .loader = LOADER_CHECKS_SIZE },
	{ .loader = LOADER_CHECKS_PROPRIETARY },
	{ .loader = LOADER_CHECKS_VERSIONS },
	{ .loader = LOADER_CHECKS_NAMESPACES },
	{ .loader = LOADER_CHECKS_DUPLICATES },
	{ .loader = LOADER_CHECKS_SIGNATURES },
	{ .loader = LOADER_EXTENDED_VERSIONS },
	{ .loader = LOADER_HAS_SHA256 },
	{ .loader = LOADER_HAS_SHA512 },
	{ .loader = LOADER_HAS_SHA256 },
	{ .loader = LOADER_HAS_SHA512 },
};

static void read_texts(struct kernel_image *image, struct bytes kernel)
{
	struct textscan *scan = xmalloc(sizeof(*scan));
	unsigned which;

	textscan_begin(scan, texts, TEXTS);
	for (size_t at = 0; textscan_next(scan, kernel, &at, &which); at++) {
		if (meanings[which].read)
			meanings[which].read(image, kernel, at);
		image->loader |= meanings[which].loader;
	}
	free(scan);
	check_certs(image);
	if (image->release)
		read_vermagic(image, kernel);
}

int kernel_image_read(struct kernel_image *image, int fd, const char **err)
{
	struct imagefile file = { 0 };
	int result;

	*image = (struct kernel_image){ 0 };
	result = imagefile_read(&file, fd, image, err);
	if (result == 0) {
		read_texts(image, file.kernel);
		(file.elf ? ksym_read_elf : ksym_read_raw)(&image->exports, &image->arena,
							   file.kernel, image->wide,
							   image->big_endian);
	}
	imagefile_free(&file);
	return result;
}

void kernel_image_free(struct kernel_image *image)
{
	exports_free(&image->exports);
	arena_free(&image->arena);
	*image = (struct kernel_image){ 0 };
}
