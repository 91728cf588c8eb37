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
static const char *alias_of(struct plan *plan, const char *asked, const char *name)
{
	if (is_name_of(asked, name))
		return NULL;
	return arena_strdup(&plan->arena, asked);
}

/* Return the path of the overlay that a module is from; NULL for SOURCE's. */
static const char *overlay_of(struct plan *plan, const struct modtree *tree,
			      const struct module *module)
{
	if (!ENABLED(FEATURE_OVERLAY) || !module->root)
		return NULL;
	return arena_strdup(&plan->arena, tree->root->set->roots[module->root].path);
}

static void add_module(struct plan *plan, const struct modtree *tree,
		       const struct node *node)
{
	const struct module *module = node->module;

	plan->modules[plan->n_modules++] = (struct plan_module){
		.name = arena_strdup(&plan->arena, module->name),
		.path = arena_strdup(&plan->arena, module->path),
		.overlay = overlay_of(plan, tree, module),
		.edge = node->edge,
		.by = arena_strdup(&plan->arena, node->by),
		.alias = alias_of(plan, node->name, module->name),
		.size = module->size,
		.mtime = module->mtime,
		.memory = module->info.memory,
		.softdep = node->softdep,
	};
	plan->bytes += module->size;
}

static void add_fileless(struct plan *plan, const struct node *node)
{
	const struct module *module = node->module;

	plan->fileless[plan->n_fileless++] = (struct plan_fileless){
		.name = arena_strdup(&plan->arena, module->name),
		.alias = alias_of(plan, node->name, module->name),
		.before = plan->n_modules,
		.builtin = module->builtin,
		.softdep = node->softdep,
	};
	plan->n_builtin += module->builtin;
}

/* A closure's result, while the plan is made of it. */
struct making {
	const struct closure_result *found;
	size_t *order; /* nodes, in load order */
	size_t *place; /* for each node with a file: its index in the plan */
	size_t *list;  /* the nodes collected */
	size_t n;
	size_t *seen; /* for each node, the last collection that has it */
	size_t collection;
};

static void make_modules(struct plan *plan, const struct modtree *tree,
			 const struct making *m)
{
	size_t n = m->found->n_nodes;

	plan->modules = xcalloc(n, sizeof(*plan->modules));
	plan->fileless = xcalloc(n, sizeof(*plan->fileless));
	for (size_t i = 0; i < n; i++) {
		const struct node *node = &m->found->nodes[m->order[i]];

		m->place[m->order[i]] = plan->n_modules;
		if (node->module->path)
			add_module(plan, tree, node);
		else
			add_fileless(plan, node);
	}
}

static void collect_begin(struct making *m)
{
	m->n = 0;
	m->collection++;
}

static void collect_one(struct making *m, size_t node)
{
	if (m->seen[node] == m->collection)
		return;
	m->seen[node] = m->collection;
	m->list[m->n++] = node;
}

/* Collect what the collected nodes without a file stand for: their softdeps' targets. */
static void collect_targets(struct making *m)
{
	for (size_t next = 0; next < m->n; next++) {
		const struct node *node = &m->found->nodes[m->list[next]];

		for (size_t i = 0; !node->module->path && i < node->n_links; i++)
			collect_one(m, node->links[i].to);
	}
}

static const struct module *collected(const struct making *m, size_t i)
{
	return m->found->nodes[m->list[i]].module;
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

static void add_edge(struct plan *plan, size_t *capacity, struct plan_edge edge,
		     const char *asked)
{
	edge.alias = alias_of(plan, asked, plan->modules[edge.to].name);
	plan->edges = grow(plan->edges, plan->n_edges, capacity, sizeof(*plan->edges));
	plan->edges[plan->n_edges++] = edge;
}

static void make_edges(struct plan *plan, struct making *m)
{
	/* For each target and kind of edge: the last module that had one, plus one. */
	CLEANUP_FREE size_t *last = xcalloc(plan->n_modules * EDGE_KINDS, sizeof(*last));
	size_t capacity = 0, i, j, k;

	for (i = 0; i < m->found->n_nodes; i++) {
		const struct node *node = &m->found->nodes[m->order[i]];
		size_t from = m->place[m->order[i]];

		for (j = 0; node->module->path && j < node->n_links; j++) {
			const struct link *link = &node->links[j];

			collect_begin(m);
			collect_one(m, link->to);
			collect_targets(m);
			for (k = 0; k < m->n; k++) {
				size_t to = m->place[m->list[k]];
				size_t *done = &last[to * EDGE_KINDS + link->edge];

				if (!collected(m, k)->path || *done == from + 1)
					continue;
				*done = from + 1;
				add_edge(plan, &capacity,
					 (struct plan_edge){ from, to, link->edge, NULL },
					 link->name);
			}
		}
	}
}

static int requests_first(const void *a, const void *b)
{
	const struct plan_name *x = a, *y = b;
	int order = (x->edge != EDGE_REQUEST) - (y->edge != EDGE_REQUEST);

	return order ? order : (x->number > y->number) - (x->number < y->number);
}

/*
 * Turn a name's nodes into modules and built-ins. Only a request lists modules, because
 * edges lead to the others'.
 */
static void resolve_name(struct plan *plan, struct making *m, struct plan_name *name)
{
	bool requested = name->edge == EDGE_REQUEST, softdep = false;
	size_t *nodes = name->modules;
	size_t n = name->n_modules, i;

	collect_begin(m);
	for (i = 0; i < n; i++) {
		softdep |= m->found->nodes[nodes[i]].softdep;
		collect_one(m, nodes[i]);
	}
	if (requested)
		collect_targets(m);
	name->modules = m->n ? xcalloc(m->n, sizeof(*name->modules)) : NULL;
	name->builtins = m->n ? xcalloc(m->n, sizeof(*name->builtins)) : NULL;
	name->n_modules = 0;
	for (i = 0; i < m->n; i++) {
		const struct module *module = collected(m, i);

		if (module->path && requested)
			name->modules[name->n_modules++] = m->place[m->list[i]];
		else if (module->builtin)
			name->builtins[name->n_builtins++] =
				arena_strdup(&plan->arena, module->name);
	}
	if (name->answer == ANSWER_COMMAND && softdep && name->n_modules)
		name->answer = ANSWER_MODULES;
	else if (name->n_builtins && !name->n_modules)
		name->answer = ANSWER_BUILTIN;
	free(nodes);
}

static void make_names(struct plan *plan, struct making *m)
{
	plan->names = m->found->names;
	plan->n_names = m->found->n_names;
	if (plan->n_names)
		qsort(plan->names, plan->n_names, sizeof(*plan->names), requests_first);
	for (size_t i = 0; i < plan->n_names; i++) {
		struct plan_name *name = &plan->names[i];

		name->name = arena_strdup(&plan->arena, name->name);
		name->by = arena_strdup(&plan->arena, name->by);
		if (name->blacklisted)
			name->blacklisted = arena_strdup(&plan->arena, name->blacklisted);
		if (name->excluded)
			name->excluded = arena_strdup(&plan->arena, name->excluded);
		plan->n_requests += name->edge == EDGE_REQUEST;
		resolve_name(plan, m, name);
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
	const struct rootfs *root = rootfs_base(tree->root);
	int result = rootfs_list(&names, &plan->arena, root, tree->dir);

	if (result < 0)
		rootfs_cannot_read(root, tree->dir);
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
	CLEANUP_FREE size_t *list = xcalloc(found->n_nodes, sizeof(*list));
	CLEANUP_FREE size_t *seen = xcalloc(found->n_nodes, sizeof(*seen));
	struct making m = {
		.found = found,
		.order = order,
		.place = place,
		.list = list,
		.seen = seen,
	};

	plan->dir = arena_strdup(&plan->arena, tree->dir);
	plan->version = arena_strdup(&plan->arena, tree->version);
	if (tree->fallback)
		plan->fallback = arena_strdup(&plan->arena, tree->fallback);
	if (ENABLED(FEATURE_STALE_INDEXES) && (tree->outdated || tree->later))
		plan->remark =
			arena_printf(&plan->arena, "stale indexes: %s",
				     tree->outdated ? tree->outdated : tree->later);
	make_modules(plan, tree, &m);
	if (ENABLED(MODCLOSURE) || ENABLED(MODLIST_LINT)) /* they alone search */
		sort_names(plan);
	if (ENABLED(MODCLOSURE) || ENABLED(MODLIST_LINT) || ENABLED(FEATURE_CONFIG))
		make_edges(plan, &m);
	make_names(plan, &m);
	return list_builtin_files(plan, tree);
}
