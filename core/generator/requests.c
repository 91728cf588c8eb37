// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dracut-install's arguments behind -m: names, aliases, paths, and =DIRECTORY.
 *
 * All are looked up first, because what a symbol filter asks for is read of all modules
 * at once.  Then they are installed one after the other, up to the first that fails.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/path.h"
#include "generator/generator.h"
#include "generator/hostset.h"
#include "module/names.h"
#include "tree/modload.h"
#include "tree/modwalk.h"

/* The modules of one name: an argument, or a file in its directory. */
struct named {
	const char *arg;
	const char *name; /* looked up; NULL: the file does not exist */
	const char *path; /* the argument, or the file, if it is a path */
	struct module_list modules;
	bool known; /* generator_lookup() */
	bool last;  /* of its argument */
};

struct requests {
	struct generator *g;
	struct module_list *list;
	struct named *items;
	size_t n, capacity;
	const char *arg;
	size_t top;	    /* bytes of its directory, below the kernel's */
	const char *pruned; /* skip files of this directory; NULL: none */
};

static struct named *add_named(struct requests *r, const char *name, const char *path)
{
	struct named *named;

	r->items = grow(r->items, r->n, &r->capacity, sizeof(*r->items));
	named = &r->items[r->n++];
	*named = (struct named){ .arg = r->arg, .name = name, .path = path };
	if (name)
		named->modules = generator_lookup(r->g, name, &named->known);
	return named;
}

static void add_argument(struct requests *r, const char *arg)
{
	size_t len = strlen(arg), stem;

	if (arg[0] == '/') {
		bool there = access(arg, F_OK) == 0;

		add_named(r, there ? module_name(&r->g->arena, arg) : NULL, arg);
		return;
	}
	stem = len - module_suffix(arg, len);
	r->arg = arena_strndup(&r->g->arena, arg, stem);
	add_named(r, r->arg, NULL);
}

/* Whether all directories of a path, from the one of len bytes on, pass the filter. */
static bool is_entered(struct requests *r, char *path, size_t len)
{
	size_t pruned = r->pruned ? strlen(r->pruned) : 0;
	char *end = path + len;
	bool passes = true;

	if (pruned && strncmp(path, r->pruned, pruned) == 0 && path[pruned] == '/')
		return false;
	while (passes && (end = strchr(end, '/'))) {
		*end = '\0';
		passes = filter_takes_path(&r->g->filter, path);
		if (!passes)
			r->pruned = arena_strdup(&r->g->arena, path);
		*end++ = '/';
	}
	return passes;
}

static int take_file(struct modtree *tree, const char *path,
		     const struct walk_entry *entry, void *context)
{
	struct requests *r = context;
	struct generator *g = r->g;
	char *full = arena_printf(&g->arena, "%s/%s", g->kernel_dir, path);

	(void)tree, (void)entry;
	if (is_entered(r, full, strlen(g->kernel_dir) + 1 + r->top))
		add_named(r, module_name(&g->arena, path), full);
	return 0;
}

/* Add the modules of a directory. */
static void add_directory(struct requests *r, const char *arg)
{
	static const char *const tops[] = { "extra", "kernel", "updates" };

	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++) {
		const char *sub =
			path_trim(&r->g->arena,
				  arena_printf(&r->g->arena, "%s/%s", tops[i], arg + 1));

		r->pruned = NULL;
		r->top = strlen(sub);
		if (r->g->tree && is_path_below(sub))
			modwalk(r->g->tree, sub, take_file, r);
	}
}

static void look_up(struct requests *r, char **args)
{
	for (; *args; args++) {
		size_t n = r->n;

		r->arg = *args;
		if (**args == '=')
			add_directory(r, *args);
		else
			add_argument(r, *args);
		if (r->n == n) /* an empty directory */
			add_named(r, "", *args)->known = true;
		r->items[r->n - 1].last = true;
	}
}

/* Whether a request for a module is to be followed, if its path and symbols are right. */
static bool is_meant(const struct generator *g, const struct module *module)
{
	return module->path && !filter_drops_name(&g->filter, module->name) &&
	       (!g->host || hostset_has(g->host, module->name));
}

/* Read the symbols of all modules that a filter has to judge. */
static void read_symbols(const struct requests *r)
{
	struct module_list list = { 0 };

	if (!filter_wants_symbols(&r->g->filter))
		return;
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->items[i].modules.n; k++) {
			struct module *module = r->items[i].modules.items[k];

			if (!is_meant(r->g, module) ||
			    !filter_takes_path(&r->g->filter,
					       generator_path(r->g, module)) ||
			    !generator_see(r->g, module))
				continue;
			list.items = grow(list.items, list.n, &list.capacity,
					  sizeof(*list.items));
			list.items[list.n++] = module;
		}
	if (list.n)
		modload(r->g->tree, list.items, list.n, LOAD_SYMBOLS, NULL);
	free(list.items);
}

static bool is_taken(struct generator *g, const struct module *module)
{
	if (!filter_takes_path(&g->filter, generator_path(g, module)))
		return false;
	return !filter_wants_symbols(&g->filter) ||
	       filter_takes_symbols(&g->filter, module->symbols);
}

/* Returns 0; 1 if it does not pass the filters, or is gone; or -1, as dependents_add(). */
static int install(struct requests *r, struct module *module)
{
	struct generator *g = r->g;
	int result;

	if (!is_meant(g, module))
		return 0;
	if (!is_taken(g, module))
		return 1;
	result = dependents_add(g, r->list, module);
	if (result > 0 && !g->optional && !g->silent)
		error(STATUS_MISSING, "dracut_install '%s' ERROR", module->name);
	return result;
}

/* Say that there is no module of a name. */
static void report_missing(const struct generator *g, const struct named *named)
{
	bool in_directory = named->arg[0] == '=';
	const char *blank = named->path ? " " : "",
		   *path = named->path ? named->path : "";

	if (in_directory || (!g->optional && !g->silent))
		error(STATUS_MISSING, "Failed to find module '%s'%s%s", named->name,
		      blank, path);
	else if (g->optional && g->verbose)
		notice("Failed to find module '%s'%s%s", named->name, blank, path);
}

/* The outcome of the requests so far. */
struct progress {
	bool any;   /* a module was met, of any argument */
	int result; /* of the argument's modules: 0 if one of them succeeded */
};

/* Returns the exit status if it ends here, else 0. */
static int install_named(struct requests *r, const struct named *named,
			 struct progress *p)
{
	struct generator *g = r->g;

	if (!named->name || !named->known) {
		if (named->name)
			report_missing(g, named);
		return g->optional ? 0 : INSTALL_NOT_FOUND;
	}
	for (size_t i = 0; i < named->modules.n; i++) {
		int result = install(r, named->modules.items[i]);

		if (result < 0 && !g->optional) {
			if (!g->silent)
				error(STATUS_MISSING, "ERROR: installing %s'%s'",
				      named->path ? "module " : "",
				      named->path ? named->name : named->arg);
			return INSTALL_NOT_FOUND;
		}
		p->result = p->result ? result : 0;
		p->any = true;
	}
	if (named->known && !named->modules.n && *named->name) {
		p->result = 0; /* libkmod has a module without a file */
		p->any = true;
	}
	if (!named->last || !p->any || !p->result || g->optional)
		return 0;
	if (!g->silent)
		error(STATUS_MISSING, "ERROR: installing '%s'", named->arg);
	return INSTALL_FAILED;
}

int requests_add(struct generator *g, struct module_list *list, char **args)
{
	struct requests r = { .g = g, .list = list };
	struct progress p = { .result = -1 };
	int status = 0;

	look_up(&r, args);
	read_symbols(&r);
	for (size_t i = 0; i < r.n && !status; i++) {
		status = install_named(&r, &r.items[i], &p);
		if (r.items[i].last)
			p.result = -1;
	}
	for (size_t i = 0; i < r.n; i++)
		free(r.items[i].modules.items);
	free(r.items);
	return status;
}
