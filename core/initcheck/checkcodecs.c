// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether what reads compressed modules, and the image itself, can decompress them: the
 * modprobe of the image; and the kernel, if --kernel has its configuration. From kmod 31
 * and busybox 1.37 on, the kernel is asked to decompress modules first.
 */
#include <string.h>

#include "initchecks.h"
#include "module/packing.h"
#include "proof/proof.h"

static const struct {
	const char *name, *symbol;
} codecs[] = {
	[CODEC_NONE] = { NULL, NULL },
	[CODEC_GZIP] = { "gzip", "MODULE_COMPRESS_GZIP" },
	[CODEC_XZ] = { "xz", "MODULE_COMPRESS_XZ" },
	[CODEC_ZSTD] = { "zstd", "MODULE_COMPRESS_ZSTD" },
};

static const struct {
	const char *name, *symbol;
} segment_codecs[] = {
	{ "gzip", "RD_GZIP" }, { "xz", "RD_XZ" },	{ "zstd", "RD_ZSTD" },
	{ "lz4", "RD_LZ4" },   { "bzip2", "RD_BZIP2" }, { "lzma", "RD_LZMA" },
};

static bool asks_kernel(const struct modprobe *modprobe)
{
	return (modprobe->kind == MODPROBE_KMOD && modprobe->major >= 31) ||
	       (modprobe->kind == MODPROBE_BUSYBOX &&
		(modprobe->major > 1 || modprobe->minor >= 37));
}

static bool kernel_reads(const struct init_kernel *kernel, enum codec codec)
{
	return kernel->config_label && kconfig_on(&kernel->config, "MODULE_DECOMPRESS") &&
	       kconfig_on(&kernel->config, codecs[codec].symbol);
}

static void add_modules(struct initcheck *check, const struct init_kernel *kernel,
			enum codec codec, struct string_list *items)
{
	const char *suffix = codec_suffix(codec);

	for (size_t i = 0; i < kernel->n; i++) {
		const char *own = strrchr(kernel->modules[i]->path, '.');

		if (strcmp(own, suffix) == 0)
			init_item(check, items, kernel->modules[i]->path);
	}
}

static void check_codec(struct initcheck *check, struct init_kernel *kernel,
			enum codec codec)
{
	const struct modprobe *modprobe = &check->modprobe;
	const char *library = modprobe->library[codec];
	struct string_list modules = { 0 }, *items;
	bool asks = asks_kernel(modprobe) && !modprobe->linked[codec];

	if (modprobe->reads[codec] != READS_NOT || (asks && kernel_reads(kernel, codec)))
		return;
	add_modules(check, kernel, codec, &modules);
	if (!modules.n)
		return;
	if (asks && !kernel->config_label)
		items = &init_note(check, kernel,
				   "%s does not decompress %s itself; whether the kernel "
				   "does (--kernel) decides on",
				   modprobe->name, codecs[codec].name)
				 ->items;
	else
		items = &init_find(check, INIT_UNREADABLE_COMPRESSION, kernel,
				   modprobe->path,
				   "%s does not decompress %s%s%s%s:", modprobe->name,
				   codecs[codec].name, library ? " without " : "",
				   library ? library : "",
				   library ? ", which the image lacks" : "")
				 ->items;
	*items = modules;
}

static void check_segment(struct initcheck *check, struct init_kernel *kernel, size_t i)
{
	const char *codec = check->image.listing.segments[i].codec;

	for (size_t k = 0; k < sizeof(segment_codecs) / sizeof(*segment_codecs); k++)
		if (strcmp(codec, segment_codecs[k].name) == 0 &&
		    !kconfig_on(&kernel->config, segment_codecs[k].symbol))
			init_find(check, INIT_UNREADABLE_COMPRESSION, kernel, NULL,
				  "segment %zu is compressed by %s, but the kernel was "
				  "built without %s (%s)",
				  i + 1, codec, segment_codecs[k].symbol,
				  kernel->config_label);
}

int init_check_codecs(struct initcheck *check, struct init_kernel *kernel)
{
	for (enum codec codec = CODEC_GZIP; codec <= CODEC_ZSTD; codec++)
		check_codec(check, kernel, codec);
	for (size_t i = 0; kernel->config_label && i < check->image.listing.n_segments;
	     i++)
		check_segment(check, kernel, i);
	return 0;
}
