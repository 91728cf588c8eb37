/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_KERNELOPTS_H
#define MODBOX_KERNELOPTS_H

#include <stddef.h>

#include "cli/options.h"
#include "config.h"
#include "plan/listfile.h"
#include "tree/modopen.h"
#include "tree/modtree.h"

/* The options that all applets on a kernel tree share, with the same letters. */
struct kernel_options {
	struct string_list modules, lists, versions, config_dirs;
	const char *module_dir, *max_module_size;
	uint64_t max_bytes; /* of max_module_size, once it is checked; or 0 */
	int no_config, no_softdep, no_weakdep, keep_going;
};

#define KERNEL_OPTION(type, member, name) \
	(offsetof(type, member) + offsetof(struct kernel_options, name))

/*
 * Their rows of an option table, for a struct type with a member of struct
 * kernel_options: what they choose, then from where and how it is resolved.
 */
/* clang-format off */
#define MAX_MODULE_SIZE_ROW(field) \
	{ 0, "max-module-size", "SIZE", OPTION_STRING, field, \
	  "take no module that is larger when decompressed (default: 256M)" }

#define KERNEL_OPTION_ROWS(type, member, verb) \
	{ 'm', "module", "NAME", OPTION_LIST, KERNEL_OPTION(type, member, modules), \
	  verb " this module or what this alias means; repeatable" }, \
	{ 'f', "module-file", "FILE", OPTION_LIST, KERNEL_OPTION(type, member, lists), \
	  verb " the modules of this list, '-' for standard input; repeatable" }, \
	TREE_OPTION_ROWS(type, member), \
	{ 'K', "keep-going", NULL, OPTION_FLAG, KERNEL_OPTION(type, member, keep_going), \
	  "only warn of what is missing; exit status 1 at the end" }

/* Those of an applet that has names and lists from elsewhere. */
#define TREE_OPTION_ROWS(type, member) \
	{ 'k', "kernel-version", "VERSION", OPTION_LIST, \
	  KERNEL_OPTION(type, member, versions), \
	  "of this kernel, not the running one; auto: SOURCE's only one; repeatable" }, \
	{ 'M', "module-dir", "DIR", OPTION_STRING, KERNEL_OPTION(type, member, module_dir), \
	  "kernels are in this directory (default: usr/lib/modules)" }, \
	KERNEL_CLOSURE_ROWS(type, member)

/* The last of them alone: how it is resolved. */
#define KERNEL_CLOSURE_ROWS(type, member) \
	{ 0, "no-softdep", NULL, OPTION_FLAG, KERNEL_OPTION(type, member, no_softdep), \
	  "do not follow softdeps" }, \
	{ 0, "no-weakdep", NULL, OPTION_FLAG, KERNEL_OPTION(type, member, no_weakdep), \
	  "do not follow weakdeps" }, \
	{ 'C', "config", "DIR", OPTION_LIST, KERNEL_OPTION(type, member, config_dirs), \
	  "modprobe.d of SOURCE to use instead of its usual ones; repeatable" }, \
	IF_ENABLED(MODULE_DECODERS, \
		MAX_MODULE_SIZE_ROW(KERNEL_OPTION(type, member, max_module_size)),) \
	{ 0, "no-config", NULL, OPTION_FLAG, KERNEL_OPTION(type, member, no_config), \
	  "use no modprobe.d at all" }
/* clang-format on */

/* Check their values.  Returns 0, or -1, reported (status 2). */
int kernel_options_check(const struct applet *applet, struct kernel_options *options);
void kernel_options_free(struct kernel_options *options);

/*
 * Add what --module and --module-file name to wanted.
 * Returns 0, or -1, reported.
 */
int kernel_options_requests(const struct kernel_options *options,
			    struct request_list *wanted);

/*
 * Report that nothing was requested (status 5), if wanted names nothing but exclusions.
 * Returns 0, or -1.
 */
int kernel_options_require(const struct kernel_options *options,
			   const struct request_list *wanted);

/* Closure flags (closure.h) for these options. */
int kernel_options_flags(const struct kernel_options *options);

/* The number of kernels: one at least, the running one. */
size_t kernel_options_count(const struct kernel_options *options);

/* Open kernel number i of root: "auto" is its only one.  Returns as modtree_open(). */
int kernel_options_open(const struct kernel_options *options, size_t i,
			const struct rootfs *root, struct modtree *tree);

#endif
