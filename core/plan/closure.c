// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From requests to a plan.
 *
 * Modules are processed in waves: all modules that the last wave led to are loaded in
 * parallel, then their edges are followed (follow.c). If the indexes prove stale on the
 * way, the closure begins again, once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/readat.h"
#include "module/elfcheck.h"
#include "module/names.h"
#include "plan/closure.h"
#include "plan/directedges.h"
#include "plan/follow.h"
#include "plan/planbuild.h"
#include "plan/selection.h"
#include "tree/modload.h"
#include "tree/refresh.h"

static int load_flags(const struct closure *c)
{
	bool weakdeps = !(c->flags & CLOSURE_NO_WEAKDEP) && !c->tree->index.has_weakdep;
	bool info = !c->tree->indexed || weakdeps || is_laid(c) ||
		    (c->flags & (CLOSURE_DIRECT | CLOSURE_VERIFY));

	return (c->flags & CLOSURE_CHECK ? LOAD_CHECK : 0) |
	       (c->flags & CLOSURE_FACTS ? LOAD_FACTS : 0) |
	       (c->flags & CLOSURE_VERIFY ? LOAD_VERIFY : 0) | (info ? LOAD_INFO : 0);
}

/* Compare the indexes with a module that was loaded. Returns 0, or -1, reported. */
static int check_current(struct closure *c, const struct module *module)
{
	struct modtree *tree = c->tree;
	bool gone = module->err && strcmp(module->err, MODULE_GONE) == 0;
	const char *path = module->path; /* another file may take its place */

	if (!tree->indexed || (is_laid(c) && module->root) ||
	    (!gone && !modtree_is_later(tree, module)))
		return 0;
	if (gone || !ENABLED(FEATURE_STALE_INDEXES) ? modtree_refresh(tree) :
						      modtree_refresh_later(tree, module))
		return -1;
	if (ENABLED(FEATURE_STALE_INDEXES) && !tree->later &&
	    (gone || modtree_is_later(tree, module)))
		tree->later = arena_printf(&tree->arena, "%s is %s", path,
					   gone ? "gone" : "newer than modules.dep.bin");
	return 0;
}

/*
 * Mark the compressed modules whose rows have no dependencies, unless a row of another
 * with the same suffix has: depmod could perhaps not decompress them. (Debian's kmod 34
 * reads no .ko.gz.)
 */
static void mark_unread(struct modtree *tree, struct module **modules, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct module *module = modules[i];
		const char *suffix = strrchr(module->path, '.');

		if (module->row && !module->row[strspn(module->row, " ")] &&
		    !is_uncompressed(module->path))
			module->unread = !modtree_knows_suffix(tree, suffix);
	}
}

/* Load the nodes from first on. Returns 0, or -1, reported. */
static int load_wave(struct closure *c, size_t first)
{
	CLEANUP_FREE struct module **wave =
		xcalloc(c->n - first, sizeof(struct module *));
	size_t n = 0;

	for (size_t i = first; i < c->n; i++)
		if (c->nodes[i].module->path)
			wave[n++] = c->nodes[i].module;
	if (ENABLED(FEATURE_STALE_INDEXES))
		mark_unread(c->tree, wave, n);
	modload(c->tree, wave, n, load_flags(c), "reading modules:");
	for (size_t i = 0; i < n; i++)
		if (check_current(c, wave[i]) < 0)
			return -1;
	return 0;
}

/*
 * Load all nodes, follow their edges, and do the same with the new nodes. Returns 0, or
 * -1, reported.
 */
static int follow_all(struct closure *c)
{
	size_t wave = 0, done = 0;
	int more;

	do {
		while (wave < c->n) {
			size_t end = c->n;

			if (load_wave(c, wave) < 0)
				return -1;
			for (; done < end; done++)
				if (follow_edges(c, done) < 0)
					return -1;
			wave = end;
		}
		more = c->flags & CLOSURE_DIRECT ? follow_rows(c) : 0;
	} while (more > 0);
	if (c->flags & CLOSURE_DIRECT)
		add_row_edges(c->nodes, c->n, c->tree);
	return more;
}

/* Whether the proof will say what is wrong: the file can be read, but the kernel refuses
 * it. */
static bool is_proofs(const struct closure *c, const struct module *module)
{
	return c->flags & CLOSURE_FACTS && module->facts &&
	       !is_read_failure(module->err) &&
	       strcmp(module->err, ELF_CUT_SIGNATURE) != 0;
}

/* Return what is wrong with a module's file or its name, or NULL. */
static const char *find_fault(const struct closure *c, const struct module *module)
{
	if (module->err && is_proofs(c, module))
		return NULL;
	if (!module->err && module->path && c->flags & CLOSURE_NAMES &&
	    !is_index_key(module->name))
		return "its name is not ASCII: depmod's indexes cannot hold it; rename the "
		       "file or exclude it";
	return module->err;
}

/* Warn if a node's module is not in the indexes. */
static void warn_of_unknown(const struct closure *c)
{
	bool warns = ENABLED(FEATURE_STALE_INDEXES) && c->tree->indexed;

	for (size_t i = 0; warns && i < c->n; i++) {
		const struct module *module = c->nodes[i].module;
		CLEANUP_FREE char *reason = NULL;

		if (module->row || !module->path || module->laid)
			continue;
		reason = module->lost ?
				 xasprintf("%s is gone", module->lost) :
				 xasprintf("%s is not in modules.dep", module->path);
		modtree_warn_outdated(c->tree, reason);
	}
}

/* Report bad files. At the end, as missing ones are: the index may prove stale before. */
static void report_files(struct closure *c)
{
	const struct modtree *tree = c->tree;

	for (size_t i = 0; i < c->n; i++) {
		struct module *module = c->nodes[i].module;
		const char *fault = find_fault(c, module);

		if (fault) {
			modtree_blame(tree, module, fault);
			c->failed = true;
		}
		if (module->rival)
			warning("%s/%s: %s and %s have the same name; using the first (see "
				"depmod.d(5))",
				tree->root->path, tree->dir, module->path, module->rival);
		if (ENABLED(FEATURE_HINTS) && c->nodes[i].edge == EDGE_DEPENDS &&
		    strchr(module->path, ' ')) {
			CLEANUP_FREE char *path = modtree_show(tree, module->path);

			warning("%s: modprobe cannot load %s: a space in the path of a "
				"dependency ends it; rename the file",
				path, c->nodes[i].by);
		}
	}
}

/* Returns 1; 0 if it has to begin again, because the indexes proved stale; -1, reported. */
static int resolve(struct closure *c)
{
	c->refreshed = c->tree->refreshed;
	if (selection_exclude(c->tree, c->wanted) < 0)
		return -1;
	for (size_t i = 0; i < c->wanted->n; i++)
		if (follow_request(c, &c->wanted->items[i]) < 0)
			return -1;
	if (is_overtaken(c))
		return 0;
	if (follow_all(c) < 0)
		return -1;
	if (is_overtaken(c))
		return 0;
	warn_of_unknown(c);
	report_files(c);
	if (!(c->flags & CLOSURE_QUIET) &&
	    missing_report(&c->missing, c->tree, c->flags & CLOSURE_KEEP_GOING) < 0)
		c->failed = true;
	return c->failed ? -1 : 1;
}

static void closure_free(struct closure *c)
{
	struct module *module, *next;

	HASH_ITER(hh, c->tree->modules, module, next) {
		module->node = 0;
		module->excluded = NULL;
	}
	HASH_ITER(hh, c->tree->fileless, module, next)
		module->node = 0;
	for (size_t i = 0; i < c->n; i++)
		free(c->nodes[i].links);
	for (size_t i = 0; i < c->n_names; i++)
		free(c->names[i].modules);
	free(c->nodes);
	free(c->names);
	missing_free(&c->missing);
	arena_free(&c->arena);
}

/* Resolve into plan, once. Returns as resolve(). */
static int try_resolve(struct plan *plan, struct modtree *tree,
		       const struct request_list *wanted, int flags)
{
	struct closure c = { .tree = tree, .wanted = wanted, .flags = flags };
	int result = resolve(&c);

	if (result > 0) {
		const struct closure_result found = { c.nodes, c.n, c.names, c.n_names };

		if (plan_build(plan, tree, &found) < 0)
			result = -1;
		c.names = NULL;
		c.n_names = 0;
	}
	closure_free(&c);
	return result;
}

int closure_resolve(struct plan *plan, struct modtree *tree,
		    const struct request_list *wanted, int flags)
{
	int result = try_resolve(plan, tree, wanted, flags);

	if (result == 0) /* a tree is refreshed once */
		result = try_resolve(plan, tree, wanted, flags);
	return result > 0 ? 0 : -1;
}
