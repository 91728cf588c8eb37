// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernels themselves: leftover directories, stale indexes, and modules that were
 * built for another kernel or with debug information. Modules are charged to the line
 * that pulls them in, as missing dependencies are (lintdeps.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "lint/lintchecks.h"
#include "tree/modload.h"
#include "tree/modopen.h"
#include "tree/refresh.h"

/* Modules of one line with the same fault. */
struct charge {
	size_t n;
	const char *first;   /* a module's name */
	const char *release; /* the first one's, or NULL */
	uint64_t bytes;
};

static void add_charge(struct charge *charge, const struct module *module,
		       const char *release, uint64_t bytes)
{
	if (!charge->n++) {
		charge->first = module->name;
		charge->release = release;
	}
	charge->bytes += bytes;
}

/* The release in a module's vermagic, if that is not the kernel's version; or NULL. */
static const char *foreign_release(struct arena *arena, const struct module *module,
				   const char *version)
{
	for (size_t i = 0; i < module->info.n; i++) {
		const char *value = module->info.fields[i].value;
		size_t len = strcspn(value, " ");

		if (strcmp(module->info.fields[i].key, "vermagic") == 0)
			return strlen(version) == len &&
					       memcmp(value, version, len) == 0 ?
				       NULL :
				       arena_strndup(arena, value, len);
	}
	return NULL;
}

static void report(struct lint_kernel_result *kernel, size_t i,
		   enum lint_rule_number rule, const struct charge *charge)
{
	struct lint *lint = kernel->lint;
	struct lint_line *line = lint->asked[i].line;
	const char *who = charge->first;

	if (charge->n > 1)
		who = arena_printf(&lint->arena, "%s and %zu more", who, charge->n - 1);
	if (rule == LINT_VERMAGIC)
		lint_add(lint, line, line->at, rule, line->name, kernel->tree,
			 "built for %s (%s), but lies in", charge->release, who);
	else if (charge->n)
		lint_add(lint, line, line->at, rule, line->name, kernel->tree,
			 "%llu KiB of debug sections (%s), in",
			 (unsigned long long)(charge->bytes + 1023) / 1024, who);
}

/* Read .modinfo of the plan's modules. Returns the number of those that can be judged. */
static size_t load(struct lint_kernel_result *kernel, struct module **modules)
{
	struct lint_asked **pulled_by = kernel->pulled_by;
	size_t n = 0;

	for (size_t i = 0; i < kernel->plan.n_modules; i++)
		if (pulled_by[i] &&
		    modtree_find(kernel->tree, kernel->plan.modules[i].name,
				 &modules[n]) == 0 &&
		    modules[n] && modules[n]->path)
			n++;
	modload(kernel->tree, modules, n, LOAD_INFO, "reading modules:");
	return n;
}

void lint_check_modules(struct lint_kernel_result *kernel)
{
	struct lint *lint = kernel->lint;
	CLEANUP_FREE struct module **modules =
		xcalloc(kernel->plan.n_modules, sizeof(struct module *));
	CLEANUP_FREE struct charge *foreign = xcalloc(lint->wanted.n, sizeof(*foreign)),
				   *debug = xcalloc(lint->wanted.n, sizeof(*debug));
	const char *version = kernel->tree->version;
	size_t n;

	if (!lint_wants(lint, LINT_VERMAGIC) && !lint_wants(lint, LINT_DEBUG_INFO))
		return;
	n = load(kernel, modules);
	for (size_t i = 0; i < n; i++) {
		size_t in_plan = plan_find(&kernel->plan, modules[i]->name);
		size_t line = (size_t)(kernel->pulled_by[in_plan] - lint->asked);
		const char *release;

		release = foreign_release(&lint->arena, modules[i], version);
		if (release && strcmp(version, ".") != 0)
			add_charge(&foreign[line], modules[i], release, 0);
		if (modules[i]->info.debug)
			add_charge(&debug[line], modules[i], NULL,
				   modules[i]->info.debug);
	}
	for (size_t i = 0; i < lint->wanted.n; i++) {
		if (foreign[i].n)
			report(kernel, i, LINT_VERMAGIC, &foreign[i]);
		if (debug[i].n)
			report(kernel, i, LINT_DEBUG_INFO, &debug[i]);
	}
}

/*
 * Find a module that the indexes do not cover.  Its status change time alone is no
 * reason: a hard link to it changes that too.  Returns the reason, or NULL.
 */
static const char *find_uncovered(struct lint *lint, const struct modtree *tree)
{
	const struct module *module, *next;

	HASH_ITER(hh, tree->modules, module, next)
		if (!module->laid && (!module->row || module->mtime > tree->index.stamp))
			return arena_printf(&lint->arena, "%s is %s", module->path,
					    module->row ? "newer than modules.dep.bin" :
							  "not in modules.dep");
	return tree->gone ? "modules.dep has modules that are gone" : NULL;
}

int lint_check_indexes(struct lint_kernel_result *kernel)
{
	struct lint *lint = kernel->lint;
	struct modtree *tree = kernel->tree;
	const char *reason;

	if (!ENABLED(FEATURE_STALE_INDEXES) || !tree->indexed ||
	    !lint_wants(lint, LINT_STALE_INDEX))
		return 0;
	if (modtree_refresh(tree) < 0)
		return -1;
	reason = tree->outdated ? tree->outdated : find_uncovered(lint, tree);
	if (reason)
		lint_add(lint, &lint->files[0].lines[0], 0, LINT_STALE_INDEX, NULL, tree,
			 "%s; run depmod for", reason);
	return 0;
}

/* Whether dir/version has an entry. */
static bool has(const struct lint *lint, const char *dir, const char *version,
		const char *name)
{
	CLEANUP_FREE char *path = xasprintf("%s/%s/%s", dir, version, name);
	CLEANUP_FD int fd = rootfs_openat(rootfs_base(&lint->source.root), path, O_PATH);

	return fd >= 0 || !rootfs_is_absent(errno);
}

/* Whether a package's removal, or one package alone, left dir/version. */
static bool is_leftover(const struct lint *lint, const char *dir, const char *version)
{
	return !has(lint, dir, version, "kernel") &&
	       !has(lint, dir, version, "modules.dep") &&
	       !has(lint, dir, version, "modules.dep.bin");
}

/* Returns 0, or -1 (reported). */
static int find_in(struct lint *lint, const char *dir, size_t *n_complete)
{
	struct string_list names;
	int result =
		rootfs_list(&names, &lint->kept, rootfs_base(&lint->source.root), dir);

	if (result < 0)
		result = rootfs_unless_absent(rootfs_base(&lint->source.root), dir);
	for (size_t i = 0; i < names.n; i++) {
		const char *name = names.items[i];
		CLEANUP_FREE char *path = path_join(dir, name);

		/* A release begins with a digit. */
		if (name[0] < '0' || name[0] > '9' ||
		    rootfs_is_directory(&lint->source.root, path) <= 0)
			continue;
		if (!is_leftover(lint, dir, name))
			++*n_complete;
		else if (!string_list_has(&lint->leftovers, name))
			string_list_add(&lint->leftovers, name);
	}
	string_list_free(&names);
	return result;
}

int lint_find_leftovers(struct lint *lint, const char *module_dir)
{
	const char *const *dirs = module_dir ? &module_dir : module_dirs;
	size_t n_complete = 0;

	if (!lint_wants(lint, LINT_LEFTOVER_KERNEL))
		return 0;
	for (size_t i = 0; i < (module_dir ? 1 : N_MODULE_DIRS); i++)
		if (find_in(lint, dirs[i], &n_complete) < 0)
			return -1;
	if (!n_complete) /* an unusual SOURCE */
		lint->leftovers.n = 0;
	return 0;
}

void lint_drop_leftovers(const struct lint *lint, struct string_list *versions)
{
	size_t kept = 0;

	for (size_t i = 0; i < versions->n; i++)
		if (!string_list_has(&lint->leftovers, versions->items[i]))
			versions->items[kept++] = versions->items[i];
	versions->n = kept ? kept : versions->n;
}

void lint_check_leftovers(struct lint *lint)
{
	for (size_t i = 0; i < lint->leftovers.n; i++) {
		const struct modtree kernel = { .version = lint->leftovers.items[i] };

		lint_add(lint, &lint->files[0].lines[0], 0, LINT_LEFTOVER_KERNEL, NULL,
			 &kernel, "a leftover, without modules.dep and kernel/:");
	}
}
