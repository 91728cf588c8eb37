/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_KERNELOPTS_H
#define MODBOX_KERNELOPTS_H

#include <stddef.h>

#include "cli/options.h"
#include "config.h"
#include "plan/listfile.h"
#include "tree/modopen.h"
#include "tree/modtree.h"
#include "unpack/source.h"

/*
 * The options that all applets that work on a kernel tree share, with the same letters.
 */
struct kernel_options {
	struct string_list modules, lists, hardware, versions, config_dirs, overlays;
	const char *module_dir, *max_module_size;
	const char *as_version; /* the version of the kernel ".", or NULL */
	uint64_t max_bytes;	/* max_module_size in bytes, once checked; or 0 */
	int no_config, no_softdep, no_weakdep, hard_only, keep_going;
	bool needs_builtin; /* set by an applet: without --keep-going, as in
			       modtree_open() */
	const char *max_unpacked;
	uint64_t max_unpacked_bytes; /* the same in bytes, once checked; or 0 */
};

/*
 * Rows for a struct kernel_options: the requests; the kernel; how to resolve; and
 * --keep-going.
 */
extern const struct option_row request_option_rows[], kernel_option_rows[],
	resolve_option_rows[], keep_going_option_rows[];

/* Check the options' values. Returns 0, or -1 and reports it (status 2). */
int kernel_options_check(const struct applet *applet, struct kernel_options *options);

/* Check the name of a version. Returns 0, or -1 and reports it (status 2). */
int kernel_options_version(const struct applet *applet, const char *version);
void kernel_options_free(struct kernel_options *options);

/*
 * Add the names of --module and --module-file, and the modaliases of --hardware, to
 * wanted.
 * Returns 0, or -1 and reports it.
 */
int kernel_options_requests(const struct kernel_options *options,
			    struct request_list *wanted);

/*
 * Report an error (status 5) if wanted is empty or holds exclusions only.
 * Returns 0, or -1.
 */
int kernel_options_require(const struct kernel_options *options,
			   const struct request_list *wanted);

/* Closure flags (closure.h) for these options. */
int kernel_options_flags(const struct kernel_options *options);

/* The number of kernels: at least one, by default the running one. */
size_t kernel_options_count(const struct kernel_options *options);

/*
 * Open SOURCE with the overlays, as source_open() does. firmware_dirs: more directories
 * of an archive that are needed, or NULL.
 */
static inline int kernel_options_source(const struct kernel_options *options,
					const struct string_list *firmware_dirs,
					const char *path, struct source *source)
{
	return source_open(source, path,
			   &(struct source_options){ .overlays = &options->overlays,
						     .max_unpacked =
							     options->max_unpacked_bytes,
						     .module_dir = options->module_dir,
						     .config_dirs = &options->config_dirs,
						     .firmware_dirs = firmware_dirs });
}

/*
 * Open kernel number i of root; without --kernel-version, the running one, or of an
 * archive, as with "auto", means root's only kernel. Returns as
 * modtree_open().
 */
int kernel_options_open(const struct kernel_options *options, size_t i,
			const struct rootfs *root, struct modtree *tree);

#endif
