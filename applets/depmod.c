// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * depmod: write the indexes of a kernel's modules.
 *
 * The options are those of kmod's depmod, because scripts and package managers call it by
 * that name; they are not those of the other applets.  Unlike kmod's, it looks for
 * depmod.d inside the base directory, and replaces all indexes or none.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "base/path.h"
#include "cli/applet.h"
#include "cli/options.h"
#include "config.h"
#include "fs/rootset.h"
#include "index/indextree.h"
#include "module/names.h"
#include "tree/modopen.h"
#include "tree/modscan.h"

struct depmod_options {
	struct string_list config, overlays;
	const char *base, *module_dir, *out, *symvers, *map, *prefix, *compat;
	const char *max_module_size;
	uint64_t max_bytes;
	int all, quick, unresolved, show, warn, record, full, verbose;
};

#define FIELD(name) offsetof(struct depmod_options, name)

static const struct option_row rows[] = {
	{ "all", NULL, 'a', OPTION_FLAG, FIELD(all),
	  "index all modules (the default without a MODULE)" },
	{ "quick", NULL, 'A', OPTION_FLAG, FIELD(quick),
	  "do nothing unless a module is newer than modules.dep" },
	{ "basedir", "ROOT", 'b', OPTION_STRING, FIELD(base),
	  "root directory of the modules (default: /)" },
	{ "moduledir", IN_SOURCE("DIR"), 'm', OPTION_STRING, FIELD(module_dir),
	  "the directory of kernels in it (default: lib/modules)" },
	{ "outdir", "DIR", 'o', OPTION_STRING, FIELD(out),
	  "root directory to write to (default: that of the modules)" },
	{ "config", "PATH", 'C', OPTION_LIST, FIELD(config),
	  "read this depmod.d or file instead of the root's; repeatable" },
	{ "errsyms", NULL, 'e', OPTION_FLAG, FIELD(unresolved),
	  "warn about unresolved symbols (needs -E or -F)" },
	{ "symvers", "FILE", 'E', OPTION_STRING, FIELD(symvers),
	  "the kernel's Module.symvers; with -e, also warn about different CRCs" },
	{ "filesyms", "FILE", 'F', OPTION_STRING, FIELD(map), "the kernel's System.map" },
	{ "show", NULL, 'n', OPTION_FLAG, FIELD(show),
	  "write the text indexes to standard output instead of files" },
	{ "dry-run", NULL, 0, OPTION_FLAG, FIELD(show), "same as --show" },
	{ "warn", NULL, 'w', OPTION_FLAG, FIELD(warn),
	  "warn about duplicates in indexes" },
	/* clang-format off */
	IF_ENABLED(FEATURE_OVERLAY,
	{ "overlay", "ROOT", 0, OPTION_LIST, FIELD(overlays),
	  "lay this root's modules and depmod.d over the base's; repeatable" },)
	/* clang-format on */
	{ "symbol-prefix", "CHAR", 'P', OPTION_STRING, FIELD(prefix),
	  "the character that this architecture puts before symbols" },
	{ "compat", "KMOD", 0, OPTION_STRING, FIELD(compat),
	  "write the same bytes as this kmod's depmod: " VALUES("30",
								"34 (the default)") },
	{ "max-module-size", "SIZE", 0, OPTION_STRING, FIELD(max_module_size),
	  "refuse modules larger than this when decompressed (default: 256M)" },
	/* clang-format off */
	IF_ENABLED(FEATURE_RECORD,
	{ "record", NULL, 0, OPTION_FLAG, FIELD(record),
	  "keep what is read of modules in modules.modbox, for the next run" },
	{ "full", NULL, 0, OPTION_FLAG, FIELD(full),
	  "read all modules, whatever modules.modbox says" },)
	/* clang-format on */
	{ "verbose", NULL, 'v', OPTION_FLAG, FIELD(verbose),
	  "show each dependency, and the symbol that causes it" },
	{ 0 },
};

static const struct option_group options[] = {
	{ rows, 0 },
	{ common_option_rows, 0 },
	{ 0 },
};

/* A run: the options, the root, and the tree being indexed in it. */
struct depmod_run {
	const struct depmod_options *o;
	struct rootset roots;
	struct rootfs root;
	struct modtree tree;
	char *label;  /* the module directory, for messages */
	bool partial; /* only named modules are indexed */
};

/*
 * Convert a path on this host to one relative to the module directory.  Symbolic links are
 * resolved in the directories of the path, not in its last component.
 * Returns the path, which the caller frees; or NULL with errno 0 if the path is outside
 * the module directory, or with errno set on error.
 */
static char *path_inside(const struct depmod_run *run, const char *path)
{
	CLEANUP_FREE char *parent = xstrdup(path);
	CLEANUP_FREE char *real = NULL, *top = realpath(run->label, NULL);
	size_t len = top ? strlen(top) : 0;

	*strrchr(parent, '/') = '\0';
	real = realpath(*parent ? parent : "/", NULL);
	if (!top || !real)
		return NULL;
	errno = 0;
	if (strncmp(real, top, len) != 0 || (real[len] != '/' && real[len] != '\0'))
		return NULL;
	real[len] = real[len] ? '/' : '\0';
	return xasprintf("%s%s%s", real[len] ? real + len + 1 : "", real[len] ? "/" : "",
			 path_base(path));
}

/* Add the module at a path on this host to the tree.  Returns 0, or -1 (reported). */
static int add_one(struct depmod_run *run, const char *path)
{
	CLEANUP_FREE char *inside = NULL, *full = NULL;
	CLEANUP_FD int fd = -1;

	if (path[0] != '/') {
		error(STATUS_USAGE, "%s: not an absolute path", path);
		return -1;
	}
	inside = path_inside(run, path);
	if (!inside && errno && !rootfs_is_absent(errno)) {
		error(STATUS_IO, "cannot read %s: %m", path);
		return -1;
	}
	full = modtree_path(&run->tree, inside ? inside : "");
	fd = rootfs_openat(&run->root, full, O_PATH);
	if (inside && fd < 0) {
		error(rootfs_is_absent(errno) ? STATUS_MISSING : STATUS_IO, "%s: %m",
		      path);
		return -1;
	}
	if (!inside || !module_stem(path_base(path)) || is_unlistable(inside)) {
		error(STATUS_USAGE, "%s: not a module in %s", path, run->label);
		return -1;
	}
	modscan_add(&run->tree, inside);
	return 0;
}

static int add_named(struct depmod_run *run, char **paths)
{
	for (; *paths; paths++)
		if (add_one(run, *paths) < 0)
			return -1;
	return 0;
}

/* Note a module that is newer than modules.dep, or cannot be examined. */
static int check_newer(struct modtree *tree, const char *path,
		       const struct walk_entry *entry, void *context)
{
	bool *newer = context;
	struct stat st;

	(void)path;
	if (walk_stat(entry, &st) < 0 || st.st_mtime > tree->index.stamp)
		*newer = true;
	return 0;
}

/* -A: like kmod, compare whole seconds and do not look for deleted modules. */
static bool is_up_to_date(struct depmod_run *run)
{
	CLEANUP_FREE char *path = xasprintf("%s/modules.dep", run->tree.dir);
	CLEANUP_FD int fd = rootfs_openat(&run->root, path, O_PATH);
	bool newer = false;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return false;
	run->tree.index.stamp = st.st_mtime;
	return modwalk_all(&run->tree, check_newer, &newer) == 0 && !newer;
}

static int read_config(struct depmod_run *run)
{
	const struct string_list *dirs = &run->o->config;

	if (dirs->n)
		return depconf_read_host(&run->tree.depconf, dirs->items, dirs->n,
					 run->tree.version);
	return depconf_read(&run->tree.depconf, &run->root, run->tree.version);
}

static int make_indexes(struct depmod_run *run)
{
	const struct depmod_options *o = run->o;
	const struct index_tree_job job = {
		.tree = &run->tree,
		.out = o->out,
		.symvers = o->symvers,
		.map = o->map,
		.graph = {
			.label = run->label,
			.cycle = STATUS_MISSING,
			.warn_unknown = o->unresolved && (o->symvers || o->map),
			.check_sums = o->symvers != NULL,
			.show_needs = o->verbose,
			.symbol_prefix = o->prefix ? o->prefix[0] : '\0',
		},
		.write = {
			.no_weakdep = run->tree.kmod30,
			.root_last = run->tree.kmod30,
			.text_only = o->show,
			.warn_duplicates = o->warn,
			.unfound = STATUS_MISSING,
		},
		.partial = run->partial,
		.record = o->record,
		.full = o->full,
		.verbose = o->verbose,
	};

	if (o->unresolved && !o->symvers && !o->map)
		warning("-e needs -E or -F");
	return index_tree(&job);
}

/* Check that the module directory exists.  Returns 0, or -1 (reported). */
static int check_tree(const struct depmod_run *run)
{
	CLEANUP_FREE char *usr = NULL;
	const char *hint = "";
	int cause;

	if (rootfs_is_directory(rootfs_base(&run->root), run->tree.dir) > 0)
		return 0;
	cause = errno;
	usr = path_join("usr", run->tree.dir);
	if (!run->o->module_dir && cause == ENOENT &&
	    rootfs_is_directory(&run->root, usr) > 0)
		hint = "; use --moduledir=usr/lib/modules";
	errno = cause;
	error(source_status(errno), "cannot open the module directory %s: %m%s",
	      run->label, hint);
	return -1;
}

static int run_in_tree(struct depmod_run *run, char **modules)
{
	const struct depmod_options *o = run->o;

	if (check_tree(run) < 0 || read_config(run) < 0)
		return -1;
	if (o->quick && (o->show || is_up_to_date(run)))
		return 0;
	run->partial = *modules && !o->all && !o->quick;
	run->tree.warns_lost = !run->partial;
	if (run->partial && add_named(run, modules) < 0)
		return -1;
	return make_indexes(run);
}

static void with_root(const struct depmod_options *o, const char *version, char **modules)
{
	const char *base = o->base ? o->base : "/";
	const char *dir = o->module_dir ? o->module_dir : "lib/modules";
	struct depmod_run run = { .o = o };

	dir += strspn(dir, "/");
	if (rootfs_open(&run.root, base) < 0) {
		error(source_status(errno), "cannot open %s: %m", base);
		return;
	}
	run.tree.root = &run.root;
	run.tree.version = version;
	run.tree.module_dir = dir;
	run.tree.dir = arena_join(&run.tree.arena, dir, version);
	run.tree.all_met = true;
	/* Absolute, as in kmod's messages: scripts compare them. */
	base = rootfs_absolute(&run.root);
	run.label = path_join(strcmp(base, "/") == 0 ? "" : base, run.tree.dir);
	run.tree.max_module_size = o->max_bytes;
	run.tree.kmod30 = o->compat && strcmp(o->compat, "30") == 0;
	if (rootset_lay(&run.roots, &run.root, &o->overlays) == 0)
		run_in_tree(&run, modules);
	modtree_close(&run.tree);
	rootset_close(&run.roots, &run.root);
	free(run.label);
}

/* kmod's test for a version; a '/' is refused too, as it could leave the directory. */
static bool is_version(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits && text[digits] == '.' && text[digits + 1] >= '0' &&
	       text[digits + 1] <= '9' && !strchr(text, '/');
}

static bool check_options(const struct applet *self, struct depmod_options *o,
			  const char *version)
{
	if (!is_version(version))
		usage_error(self, "invalid kernel version '%s'", version);
	else if (o->prefix && strlen(o->prefix) != 1)
		usage_error(self, "-P takes a single character");
	else if (o->overlays.n && !o->show && !o->out)
		usage_error(self, "--overlay needs --dry-run or --outdir: the indexes of "
				  "several roots belong to none of them");
	else if (o->compat && strcmp(o->compat, "30") != 0 &&
		 strcmp(o->compat, "34") != 0)
		usage_error(self, "--compat takes 30 or 34");
	else
		return !o->max_module_size ||
		       option_size(self, "max-module-size", o->max_module_size,
				   &o->max_bytes) == 0;
	return false;
}

static int depmod_main(const struct applet *self, int argc, char **argv)
{
	struct depmod_options o = { 0 };
	int first = options_parse(self, argc, argv, &o);
	struct utsname running;
	const char *version;

	if (first >= 0) {
		uname(&running);
		version = first < argc ? argv[first++] : running.release;
		if (check_options(self, &o, version)) {
			interrupt_catch();
			with_root(&o, version, argv + first);
		}
	}
	string_list_free(&o.config);
	string_list_free(&o.overlays);
	return message_status();
}

const struct applet applet_depmod = {
	.name = "depmod",
	.args = "[VERSION [MODULE]...]",
	.summary = "Write the module indexes that modprobe reads.",
	.unlisted = true,
	.options = options,
	.main = depmod_main,
};
