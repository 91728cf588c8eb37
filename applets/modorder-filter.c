// SPDX-License-Identifier: GPL-2.0-or-later
/* modorder-filter: filter modules.order by a set of modules. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "base/path.h"
#include "cli/applet.h"
#include "fs/copy.h"
#include "fs/rootfs.h"
#include "fs/tempfile.h"
#include "order/orderfilter.h"
#include "plan/closure.h"
#include "plan/kernelopts.h"
#include "tree/modopen.h"
#include "tree/modscan.h"
#include "tree/overlay.h"

struct filter_options {
	struct kernel_options kernel;
	const char *tree, *source;
	int closure, invert, sort, missing, check, in_place, nul, normalize;
};

#define FIELD(name) offsetof(struct filter_options, name)

static const struct option_row rows[] = {
	{ "module", "NAME", 'm', OPTION_LIST, FIELD(kernel.modules),
	  "add this module to the set; repeatable" },
	{ "module-file", "FILE", 'f', OPTION_LIST, FIELD(kernel.lists),
	  "add the modules in this list ('-': standard input); repeatable" },
	{ "tree", "DIR", 0, OPTION_STRING, FIELD(tree),
	  "add the modules in this directory and below" },
	{ "closure", NULL, 0, OPTION_FLAG, FIELD(closure),
	  "add their dependencies (needs --source)" },
	{ "invert", NULL, 0, OPTION_FLAG, FIELD(invert),
	  "print the lines of modules that are not in the set" },
	{ "sort", NULL, 0, OPTION_FLAG, FIELD(sort), "print the set, sorted like ORDER" },
	{ "missing", NULL, 0, OPTION_FLAG, FIELD(missing),
	  "print the modules of the set that ORDER lacks" },
	{ "check", NULL, 0, OPTION_FLAG, FIELD(check),
	  "print nothing; exit status 1 unless ORDER has exactly the set" },
	{ "in-place", NULL, 'i', OPTION_FLAG, FIELD(in_place),
	  "replace each ORDER by the result" },
	{ "null", NULL, '0', OPTION_FLAG, FIELD(nul), "end lines with NUL" },
	{ "normalize", NULL, 0, OPTION_FLAG, FIELD(normalize),
	  "fix CRLF, a missing newline at the end, and duplicates" },
	{ "source", "SOURCE", 0, OPTION_STRING, FIELD(source),
	  "root of the kernel; without ORDER, filter its modules.order" },
	{ "kernel-version", "VERSION", 'k', OPTION_LIST, FIELD(kernel.versions),
	  /* clang-format off */
	  "use this kernel, not the running one; " VALUES("auto") ": the only one; "
	  VALUES(".") ": --module-dir itself" },
	/* clang-format on */
	{ "module-dir", IN_SOURCE("DIR"), 'M', OPTION_STRING, FIELD(kernel.module_dir),
	  "the directory of kernels in SOURCE (default: usr/lib/modules)" },
	{ 0 },
};

static const struct option_group options[] = {
	{ rows, 0 },
	{ resolve_option_rows, FIELD(kernel) },
	{ keep_going_option_rows, FIELD(kernel) },
	{ common_option_rows, 0 },
	{ 0 },
};

/* A run: the options, the set, and SOURCE if one is given. */
struct filter_run {
	const struct filter_options *o;
	const char *const *orders; /* operands, NULL-terminated */
	struct request_list set;
	char *own; /* path of SOURCE's modules.order, for messages */
	struct modtree tree;
	struct source source;
};

static bool is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

static bool has_stdin(const char *const *paths, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_stdin(paths[i]))
			return true;
	return false;
}

/* Returns 0, or -1 (reported). */
static int check_options(const struct applet *self, struct filter_options *o,
			 const char *const *orders, size_t n)
{
	struct kernel_options *k = &o->kernel;
	bool reads_stdin = n ? has_stdin(orders, n) : !o->source;
	const struct {
		bool wrong;
		const char *message;
	} rules[] = {
		{ o->invert + o->sort + o->missing + o->check > 1,
		  "--invert, --sort, --missing and --check exclude each other" },
		{ o->normalize && (o->sort || o->missing || o->check),
		  "--normalize does not go with --sort, --missing and --check" },
		{ o->in_place && (o->missing || o->check || o->nul),
		  "--in-place does not go with --missing, --check and --null" },
		{ o->in_place && (!n || reads_stdin),
		  "--in-place needs ORDER, as a file" },
		{ !o->source && (o->closure || k->versions.n || k->module_dir),
		  "--closure, --kernel-version and --module-dir need --source" },
		{ o->source && n && !o->closure, "--source with ORDER needs --closure" },
		{ k->versions.n > 1, "--kernel-version can be given once" },
		{ !o->closure && (k->no_softdep || k->no_weakdep || k->hard_only ||
				  k->no_config || k->config_dirs.n || k->overlays.n ||
				  k->keep_going || k->max_module_size),
		  "--no-softdep, --no-weakdep, --hard-only, --config, --no-config, --overlay, "
		  "--keep-going and --max-module-size need --closure" },
		{ reads_stdin && has_stdin(k->lists.items, k->lists.n),
		  "standard input cannot be both a list and ORDER; use a file for one" },
	};

	if (kernel_options_check(self, k) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (!rules[i].wrong)
			continue;
		usage_error(self, "%s", rules[i].message);
		return -1;
	}
	return 0;
}

/* Add the modules of a tree to the set; path names its directory. */
static int add_modules(struct filter_run *run, struct modtree *tree, const char *path)
{
	CLEANUP_FD int fd = rootfs_openat(tree->root, tree->dir, O_PATH | O_DIRECTORY);
	struct module *module, *next = NULL;

	if (fd < 0) {
		error(source_status(errno), "cannot open %s: %m", path);
		return -1;
	}
	/* Ignore the host's depmod.d: use depmod's default to choose between duplicates. */
	if (depconf_read_host(&tree->depconf, NULL, 0, "") < 0 || modscan_names(tree) < 0)
		return -1;
	HASH_ITER(hh, tree->modules, module, next)
		request_add_known(&run->set,
				  run->o->closure ? module->name : module->path, path);
	return 0;
}

/* Add the modules in a directory of this host to the set.  Returns 0, or -1 (reported). */
static int add_directory(struct filter_run *run, const char *path)
{
	CLEANUP_FREE char *real = realpath(path, NULL);
	struct modtree tree = { 0 };
	struct rootfs host;
	int result;

	if (!real || rootfs_open(&host, "/") < 0) {
		error(source_status(errno), "cannot open %s: %m", path);
		return -1;
	}
	tree.root = &host;
	tree.dir = real + 1;
	result = add_modules(run, &tree, path);
	modtree_close(&tree);
	rootfs_close(&host);
	return result;
}

/* Replace the set by its closure.  Returns 0, or -1 (reported). */
static int close_set(struct filter_run *run)
{
	struct plan plan = { 0 };
	int result = closure_resolve(&plan, &run->tree, &run->set,
				     kernel_options_flags(&run->o->kernel));

	if (overlay_check(&run->tree, true) < 0)
		result = -1;
	request_list_free(&run->set);
	for (size_t i = 0; i < plan.n_modules; i++)
		request_add_known(&run->set, plan.modules[i].path, "--closure");
	plan_free(&plan);
	return result;
}

static int require_some(const struct filter_run *run)
{
	if (!run->o->tree)
		return kernel_options_require(&run->o->kernel, &run->set);
	for (size_t i = 0; i < run->set.n; i++)
		if (!run->set.items[i].exclude)
			return 0;
	error(STATUS_EMPTY, "the set is empty: %s has no module", run->o->tree);
	return -1;
}

static int make_set(struct filter_run *run)
{
	if (kernel_options_requests(&run->o->kernel, &run->set) < 0 ||
	    (run->o->tree && add_directory(run, run->o->tree) < 0) ||
	    require_some(run) < 0)
		return -1;
	return run->o->closure ? close_set(run) : 0;
}

static void begin(const struct filter_run *run, struct order_filter *filter)
{
	static char room[64 << 10];
	const struct filter_options *o = run->o;

	if (!isatty(fileno(filter->out)))
		setvbuf(filter->out, room, _IOFBF, sizeof(room));
	filter->task = o->invert  ? ORDER_DROP :
		       o->sort	  ? ORDER_SORT :
		       o->missing ? ORDER_MISSING :
		       o->check	  ? ORDER_CHECK :
				    ORDER_KEEP;
	filter->nul = o->nul;
	filter->normalize = o->normalize;
	for (size_t i = 0; i < run->set.n; i++)
		nameset_add(&filter->set, &run->set.items[i]);
}

/*
 * Filter src into a temporary file, then put that in the place of src.
 * Returns 0, or -1 (reported).
 */
static int replace(const struct filter_run *run, int dir, int src, const char *name,
		   const char *label)
{
	struct order_filter filter = { .to = label };
	struct tempfile temp;
	int result = -1, fd;

	if (tempfile_open(&temp, dir, 0600) < 0) {
		error(STATUS_IO, "cannot write %s: %m", label);
		return -1;
	}
	tempfile_watch(&temp);
	fd = fcntl(temp.fd, F_DUPFD_CLOEXEC, 0);
	filter.out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!filter.out) {
		error(STATUS_IO, "cannot write %s: %m", label);
		close_fd(&fd);
		tempfile_close(&temp);
		return -1;
	}
	begin(run, &filter);
	if (order_filter_read(&filter, src, label) == 0)
		result = order_filter_finish(&filter);
	order_filter_free(&filter);
	fclose(filter.out);
	if (result == 0)
		return copy_replace_tempfile(&temp, src, name, label);
	tempfile_close(&temp);
	return -1;
}

/* Open an ORDER, if it can be replaced.  Returns a descriptor, or -1 (reported). */
static int open_regular(int dir, const char *name, const char *label)
{
	int fd = openat(dir, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && errno == ELOOP)
		error(STATUS_IO, "%s is a symbolic link; give the path of its target",
		      label);
	else if (fd < 0 || fstat(fd, &st) < 0)
		error(STATUS_IO, "cannot read %s: %m", label);
	else if (S_ISREG(st.st_mode))
		return fd;
	else
		error(STATUS_IO, "cannot replace %s: not a regular file", label);
	close_fd(&fd);
	return -1;
}

/* Filter one ORDER in place.  Returns 0, or -1 (reported). */
static int edit(const struct filter_run *run, const char *path)
{
	const char *name = path_base(path);
	CLEANUP_FREE char *dir_path = xasprintf("%.*s.", (int)(name - path), path);
	CLEANUP_FD int dir = open(dir_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int src = -1;

	if (dir < 0) {
		error(STATUS_IO, "cannot read %s: %m", path);
		return -1;
	}
	src = open_regular(dir, name, path);
	return src < 0 ? -1 : replace(run, dir, src, name, path);
}

/* Open SOURCE's modules.order.  Returns a descriptor, or -1 with errno set. */
static int open_own(const struct filter_run *run)
{
	CLEANUP_FREE char *path = xasprintf("%s/modules.order", run->tree.dir);
	int fd = rootfs_openat(rootfs_base(&run->source.root), path,
			       O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) < 0)
		close_fd(&fd);
	if (fd >= 0 && !S_ISREG(st.st_mode)) {
		close_fd(&fd);
		errno = EINVAL;
	}
	return fd;
}

/* Read one ORDER; NULL means SOURCE's modules.order.  Returns 0, or -1 (reported). */
static int read_order(const struct filter_run *run, struct order_filter *filter,
		      const char *path)
{
	CLEANUP_FD int fd = -1;

	if (path && is_stdin(path))
		return order_filter_read(filter, STDIN_FILENO, "standard input");
	fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : open_own(run);
	if (!path)
		path = run->own;
	if (fd >= 0)
		return order_filter_read(filter, fd, path);
	error(STATUS_IO, "cannot read %s: %m", path);
	return -1;
}

/* Filter every ORDER in turn to standard output. */
static int print(const struct filter_run *run)
{
	static const char *const standard_input[] = { "-", NULL };
	const char *const *orders = run->orders;
	struct order_filter filter = { .to = "standard output", .out = stdout };
	int result = 0;

	begin(run, &filter);
	if (!*orders && !run->o->source)
		orders = standard_input;
	if (!*orders)
		result = read_order(run, &filter, NULL);
	for (; result == 0 && *orders; orders++) {
		result = read_order(run, &filter, *orders);
		if (orders > run->orders)
			filter.label = "any ORDER";
	}
	if (result == 0)
		result = order_filter_finish(&filter);
	order_filter_free(&filter);
	return result;
}

static int filter_orders(const struct filter_run *run)
{
	const char *const *order;

	if (!run->o->in_place)
		return print(run);
	interrupt_catch();
	for (order = run->orders; *order; order++)
		if (edit(run, *order) < 0)
			return -1;
	return 0;
}

/* Returns 0, or -1 (reported). */
static int open_source(struct filter_run *run)
{
	const char *path = run->o->source;

	if (kernel_options_source(&run->o->kernel, NULL, path, &run->source) < 0)
		return -1;
	if (kernel_options_open(&run->o->kernel, 0, &run->source.root, &run->tree) < 0)
		return -1;
	run->own = xasprintf("%s/%s/modules.order", run->source.root.path, run->tree.dir);
	return 0;
}

static int modorder_filter_main(const struct applet *self, int argc, char **argv)
{
	struct filter_options o = { 0 };
	struct filter_run run = { .o = &o, .source.root.fd = -1 };
	int first = options_parse(self, argc, argv, &o);

	if (first >= 0) {
		run.orders = (const char *const *)argv + first;
		if (check_options(self, &o, run.orders, (size_t)(argc - first)) == 0) {
			interrupt_ignore_pipe();
			if ((!o.source || open_source(&run) == 0) && make_set(&run) == 0)
				filter_orders(&run);
		}
	}
	modtree_close(&run.tree);
	source_close(&run.source);
	request_list_free(&run.set);
	kernel_options_free(&o.kernel);
	free(run.own);
	return message_status();
}

const struct applet applet_modorder_filter = {
	.name = "modorder-filter",
	.args = "[ORDER]...",
	.summary = "Filter modules.order by a set of modules.",
	.options = options,
	.main = modorder_filter_main,
};
