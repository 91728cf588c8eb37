// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Needs of a kernel's modules that the image does not meet, by a closure of all of
 * them: hard dependencies are findings. Softdeps and firmware are optional: images leave
 * out most of it on purpose, and no kernel's root has all firmware. With --kernel, what
 * that root has is a finding.
 */
#include <stdlib.h>
#include <string.h>

#include "initchecks.h"
#include "module/names.h"
#include "plan/firmware.h"
#include "tree/lookup.h"

/* A name that nothing answers to, and a module that asks for it. */
struct lack {
	const char *name, *by;
	enum edge edge;
};

struct lacks {
	struct lack *items;
	size_t n;
};

static int by_name(const void *a, const void *b)
{
	const struct lack *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->by, y->by);
}

static bool is_damaged(const struct init_kernel *kernel, const char *name)
{
	for (size_t i = 0; i < kernel->n_damaged; i++)
		if (strcmp(kernel->damaged[i]->name, name) == 0)
			return true;
	return false;
}

static bool is_kind(enum edge edge, enum edge kind)
{
	return edge == kind || (edge == EDGE_POST && kind == EDGE_PRE);
}

/* The names of one kind of edge that lead nowhere, sorted. The caller frees items. */
static struct lacks find_lacks(const struct init_kernel *kernel, enum edge kind)
{
	const struct plan *plan = &kernel->plan;
	struct lacks lacks = { .items = xcalloc(plan->n_names + 1, sizeof(struct lack)) };

	for (size_t i = plan->n_requests; i < plan->n_names; i++) {
		const struct plan_name *name = &plan->names[i];

		if (name->answer == ANSWER_NONE && is_kind(name->edge, kind) &&
		    !is_damaged(kernel, name->name))
			lacks.items[lacks.n++] =
				(struct lack){ name->name, name->by, name->edge };
	}
	if (lacks.n)
		qsort(lacks.items, lacks.n, sizeof(*lacks.items), by_name);
	return lacks;
}

static const char *path_of(struct initcheck *check, const struct init_kernel *kernel,
			   const char *name)
{
	const struct module *module = modtree_met(kernel->tree.modules, name);

	return init_module_path(check, kernel, module ? module->path : name);
}

/*
 * Find what the kernel's root has of a name: *path is a module's, or NULL, or "" for a
 * built-in. Returns 0, or -1 and reports it.
 */
static int find_in_source(struct init_kernel *kernel, const char *name, const char **path)
{
	struct arena arena = { 0 };
	const char *normal = normalize_request(&arena, name);
	struct lookup found = { 0 };
	int result = 0;

	*path = NULL;
	if (kernel->in_source && normal)
		result = modtree_lookup(&kernel->source, normal, &found);
	if (result == 0 && found.answer == ANSWER_BUILTIN)
		*path = "";
	for (size_t i = 0; result == 0 && i < found.n && !*path; i++)
		*path = found.modules[i]->path;
	lookup_free(&found);
	arena_free(&arena);
	return result;
}

/* Returns the number of lacks that follow the first with its name. */
static size_t count_same(const struct lacks *lacks, size_t first)
{
	size_t n = 0;

	while (first + n + 1 < lacks->n &&
	       strcmp(lacks->items[first + n + 1].name, lacks->items[first].name) == 0)
		n++;
	return n;
}

static void report_lack(struct initcheck *check, const struct init_kernel *kernel,
			enum init_rule_number rule, const struct lack *lack, size_t more,
			const char *source)
{
	CLEANUP_FREE char *has =
		source ? xasprintf(" (%s has %s)", check->options->kernel, source) :
			 xstrdup("");
	struct init_finding *finding;

	finding = init_find(check, rule, kernel, path_of(check, kernel, lack->by),
			    "%s %s, which the image lacks%s%s",
			    lack->edge == EDGE_DEPENDS ? "needs" : "has the softdep",
			    lack->name, has, more ? "; so do" : "");
	for (size_t i = 1; i <= more; i++)
		init_item(check, &finding->items, lack[i].by);
}

/*
 * Whether a lack is a finding, by the path that find_in_source() gave. Weakdeps never
 * are: nothing loads them by themselves.
 */
static bool is_finding(enum edge kind, const char *path)
{
	return kind == EDGE_DEPENDS || (kind == EDGE_PRE && path);
}

/* A finding or a place in a note for each name, unless the kernel has it built in. */
static int check_edges(struct initcheck *check, struct init_kernel *kernel,
		       enum edge kind, enum init_rule_number rule)
{
	struct lacks lacks = find_lacks(kernel, kind);
	struct string_list absent = { 0 };
	size_t more;
	int result = 0;

	for (size_t i = 0; i < lacks.n && result == 0; i += more + 1) {
		const char *path;

		more = count_same(&lacks, i);
		result = find_in_source(kernel, lacks.items[i].name, &path);
		if (result < 0 || (path && !*path))
			continue;
		if (is_finding(kind, path))
			report_lack(check, kernel, rule, &lacks.items[i], more, path);
		else
			init_item(check, &absent, lacks.items[i].name);
	}
	if (absent.n)
		init_note(check, kernel, "%zu %s%s the image lacks:", absent.n,
			  kind == EDGE_PRE ? "softdep" : "weakdep",
			  absent.n > 1 ? "s that" : " that")
			->items = absent;
	free(lacks.items);
	return result;
}

/* -- firmware ----------------------------------------------------------------------- */

/* Look up all firmware that the image lacks in the kernel's root. */
static int find_firmware(struct initcheck *check, struct init_kernel *kernel,
			 const struct firmware_list *list, struct firmware_list *found)
{
	struct modtree where = { .root = &check->source.root,
				 .version = kernel->version,
				 .dir = kernel->dir };
	const struct plan nothing = { 0 };
	struct firmware_options options = { 0 };
	int result = 0;

	*found = (struct firmware_list){ 0 };
	for (size_t i = 0; i < list->n; i++)
		if (!list->items[i].path)
			string_list_add(&options.files, list->items[i].name);
	if (check->has_source && options.files.n)
		result = firmware_read(found, &where, &nothing, &options);
	string_list_free(&options.files);
	return result;
}

static int compare_name(const void *key, const void *item)
{
	return strcmp(key, ((const struct firmware *)item)->name);
}

static bool has_firmware(const struct firmware_list *found, const char *name)
{
	const struct firmware *item = found->n ? bsearch(name, found->items, found->n,
							 sizeof(*found->items),
							 compare_name) :
						 NULL;

	return item && item->path;
}

static int by_module(const void *a, const void *b)
{
	const struct firmware *x = *(const struct firmware *const *)a,
			      *y = *(const struct firmware *const *)b;
	int order = strcmp(x->module, y->module);

	return order ? order : strcmp(x->name, y->name);
}

/* A finding for each module, and a note of the rest. */
static void report_firmware(struct initcheck *check, struct init_kernel *kernel,
			    const struct firmware_list *list,
			    const struct firmware_list *found)
{
	CLEANUP_FREE const struct firmware **lacks = xcalloc(list->n + 1, sizeof(*lacks));
	struct init_finding *finding = NULL;
	struct string_list absent = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		if (!list->items[i].path && list->items[i].module)
			lacks[n++] = &list->items[i];
	if (n)
		qsort(lacks, n, sizeof(*lacks), by_module);
	for (size_t i = 0; i < n; i++) {
		if (!has_firmware(found, lacks[i]->name)) {
			init_item(check, &absent, lacks[i]->name);
			continue;
		}
		if (!finding || strcmp(lacks[i]->module, finding->subject) != 0) {
			finding = init_find(check, INIT_MISSING_FIRMWARE, kernel,
					    path_of(check, kernel, lacks[i]->module),
					    "%s has firmware of it that the image lacks:",
					    check->options->kernel);
			finding->subject = arena_strdup(&check->arena, lacks[i]->module);
		}
		init_item(check, &finding->items, lacks[i]->name);
	}
	if (absent.n)
		init_note(check, kernel,
			  "%zu firmware file%s of modules that the image lacks:",
			  absent.n, absent.n > 1 ? "s" : "")
			->items = absent;
}

static int check_firmware(struct initcheck *check, struct init_kernel *kernel)
{
	const struct firmware_options options = { .wanted = 1 };
	struct firmware_list list, found = { 0 };
	int result = firmware_read(&list, &kernel->tree, &kernel->plan, &options);

	if (result == 0)
		result = find_firmware(check, kernel, &list, &found);
	if (result == 0)
		report_firmware(check, kernel, &list, &found);
	firmware_free(&found);
	firmware_free(&list);
	return result;
}

int init_check_deps(struct initcheck *check, struct init_kernel *kernel)
{
	if (check_edges(check, kernel, EDGE_DEPENDS, INIT_MISSING_DEPENDENCY) < 0 ||
	    check_edges(check, kernel, EDGE_PRE, INIT_MISSING_SOFTDEP) < 0 ||
	    check_edges(check, kernel, EDGE_WEAKDEP, INIT_MISSING_SOFTDEP) < 0)
		return -1;
	return kernel->plan.n_modules ? check_firmware(check, kernel) : 0;
}
