// SPDX-License-Identifier: GPL-2.0-or-later
/* The options that all applets that work on a kernel tree share. */
#include <string.h>
#include <sys/utsname.h>

#include "base/message.h"
#include "base/path.h"
#include "cli/applet.h"
#include "plan/closure.h"
#include "plan/hardware.h"
#include "plan/kernelopts.h"
#include "tree/modopen.h"

#define FIELD(name) offsetof(struct kernel_options, name)

const struct option_row request_option_rows[] = {
	{ "module", "NAME", 'm', OPTION_LIST, FIELD(modules),
	  "select this module, or all modules of this alias; repeatable" },
	{ "module-file", "FILE", 'f', OPTION_LIST, FIELD(lists),
	  "select the modules in this list ('-': standard input); repeatable" },
	/* clang-format off */
	IF_ENABLED(FEATURE_HARDWARE,
	{ "hardware", "PATH", 0, OPTION_LIST, FIELD(hardware),
	  "select modules for the modaliases in a file or sysfs tree; repeatable" },)
	/* clang-format on */
	{ 0 },
};

const struct option_row kernel_option_rows[] = {
	{ "kernel-version", "VERSION", 'k', OPTION_LIST, FIELD(versions),
	  /* clang-format off */
	  "use this kernel, not the running one; " VALUES("auto") ": the only one; "
	  IF_ENABLED(FEATURE_PLACE, VALUES(".") ": --module-dir itself; ") "repeatable" },
	/* clang-format on */
	{ "module-dir", IN_SOURCE("DIR"), 'M', OPTION_STRING, FIELD(module_dir),
	  "the directory of kernels in SOURCE (default: usr/lib/modules)" },
	{ 0 },
};

const struct option_row resolve_option_rows[] = {
	{ "no-softdep", NULL, 0, OPTION_FLAG, FIELD(no_softdep),
	  "do not follow softdeps" },
	{ "no-weakdep", NULL, 0, OPTION_FLAG, FIELD(no_weakdep),
	  "do not follow weakdeps" },
	{ "hard-only", NULL, 0, OPTION_FLAG, FIELD(hard_only),
	  "follow neither softdeps nor weakdeps" },
	{ "config", IN_SOURCE("DIR"), 'C', OPTION_LIST, FIELD(config_dirs),
	  "use this modprobe.d of SOURCE, not the usual ones; repeatable" },
	/* clang-format off */
	IF_ENABLED(FEATURE_OVERLAY,
	{ "overlay", "ROOT", 0, OPTION_LIST, FIELD(overlays),
	  "lay this root's modules, firmware and modprobe.d over SOURCE's; repeatable" },)
	IF_ENABLED(MODULE_DECODERS,
	{ "max-module-size", "SIZE", 0, OPTION_STRING, FIELD(max_module_size),
	  "refuse modules larger than this when decompressed (default: 256M)" },)
	IF_ENABLED(FEATURE_ARCHIVE_SOURCE,
	{ "max-unpacked", "SIZE", 0, OPTION_STRING, FIELD(max_unpacked),
	  "unpack at most this of an archive as SOURCE (default: 4G)" },)
	/* clang-format on */
	{ "no-config", NULL, 0, OPTION_FLAG, FIELD(no_config), "ignore modprobe.d" },
	{ 0 },
};

const struct option_row keep_going_option_rows[] = {
	{ "keep-going", NULL, 'K', OPTION_FLAG, FIELD(keep_going),
	  "only warn of missing modules; then exit with status 1" },
	{ 0 },
};

int kernel_options_version(const struct applet *applet, const char *version)
{
	if (*version && !strchr(version, '/') && strcmp(version, ".") != 0 &&
	    strcmp(version, "..") != 0)
		return 0;
	usage_error(applet, "invalid kernel version '%s'", version);
	return -1;
}

/* A version given twice is one kernel. */
static void drop_repeated(struct string_list *list)
{
	size_t i, n = list->n;

	list->n = 0;
	for (i = 0; i < n; i++)
		if (!string_list_has(list, list->items[i]))
			list->items[list->n++] = list->items[i];
}

static int check_versions(const struct applet *applet, struct string_list *versions)
{
	for (size_t i = 0; i < versions->n; i++)
		if (!(ENABLED(FEATURE_PLACE) && strcmp(versions->items[i], ".") == 0) &&
		    kernel_options_version(applet, versions->items[i]) < 0)
			return -1;
	drop_repeated(versions);
	if (versions->n < 2 || !string_list_has(versions, "auto"))
		return 0;
	usage_error(applet, "--kernel-version=auto excludes other versions");
	return -1;
}

int kernel_options_check(const struct applet *applet, struct kernel_options *o)
{
	for (size_t i = 0; i < o->modules.n; i++) {
		if (*o->modules.items[i])
			continue;
		usage_error(applet, "--module needs a name");
		return -1;
	}
	if (check_versions(applet, &o->versions) < 0)
		return -1;
	if (o->module_dir &&
	    option_directory(applet, "module-dir", o->module_dir, "SOURCE") < 0)
		return -1;
	if (ENABLED(FEATURE_ARCHIVE_SOURCE) && o->max_unpacked &&
	    option_size(applet, "max-unpacked", o->max_unpacked, &o->max_unpacked_bytes) <
		    0)
		return -1;
	return ENABLED(MODULE_DECODERS) && o->max_module_size ?
		       option_size(applet, "max-module-size", o->max_module_size,
				   &o->max_bytes) :
		       0;
}

void kernel_options_free(struct kernel_options *o)
{
	string_list_free(&o->modules);
	string_list_free(&o->lists);
	string_list_free(&o->hardware);
	string_list_free(&o->versions);
	string_list_free(&o->config_dirs);
	string_list_free(&o->overlays);
}

int kernel_options_requests(const struct kernel_options *o, struct request_list *wanted)
{
	for (size_t i = 0; i < o->modules.n; i++)
		request_add(wanted, o->modules.items[i], "--module");
	for (size_t i = 0; i < o->lists.n; i++)
		if (listfile_read(wanted, o->lists.items[i]) < 0)
			return -1;
	for (size_t i = 0; ENABLED(FEATURE_HARDWARE) && i < o->hardware.n; i++)
		if (hardware_read(wanted, o->hardware.items[i]) < 0)
			return -1;
	return 0;
}

int kernel_options_require(const struct kernel_options *o,
			   const struct request_list *wanted)
{
	if (request_list_selects(wanted))
		return 0;
	if (o->lists.n)
		error(STATUS_EMPTY, "no module requested in %s",
		      o->lists.n > 1			  ? "any list" :
		      strcmp(o->lists.items[0], "-") == 0 ? "standard input" :
							    o->lists.items[0]);
	else
		error(STATUS_EMPTY,
		      "no module requested; name one with --module, or a list with --module-file");
	return -1;
}

int kernel_options_flags(const struct kernel_options *o)
{
	return (o->no_softdep || o->hard_only ? CLOSURE_NO_SOFTDEP : 0) |
	       (o->no_weakdep || o->hard_only ? CLOSURE_NO_WEAKDEP : 0) |
	       (o->keep_going ? CLOSURE_KEEP_GOING : 0);
}

size_t kernel_options_count(const struct kernel_options *o)
{
	return o->versions.n ? o->versions.n : 1;
}

int kernel_options_open(const struct kernel_options *o, size_t i,
			const struct rootfs *root, struct modtree *tree)
{
	struct modtree_options tree_options = {
		.module_dir = o->module_dir,
		.as_version = o->as_version,
		.config_dirs = o->config_dirs.items,
		.n_config_dirs = o->config_dirs.n,
		.no_config = o->no_config,
		.needs_builtin = o->needs_builtin && !o->keep_going,
		.max_module_size = o->max_bytes,
	};
	const char *version = o->versions.n ? o->versions.items[i] : NULL;
	struct arena arena = { 0 };
	struct utsname running;
	int result = -1;

	if (ENABLED(FEATURE_ARCHIVE_SOURCE) && !version && root->unpacked)
		version = "auto";
	if (!version) {
		uname(&running);
		version = running.release;
	} else if (strcmp(version, "auto") == 0) {
		version = modtree_only_version(&arena, root, o->module_dir);
	}
	*tree = (struct modtree){ 0 };
	if (version)
		result = modtree_open(tree, root, version, &tree_options);
	arena_free(&arena);
	return result;
}
