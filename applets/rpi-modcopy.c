// SPDX-License-Identifier: GPL-2.0-or-later
/* rpi-modcopy: copy kernel modules, with all that they need, into a root. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "applet.h"
#include "closure.h"
#include "depmod.h"
#include "dest.h"
#include "interrupt.h"
#include "message.h"

struct modcopy_options {
	struct string_list modules, lists, versions, config_dirs;
	const char *module_dir, *depmod;
	int no_softdep, no_weakdep, no_config, keep_going, verify, dry_run, verbose;
};

#define FIELD(name) offsetof(struct modcopy_options, name)

static const struct option_row options[] = {
	{ 'm', "module", "NAME", OPTION_LIST, FIELD(modules),
	  "copy this module or what this alias means; repeatable" },
	{ 'f', "module-file", "FILE", OPTION_LIST, FIELD(lists),
	  "copy the modules of this list, '-' for standard input; repeatable" },
	{ 'k', "kernel-version", "VERSION", OPTION_LIST, FIELD(versions),
	  "of this kernel instead of the running one; repeatable" },
	{ 'M', "module-dir", "DIR", OPTION_STRING, FIELD(module_dir),
	  "kernels are in DIR of SOURCE and DEST (default: usr/lib/modules)" },
	{ 0, "no-softdep", NULL, OPTION_FLAG, FIELD(no_softdep), "do not follow softdeps" },
	{ 0, "no-weakdep", NULL, OPTION_FLAG, FIELD(no_weakdep), "do not follow weakdeps" },
	{ 'C', "config", "DIR", OPTION_LIST, FIELD(config_dirs),
	  "modprobe.d of SOURCE to use instead of its usual ones; repeatable" },
	{ 0, "no-config", NULL, OPTION_FLAG, FIELD(no_config), "use no modprobe.d at all" },
	{ 0, "depmod", "PATH", OPTION_STRING, FIELD(depmod),
	  "the depmod(8) that makes DEST's indexes" },
	{ 0, "verify", NULL, OPTION_FLAG, FIELD(verify),
	  "decode every chosen module, so that a flipped bit is found" },
	{ 'K', "keep-going", NULL, OPTION_FLAG, FIELD(keep_going),
	  "only warn of what is missing; exit status 1 at the end" },
	{ 'n', "dry-run", NULL, OPTION_FLAG, FIELD(dry_run),
	  "write nothing, show what would be copied" },
	{ 'v', "verbose", NULL, OPTION_FLAG, FIELD(verbose), "show what is copied, and why" },
	{ 'h', "help", NULL, OPTION_HELP, 0, "show this help" },
	{ 'V', "version", NULL, OPTION_VERSION, 0, "show the version" },
	{ 0 },
};

/* The kernels to copy for: plans made of trees that stay open until all is done. */
struct job {
	struct modtree tree;
	struct plan plan;
};

static int read_requests(const struct applet *self, const struct modcopy_options *o,
			 struct request_list *wanted)
{
	size_t i;

	for (i = 0; i < o->modules.n; i++) {
		if (!*o->modules.items[i]) {
			usage_error(self, "--module needs a name");
			return -1;
		}
		request_add(wanted, o->modules.items[i], "--module");
	}
	for (i = 0; i < o->lists.n; i++)
		if (listfile_read(wanted, o->lists.items[i]) < 0)
			return -1;
	if (wanted->n)
		return 0;
	if (o->lists.n)
		error(STATUS_EMPTY, "no module was requested: %s names none",
		      o->lists.n > 1 ? "no list" : o->lists.items[0]);
	else
		error(STATUS_EMPTY, "no module was requested: use --module or --module-file");
	return -1;
}

static int check_version(const struct applet *self, const char *version)
{
	if (*version && !strchr(version, '/') && strcmp(version, ".") != 0 &&
	    strcmp(version, "..") != 0)
		return 0;
	usage_error(self, "'%s' is no kernel version", version);
	return -1;
}

/* Check DEST before anything is done: it may be missing, but not be anything else. */
static int check_dest(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		errno = ENOTDIR;
	else if (errno == 0 || errno == ENOENT)
		return 0;
	error(STATUS_IO, "cannot write DEST %s: %s", path, strerror(errno));
	return -1;
}

/* Whether DEST's module directory is SOURCE's own. */
static bool same_directory(const struct modtree *tree, const char *dest_path)
{
	CLEANUP_FD int from = rootfs_openat(tree->root, tree->dir, O_PATH);
	CLEANUP_FD int to = -1;
	struct rootfs dest;
	struct stat a, b;

	if (rootfs_open(&dest, dest_path) < 0)
		return false;
	to = rootfs_openat(&dest, tree->dir, O_PATH);
	rootfs_close(&dest);
	return from >= 0 && to >= 0 && fstat(from, &a) == 0 && fstat(to, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int closure_flags(const struct modcopy_options *o)
{
	return CLOSURE_CHECK | (o->no_softdep ? CLOSURE_NO_SOFTDEP : 0) |
	       (o->no_weakdep ? CLOSURE_NO_WEAKDEP : 0) |
	       (o->keep_going ? CLOSURE_KEEP_GOING : 0) | (o->verify ? CLOSURE_VERIFY : 0);
}

/* Resolve the requests for one kernel.  Returns 0, or -1, reported. */
static int resolve(const struct applet *self, const struct modcopy_options *o, struct job *job,
		   const struct rootfs *source, const char *dest, const char *version,
		   const struct request_list *wanted)
{
	struct modtree_options tree_options = {
		.module_dir = o->module_dir,
		.config_dirs = o->config_dirs.items,
		.n_config_dirs = o->config_dirs.n,
		.no_config = o->no_config,
	};

	if (modtree_open(&job->tree, source, version, &tree_options) < 0)
		return -1;
	if (same_directory(&job->tree, dest)) {
		usage_error(self, "%s of SOURCE and of DEST are one directory", job->tree.dir);
		return -1;
	}
	return closure_resolve(&job->plan, &job->tree, wanted, closure_flags(o));
}

/* mkdir -p */
static int make_dest(const char *path)
{
	CLEANUP_FREE char *prefix = xstrdup(path);
	char *slash = prefix;

	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		if (mkdir(prefix, 0755) < 0 && errno != EEXIST)
			return -1;
		*slash = '/';
	}
	return mkdir(path, 0755) < 0 && errno != EEXIST ? -1 : 0;
}

static int write_all(const struct job *jobs, size_t n, const struct rootfs *source,
		     const char *dest_path, const char *depmod)
{
	struct rootfs dest;
	int result = 0;
	size_t i;

	if ((rootfs_open(&dest, dest_path) < 0 && errno != ENOENT) ||
	    (dest.fd < 0 && (make_dest(dest_path) < 0 || rootfs_open(&dest, dest_path) < 0))) {
		error(STATUS_IO, "cannot open DEST %s: %s", dest_path, strerror(errno));
		return -1;
	}
	for (i = 0; i < n && result == 0; i++)
		result = dest_write(&jobs[i].plan, source, &dest, depmod,
				    &jobs[i].tree.depconf.files);
	rootfs_close(&dest);
	return result;
}

/* Everything is resolved, for all kernels, before anything is written. */
static int run(const struct applet *self, const struct modcopy_options *o,
	       const struct rootfs *source, const char *dest, struct job *jobs, size_t n,
	       const struct request_list *wanted)
{
	CLEANUP_FREE char *depmod = NULL;
	struct utsname running;
	size_t i;

	uname(&running);
	for (i = 0; i < n; i++)
		if (resolve(self, o, &jobs[i], source, dest,
			    o->versions.n ? o->versions.items[i] : running.release, wanted) < 0)
			return -1;
	if (!o->dry_run && !(depmod = depmod_find(o->depmod)))
		return -1;
	for (i = 0; (o->verbose || o->dry_run) && i < n; i++)
		plan_show(&jobs[i].plan);
	if (output_finish() < 0 || o->dry_run)
		return -1;
	return write_all(jobs, n, source, dest, depmod);
}

static void with_operands(const struct applet *self, const struct modcopy_options *o,
			  const char *source_path, const char *dest)
{
	size_t n = o->versions.n ? o->versions.n : 1, i;
	CLEANUP_FREE struct job *jobs = xcalloc(n, sizeof(*jobs));
	struct request_list wanted = { 0 };
	struct rootfs source;

	if (read_requests(self, o, &wanted) == 0 && check_dest(dest) == 0) {
		if (rootfs_open(&source, source_path) == 0) {
			run(self, o, &source, dest, jobs, n, &wanted);
			for (i = 0; i < n; i++) {
				plan_free(&jobs[i].plan);
				modtree_close(&jobs[i].tree);
			}
			rootfs_close(&source);
		} else {
			error(STATUS_SOURCE, "cannot open SOURCE %s: %s", source_path,
			      strerror(errno));
		}
	}
	request_list_free(&wanted);
}

static int modcopy_main(const struct applet *self, int argc, char **argv)
{
	struct modcopy_options o = { 0 };
	int first = options_parse(self, argc, argv, &o);
	bool usable = first >= 0;
	size_t i;

	if (usable && argc - first != 2) {
		usage_error(self, argc - first < 2 ? "SOURCE and DEST are needed" :
						     "more operands than SOURCE and DEST");
		usable = false;
	}
	if (usable && o.module_dir && o.module_dir[strspn(o.module_dir, "/")] == '\0') {
		usage_error(self, "--module-dir needs a directory inside SOURCE");
		usable = false;
	}
	for (i = 0; usable && i < o.versions.n; i++)
		usable = check_version(self, o.versions.items[i]) == 0;
	if (usable) {
		interrupt_catch();
		with_operands(self, &o, argv[first], argv[first + 1]);
	}
	string_list_free(&o.modules);
	string_list_free(&o.lists);
	string_list_free(&o.versions);
	string_list_free(&o.config_dirs);
	return message_status();
}

const struct applet applet_rpi_modcopy = {
	.name = "rpi-modcopy",
	.args = "SOURCE DEST",
	.summary = "Copy kernel modules, with all that they need, from a root into another.",
	.options = options,
	.main = modcopy_main,
};
