// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether what loads the modules can decompress them (--loader).
 *
 *	kernel	finit_module(2) gets the file as it is. With MODULE_DECOMPRESS, the kernel
 *		reads its one kind of compression (kernel/module/decompress.c).
 *	kmod	from 31 on, hands files of that kind to the kernel, and takes its answer;
 *		all others it decompresses itself. It needs the size that a zstd frame
 *		claims.
 *	busybox	decompresses gzip and xz itself, where the kernel does not (from 1.37 on,
 *		it asks the kernel first). Its xz knows no filters, but all checks.
 *
 * And whether the kernel can unpack an archive that holds them.
 */
#include <string.h>

#include "base/readat.h"
#include "prover.h"

enum program { LOADER_KMOD, LOADER_KERNEL, LOADER_BUSYBOX, LOADERS };

static const char *const names[LOADERS] = { "kmod", "kernel", "busybox" };

static const struct {
	const char *name, *module, *initrd; /* and the configuration's symbols */
} codecs[] = {
	[CODEC_NONE] = { "nothing", NULL, NULL },
	[CODEC_GZIP] = { "gzip", "MODULE_COMPRESS_GZIP", "RD_GZIP" },
	[CODEC_XZ] = { "xz", "MODULE_COMPRESS_XZ", "RD_XZ" },
	[CODEC_ZSTD] = { "zstd", "MODULE_COMPRESS_ZSTD", "RD_ZSTD" },
};

int prover_loader(const char *name)
{
	for (int i = 0; i < LOADERS; i++)
		if (strcmp(name ? name : "kmod", names[i]) == 0)
			return i;
	return -1;
}

/* What the kernel does with a compressed file: 1: decompress it, 0: not, -1: unknown. */
static int kernel_takes(const struct prover *p, enum codec codec)
{
	const struct kconfig *config = &p->kernel.config;

	if (!p->kernel.config_label)
		return -1;
	return kconfig_on(config, "MODULE_DECOMPRESS") &&
	       kconfig_on(config, codecs[codec].module);
}

/* Why the kernel's decoder does not read what it takes, or NULL. */
static const char *kernel_objection(const struct prover *p, const struct packing *packing)
{
	if (packing->other_check)
		return "its xz check is not crc32: the kernel's decoder knows no other";
	if (packing->filtered &&
	    (!packing->filter || !kconfig_on(&p->kernel.config, packing->filter)))
		return "it has a filter of xz that the kernel's decoder does not know";
	if (packing->several)
		return "the kernel takes only the first of its streams";
	if (packing->extra_header)
		return "its gzip header has fields that the kernel's decoder does not know";
	return NULL;
}

/* What the kernel answers to bytes that are no module: first it looks for a signature. */
static const char *errno_of_no_module(const struct prover *p)
{
	return p->kernel.sig_enforce ||
			       kconfig_on(&p->kernel.config, "MODULE_SIG_FORCE") ?
		       "EKEYREJECTED" :
		       "ENOEXEC";
}

/* Of kernel_objection(). The first of several streams can be decompressed. */
static const char *objection_errno(const struct prover *p, const struct packing *packing)
{
	struct packing first = *packing;

	first.several = false;
	return kernel_objection(p, &first) ? "EINVAL" : errno_of_no_module(p);
}

static void find_unknown(struct prover *p, size_t i, const char *text)
{
	prover_find(p, i, RULE_LOADER, UNPROVED, NULL,
		    "%s; no configuration tells what the kernel decompresses: "
		    "--kernel-config",
		    text);
}

static void check_kernel(struct prover *p, size_t i, const struct packing *packing)
{
	const char *objection = kernel_objection(p, packing);
	bool decompresses = kconfig_on(&p->kernel.config, "MODULE_DECOMPRESS");
	int takes = kernel_takes(p, packing->codec);

	if (takes < 0)
		find_unknown(p, i, "it is compressed");
	else if (!takes)
		prover_find(p, i, RULE_LOADER, REFUSED,
			    decompresses ? "EINVAL" : "EOPNOTSUPP",
			    "the kernel does not decompress %s (MODULE_DECOMPRESS, %s)",
			    codecs[packing->codec].name, codecs[packing->codec].module);
	else if (objection)
		prover_find(p, i, RULE_LOADER, REFUSED, objection_errno(p, packing), "%s",
			    objection);
}

/* What kmod decompresses itself, or not: builds and versions of it differ. */
static const char *kmods_objection(const struct prover *p, const struct packing *packing)
{
	if (packing->codec == CODEC_GZIP && p->own_codec != CODEC_GZIP)
		return "Debian's kmod, and the kernel, do not decompress gzip";
	if (packing->codec == CODEC_ZSTD && packing->several)
		return "kmod may take only the first of its zstd frames";
	if (packing->unsized)
		return "its zstd frame lacks the size of its contents, which kmod 34 needs";
	return NULL;
}

static void check_kmod(struct prover *p, size_t i, const struct packing *packing)
{
	const char *objection = kernel_objection(p, packing);
	int takes = kernel_takes(p, packing->codec);

	if (takes > 0 && objection) {
		prover_find(p, i, RULE_LOADER, REFUSED, objection_errno(p, packing),
			    "%s; kmod 31 and later hand it to the kernel", objection);
	} else if (takes < 0 && objection) {
		find_unknown(p, i, objection);
	} else if (takes <= 0) {
		objection = kmods_objection(p, packing);
		if (objection)
			prover_find(p, i, RULE_LOADER, UNPROVED, NULL, "%s", objection);
	}
}

static void check_busybox(struct prover *p, size_t i, const struct packing *packing)
{
	const char *text = packing->codec == CODEC_ZSTD ?
				   "busybox does not decompress zstd" :
				   "busybox knows no filters of xz";
	int takes = kernel_takes(p, packing->codec);

	if (packing->codec != CODEC_ZSTD && !packing->filtered)
		return;
	if (takes > 0 && !kernel_objection(p, packing))
		prover_find(p, i, RULE_LOADER, UNPROVED, NULL,
			    "%s; from 1.37 on it asks the kernel first, which does",
			    text);
	else if (takes < 0)
		find_unknown(p, i, text);
	else
		prover_find(p, i, RULE_LOADER, REFUSED, "ENOEXEC", "%s, nor the kernel",
			    text);
}

/* kmod and the kernel's own callers tell the compression by the name as well. */
static bool is_misnamed(const char *path, enum codec codec)
{
	const char *suffix = strrchr(path, '.');

	return strcmp(strcmp(suffix, ".ko") == 0 ? "" : suffix, codec_suffix(codec)) != 0;
}

static void check_packing(struct prover *p, size_t i, int loader,
			  const struct packing *packing)
{
	if (loader == LOADER_KERNEL)
		check_kernel(p, i, packing);
	else if (loader == LOADER_BUSYBOX)
		check_busybox(p, i, packing);
	else
		check_kmod(p, i, packing);
}

void prover_check_loader(struct prover *p, size_t i)
{
	const struct packing *stored = p->options->stored;
	const struct packing *packing = &p->modules[i].facts->packing;
	const char *err = p->modules[i].facts->err;
	int loader = prover_loader(p->options->loader);

	if (err && is_read_failure(err))
		return; /* nothing is known of its compression */
	if (!stored && loader == LOADER_KERNEL && packing->codec == CODEC_NONE &&
	    is_misnamed(p->plan->modules[i].path, packing->codec))
		prover_find(p, i, RULE_LOADER, REFUSED,
			    kconfig_on(&p->kernel.config, "MODULE_DECOMPRESS") ?
				    "EINVAL" :
				    "EOPNOTSUPP",
			    "its name says that it is compressed, but it is not");
	else if (!stored && loader == LOADER_KERNEL &&
		 is_misnamed(p->plan->modules[i].path, packing->codec))
		prover_find(p, i, RULE_LOADER, REFUSED, errno_of_no_module(p),
			    "its name does not say that %s compressed it",
			    codecs[packing->codec].name);
	else if ((stored ? stored : packing)->codec != CODEC_NONE)
		check_packing(p, i, loader, stored ? stored : packing);
}

/* What decides in the configuration, or NULL: the kernel unpacks the archive. */
static const char *missing_symbol(const struct prover *p)
{
	const struct kconfig *config = &p->kernel.config;
	const char *symbol = codecs[p->options->archive_codec].initrd;

	if (!kconfig_on(config, "BLK_DEV_INITRD"))
		return "BLK_DEV_INITRD";
	return symbol && !kconfig_on(config, symbol) ? symbol : NULL;
}

void prover_check_archive(struct prover *p)
{
	enum codec codec = p->options->archive_codec;
	const char *by = codec == CODEC_NONE ? "" : " compressed by ", *missing;
	const char *name = codec == CODEC_NONE ? "" : codecs[codec].name;
	struct proof *proof = p->proof;

	if (!p->options->archive)
		return;
	missing = p->kernel.config_label ? missing_symbol(p) : NULL;
	if (missing) {
		proof->archive = REFUSED;
		proof->archive_text = arena_printf(
			&p->arena,
			"the kernel does not unpack an archive%s%s: %s is off in %s", by,
			name, missing, p->kernel.config_label);
	} else if (!p->kernel.config_label && codec != CODEC_NONE) {
		proof->archive = UNPROVED;
		proof->archive_text = arena_printf(
			&p->arena,
			"whether the kernel unpacks an archive%s%s is not known: --kernel-config",
			by, name);
	}
}
