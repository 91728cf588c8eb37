// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dracut-install: put kernel modules into an initramfs that dracut or initramfs-tools
 * builds.
 *
 * Those programs call it by that name, with the options of dracut's own; they are not
 * those of the other applets.  What does not concern modules, and what we do not know, is
 * handed on to dracut's own.  -H and --modalias are about this host: it is the one applet
 * that reads /sys.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "base/path.h"
#include "cli/applet.h"
#include "cli/options.h"
#include "config.h"
#include "generator/fwfiles.h"
#include "generator/generator.h"
#include "generator/hostset.h"
#include "generator/placing.h"
#include "generator/runfacts.h"
#include "module/names.h"
#include "tree/modload.h"
#include "tree/modopen.h"

struct install_options {
	const char *filters[FILTERS];
	const char *dest, *sysroot, *log_dir, *kernel_dir, *firmware_dirs;
	int module, modalias, host_only, optional, silent, dry_run, hmac, verbose, debug;
	int compat;
};

#define FIELD(name) offsetof(struct install_options, name)

static const struct option_row rows[] = {
	{ "module", NULL, 'm', OPTION_FLAG, FIELD(module),
	  "install modules: names, aliases, paths or =DIRECTORY" },
	{ "destrootdir", "DIR", 'D', OPTION_STRING, FIELD(dest), "install to this root" },
	{ "sysrootdir", "ROOT", 'r', OPTION_STRING, FIELD(sysroot),
	  "install from this root" },
	{ "kerneldir", "DIR", 0, OPTION_STRING, FIELD(kernel_dir),
	  "the kernel's module directory" },
	{ "firmwaredirs", "DIR:...", 0, OPTION_STRING, FIELD(firmware_dirs),
	  "copy firmware from these" },
	{ "logdir", "DIR", 'L', OPTION_STRING, FIELD(log_dir),
	  "add the files' names to DIR/PID.log" },
	{ "optional", NULL, 'o', OPTION_FLAG, FIELD(optional),
	  "succeed even if modules do not exist" },
	{ "silent", NULL, 0, OPTION_FLAG, FIELD(silent),
	  "do not report missing modules" },
	{ "hostonly", NULL, 'H', OPTION_FLAG, FIELD(host_only),
	  "only modules that this host uses" },
	{ "modalias", NULL, 0, OPTION_FLAG, FIELD(modalias),
	  "list the modules that this host uses" },
	{ "mod-filter-path", "REGEX", 'p', OPTION_STRING, FIELD(filters[FILTER_PATH]),
	  "only modules whose path matches" },
	{ "mod-filter-nopath", "REGEX", 'P', OPTION_STRING, FIELD(filters[FILTER_NOPATH]),
	  "only modules whose path does not match" },
	{ "mod-filter-symbol", "REGEX", 's', OPTION_STRING, FIELD(filters[FILTER_SYMBOL]),
	  "only modules that need a symbol that matches" },
	{ "mod-filter-nosymbol", "REGEX", 'S', OPTION_STRING,
	  FIELD(filters[FILTER_NOSYMBOL]),
	  "only modules that need no symbol that matches" },
	{ "mod-filter-noname", "REGEX", 'N', OPTION_STRING, FIELD(filters[FILTER_NONAME]),
	  "no modules or dependencies whose name matches" },
	{ "fips", NULL, 'f', OPTION_FLAG, FIELD(hmac), "also copy .NAME.hmac files" },
	{ "dry-run", NULL, 'n', OPTION_FLAG, FIELD(dry_run),
	  "only list what would be installed" },
	{ "compat", NULL, 0, OPTION_FLAG, FIELD(compat),
	  "follow one softdep line of each module, as libkmod does" },
	{ "verbose", NULL, 'v', OPTION_FLAG, FIELD(verbose), "show what is done" },
	{ "debug", NULL, 0, OPTION_FLAG, FIELD(debug), "same as --verbose" },
	{ 0 },
};

static const struct option_group options[] = {
	{ rows, 0 },
	{ common_option_rows, 0 },
	{ 0 },
};

/* Run dracut's own program with our arguments instead.  Returns if that fails. */
static int hand_over(char **argv)
{
	static char mark[] = "MODBOX_DRACUT_INSTALL_LOOP=";
	const char *program = getenv("MODBOX_DRACUT_INSTALL");
	CLEANUP_FREE char **env = NULL;
	size_t n = 0;

	if (!program)
		program = "/usr/lib/dracut/dracut-install";
	while (environ[n] && strcmp(environ[n], mark) != 0)
		n++;
	if (!environ[n]) {
		env = xcalloc(n + 2, sizeof(*env));
		memcpy(env, environ, n * sizeof(*env));
		env[n] = mark;
		execve(program, argv, env);
	}
	error(STATUS_IO, "cannot run %s: %s; set MODBOX_DRACUT_INSTALL to dracut's own",
	      program, env ? strerror(errno) : "it is modbox itself");
	return INSTALL_FAILED;
}

/* The module directory, as dracut-install has it: only made absolute. */
static const char *find_kernel_dir(struct generator *g, const char *given)
{
	struct utsname running;
	char dir[PATH_MAX];

	if (given && given[0] == '/')
		return given;
	if (given)
		return arena_join(&g->arena, getcwd(dir, sizeof(dir)) ? dir : "", given);
	uname(&running);
	return arena_join(&g->arena, "/lib/modules", running.release);
}

/* Open the kernel's modules, if they have indexes.  Returns 0, or -1 (reported). */
static int open_tree(struct generator *g, struct modtree *tree, const struct rootfs *root)
{
	const char *dir = path_trim(&g->arena, g->kernel_dir);
	const char *version = path_base(dir);
	const struct modtree_options how = {
		.module_dir = version == dir ? "." :
					       arena_strndup(&g->arena, dir,
							     (size_t)(version - dir)),
	};

	if (access(arena_join(&g->arena, g->kernel_dir, "modules.dep.bin"), F_OK) < 0)
		return 0;
	g->tree = tree;
	return modtree_open(tree, root, version, &how);
}

/* Where in the kernel directory's path that of DEST begins. */
static size_t dest_offset(const struct generator *g)
{
	const char *at = strstr(g->kernel_dir, "/lib/modules/");

	return at ? (size_t)(at - g->kernel_dir) : 0;
}

#define BAD_DEST "Environment DESTROOTDIR or argument -D is "

/* Open DEST, the source and the log.  Returns 0, or -1 (reported). */
static int open_roots(struct placing *p, const struct install_options *o)
{
	const char *dest = o->dest && *o->dest ? o->dest : getenv("DESTROOTDIR");
	struct arena *arena = &p->arena;
	size_t len = strlen(p->sysroot);

	if (o->dry_run)
		dest = "/"; /* not used */
	else if (!dest || !*dest)
		error(STATUS_USAGE, BAD_DEST "%s", "not set!");
	else if (strcmp(dest, "/") == 0)
		error(STATUS_USAGE, BAD_DEST "%s", "set to '/'!");
	if (message_status())
		return -1;
	while (len && p->sysroot[len - 1] == '/')
		p->sysroot = arena_strndup(arena, p->sysroot, --len);
	if (rootfs_open(&p->dest, dest) < 0) {
		error(STATUS_IO, BAD_DEST "set to '%s': %m", dest);
		return -1;
	}
	if (rootfs_open(&p->source, *p->sysroot ? p->sysroot : "/") < 0) {
		error(STATUS_IO, "cannot open %s: %m", p->sysroot);
		return -1;
	}
	if (!o->log_dir)
		return 0;
	p->log_path = arena_printf(arena, "%s/%d.log", o->log_dir, (int)getpid());
	p->log = open(p->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (p->log >= 0)
		return 0;
	error(STATUS_IO, "Could not open %s for logging: %m", p->log_path);
	return -1;
}

/* Put the modules and their firmware into DEST.  Returns 0, or -1 (reported). */
static int place_all(struct generator *g, const struct module_list *list,
		     const char *firmware_dirs, struct placing *p)
{
	struct string_list dirs = { 0 };
	size_t skip = dest_offset(g);
	int result = 0;

	fwfiles_dirs(g, firmware_dirs, &dirs);
	for (size_t i = 0; i < list->n; i++) {
		const char *path = generator_path(g, list->items[i]);

		if (placing_add(p, path,
				path + (is_external(list->items[i]->path) ? 0 : skip)))
			result = -1;
		fwfiles_place(g, &dirs, list->items[i], p);
	}
	string_list_free(&dirs);
	return placing_finish(p) < 0 ? -1 : result;
}

/* Returns the exit status. */
static int install(struct generator *g, const struct install_options *o, char **args)
{
	struct placing p = {
		.sysroot = o->sysroot ? o->sysroot : "",
		.source.fd = -1,
		.dest.fd = -1,
		.log = -1,
		.dry_run = o->dry_run,
		.hmac = o->hmac,
		.no_xattr = geteuid() != 0 || getenv("DRACUT_NO_XATTR"),
		.verbose = g->verbose,
	};
	struct module_list list = { 0 };
	struct string_list *host = arena_alloc(&g->arena, sizeof(*host));
	struct runfacts facts = { 0 };
	int status = INSTALL_FAILED;

	*host = (struct string_list){ 0 };
	if (open_roots(&p, o) == 0) {
		if (g->tree)
			runfacts_open(&facts, g->tree);
		/* Records have symbols too. */
		g->load_flags = facts.dir || (g->tree && g->tree->record) ? LOAD_SYMBOLS :
									    LOAD_INFO;
		if (o->host_only && hostset_read(g, host, true) == 0)
			g->host = host;
		status = requests_add(g, &list, args);
		dependents_add_own(g, &list);
		if (place_all(g, &list, o->firmware_dirs, &p) < 0 && !status)
			status = INSTALL_FAILED;
		if (o->optional)
			status = 0;
		if (facts.dir)
			runfacts_close(&facts);
	}
	arena_free(&p.arena); /* unless placing_finish() did */
	close_fd(&p.log);
	rootfs_close(&p.source);
	rootfs_close(&p.dest);
	string_list_free(host);
	free(list.items);
	return status;
}

static int list_host(struct generator *g)
{
	struct string_list names = { 0 };

	hostset_read(g, &names, false);
	for (size_t i = 0; i < names.n; i++)
		puts(names.items[i]);
	string_list_free(&names);
	return output_finish() < 0 ? INSTALL_FAILED : 0;
}

static bool is_loud(const struct install_options *o)
{
	const char *level = getenv("DRACUT_INSTALL_LOG_LEVEL");

	if (!level)
		level = getenv("DRACUT_LOG_LEVEL");
	/* Names or numbers of syslog(3): info, debug. */
	return o->verbose || o->debug || (level && *level && strchr("id67", *level));
}

static int run(struct generator *g, const struct install_options *o, char **args)
{
	struct modtree tree = { 0 };
	struct rootfs root;
	int status = INSTALL_FAILED;

	if (!*args && !o->modalias) {
		if (!o->optional)
			error(STATUS_USAGE, "No SOURCE argument given");
		return o->optional ? 0 : INSTALL_FAILED;
	}
	if (rootfs_open(&root, "/") < 0) {
		error(STATUS_IO, "cannot open /: %m");
		return INSTALL_FAILED;
	}
	g->kernel_dir = find_kernel_dir(g, o->kernel_dir);
	if (open_tree(g, &tree, &root) == 0)
		status = o->modalias ? list_host(g) : install(g, o, args);
	g->tree = NULL;
	modtree_close(&tree);
	rootfs_close(&root);
	return status;
}

static int dracut_install_main(const struct applet *self, int argc, char **argv)
{
	CLEANUP_FREE char **given = xcalloc((size_t)argc + 1, sizeof(*given));
	const char *compat = getenv("MODBOX_COMPAT");
	struct install_options o = { 0 };
	struct generator g = { 0 };
	int first, status = INSTALL_FAILED;

	/* Parsing changes the order. */
	memcpy(given, argv, (size_t)argc * sizeof(*given));
	first = options_parse(self, argc, argv, &o);
	if (first == -1)
		return message_status();
	if (first == OPTIONS_UNKNOWN || (!o.module && !o.modalias))
		return hand_over(given);
	g.optional = o.optional;
	g.silent = o.silent;
	g.verbose = is_loud(&o);
	g.compat = o.compat || (compat && strcmp(compat, "1") == 0);
	umask(022);
	interrupt_catch();
	memcpy(g.filter.sources, o.filters, sizeof(o.filters));
	if (filter_compile(&g.filter) == 0)
		status = run(&g, &o, argv + first);
	filter_free(&g.filter);
	string_list_free(&g.asked);
	arena_free(&g.arena);
	return interrupted() ? INSTALL_FAILED : status;
}

const struct applet applet_dracut_install = {
	.name = "dracut-install",
	.args = "-m NAME...",
	.summary = "Put kernel modules into an initramfs that dracut makes.",
	.unlisted = true,
	.hands_on = true,
	.options = options,
	.main = dracut_install_main,
};
