// SPDX-License-Identifier: GPL-2.0-or-later
/* Making a plan from a closure's nodes; it borrows nothing from them. */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "module/names.h"
#include "plan/planbuild.h"

/*
 * Return the name that was looked up for an edge's target, if not the target's own; else
 * NULL.
 */
static const char *alias_of(struct plan *plan, enum edge edge, const char *asked,
			    const char *name)
{
	if (edge == EDGE_DEPENDS || is_name_of(asked, name))
		return NULL;
	return arena_strdup(&plan->arena, asked);
}

static void make_modules(struct plan *plan, const struct closure_result *found,
			 const size_t *order)
{
	plan->modules = xcalloc(found->n_nodes, sizeof(*plan->modules));
	plan->n_modules = found->n_nodes;
	for (size_t i = 0; i < found->n_nodes; i++) {
		const struct node *node = &found->nodes[order[i]];
		const struct module *module = node->module;

		plan->modules[i] = (struct plan_module){
			.name = arena_strdup(&plan->arena, module->name),
			.path = arena_strdup(&plan->arena, module->path),
			.edge = node->edge,
			.by = arena_strdup(&plan->arena, node->by),
			.alias = alias_of(plan, node->edge, node->name, module->name),
			.size = module->size,
			.mtime = module->mtime,
			.memory = module->info.memory,
		};
		plan->bytes += module->size;
	}
}

struct named {
	const char *name;
	size_t index;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static void sort_names(struct plan *plan)
{
	size_t n = plan->n_modules, i;
	CLEANUP_FREE struct named *named = xcalloc(n, sizeof(*named));

	plan->by_name = xcalloc(n, sizeof(*plan->by_name));
	for (i = 0; i < n; i++)
		named[i] = (struct named){ plan->modules[i].name, i };
	if (n)
		qsort(named, n, sizeof(*named), by_name);
	for (i = 0; i < n; i++)
		plan->by_name[i] = named[i].index;
}

static void make_edges(struct plan *plan, const struct closure_result *found,
		       const size_t *order, const size_t *place)
{
	/* For each target and kind of edge: the last module that had one, plus one. */
	CLEANUP_FREE size_t *last = xcalloc(found->n_nodes * EDGE_KINDS, sizeof(*last));
	size_t i, j, n = 0;

	for (i = 0; i < found->n_nodes; i++)
		n += found->nodes[i].n_links;
	plan->edges = xcalloc(n, sizeof(*plan->edges));
	for (i = 0; i < found->n_nodes; i++) {
		const struct node *node = &found->nodes[order[i]];

		for (j = 0; j < node->n_links; j++) {
			const struct link *link = &node->links[j];
			size_t to = place[link->to];

			if (last[to * EDGE_KINDS + link->edge] == i + 1)
				continue;
			last[to * EDGE_KINDS + link->edge] = i + 1;
			plan->edges[plan->n_edges++] = (struct plan_edge){
				.from = i,
				.to = to,
				.edge = link->edge,
				.alias = alias_of(plan, link->edge, link->name,
						  plan->modules[to].name),
			};
		}
	}
}

static bool is_counted(const struct plan *plan, size_t end, const char *builtin)
{
	for (size_t i = 0; i < end; i++)
		if (plan->names[i].answer == ANSWER_BUILTIN &&
		    strcmp(plan->names[i].builtin, builtin) == 0)
			return true;
	return false;
}

static int requests_first(const void *a, const void *b)
{
	const struct plan_name *x = a, *y = b;
	int order = (x->edge != EDGE_REQUEST) - (y->edge != EDGE_REQUEST);

	return order ? order : (x->number > y->number) - (x->number < y->number);
}

static void make_names(struct plan *plan, const struct closure_result *found,
		       const size_t *place)
{
	size_t i, j;

	plan->names = found->names;
	plan->n_names = found->n_names;
	if (plan->n_names)
		qsort(plan->names, plan->n_names, sizeof(*plan->names), requests_first);
	for (i = 0; i < plan->n_names; i++) {
		struct plan_name *name = &plan->names[i];

		name->name = arena_strdup(&plan->arena, name->name);
		name->by = arena_strdup(&plan->arena, name->by);
		for (j = 0; j < name->n_modules; j++)
			name->modules[j] = place[name->modules[j]];
		if (name->blacklisted)
			name->blacklisted = arena_strdup(&plan->arena, name->blacklisted);
		if (name->excluded)
			name->excluded = arena_strdup(&plan->arena, name->excluded);
		plan->n_requests += name->edge == EDGE_REQUEST;
		if (name->answer != ANSWER_BUILTIN)
			continue;
		plan->n_builtin += !is_counted(plan, i, name->builtin);
		name->builtin = arena_strdup(&plan->arena, name->builtin);
	}
}

/* Whether a file of the module directory exists.  A link may lead nowhere: warn. */
static bool is_there(const struct modtree *tree, const char *name)
{
	CLEANUP_FREE char *path = path_join(tree->dir, name);
	CLEANUP_FD int fd = rootfs_openat(tree->root, path, O_PATH);
	CLEANUP_FREE char *lost = NULL;

	if (fd >= 0 || errno != ENOENT)
		return true; /* if it is unreadable, copying it says so */
	lost = rootfs_lost_link(tree->root, path, "SOURCE");
	/* Opening the tree has reported these two. */
	if (lost && strcmp(name, "modules.builtin") != 0 &&
	    strcmp(name, "modules.builtin.modinfo") != 0)
		warning("%s", lost);
	return false;
}

/*
 * List modules.builtin and its relatives, which the kernel's build makes; the .bin ones
 * are depmod's.
 */
static int list_builtin_files(struct plan *plan, const struct modtree *tree)
{
	static const char first[] = "modules.builtin";
	struct string_list names;
	int result = rootfs_list(&names, &plan->arena, tree->root, tree->dir);

	if (result < 0)
		rootfs_cannot_read(tree->root, tree->dir);
	for (size_t i = 0; i < names.n; i++) {
		const char *name = names.items[i];

		if (strncmp(name, first, sizeof(first) - 1) == 0 &&
		    fnmatch("*.bin*", name, 0) != 0 &&
		    !name[strspn(name, ".abcdefghijklmnopqrstuvwxyz")] &&
		    is_there(tree, name))
			string_list_add(&plan->builtin_files, name);
	}
	string_list_free(&names);
	return result;
}

int plan_build(struct plan *plan, const struct modtree *tree,
	       const struct closure_result *found)
{
	CLEANUP_FREE size_t *order = load_order(found->nodes, found->n_nodes);
	CLEANUP_FREE size_t *place = xcalloc(found->n_nodes, sizeof(*place));

	for (size_t i = 0; i < found->n_nodes; i++)
		place[order[i]] = i;
	plan->module_dir = arena_strdup(&plan->arena, tree->module_dir);
	plan->version = arena_strdup(&plan->arena, tree->version);
	if (tree->fallback)
		plan->fallback = arena_strdup(&plan->arena, tree->fallback);
	if (tree->stale)
		plan->remark =
			arena_printf(&plan->arena, "indexes not used: %s", tree->stale);
	make_modules(plan, found, order);
	if (ENABLED(MODCLOSURE) || ENABLED(MODLIST_LINT)) /* they alone search */
		sort_names(plan);
	make_edges(plan, found, order, place);
	make_names(plan, found, place);
	return list_builtin_files(plan, tree);
}
