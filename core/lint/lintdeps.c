// SPDX-License-Identifier: GPL-2.0-or-later
/* What the lists' modules need and have not got, and what an exclusion takes from them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lint/lintchecks.h"
#include "plan/firmware.h"
#include "plan/selection.h"
#include "tree/lookup.h"

enum { MAX_SHOWN = 3 }; /* names, or files */

static struct lint_asked *find_origin(const struct lint *lint, const char *origin)
{
	size_t i = 0;

	while (strcmp(lint->asked[i].request->origin, origin) != 0)
		i++;
	return &lint->asked[i];
}

/* What the modules of a line have not got, in one part. */
struct lack {
	size_t n;
	const char *text;
};

static void add_lack(struct lint_kernel_result *kernel, struct lack *lacks,
		     const char *module, const char *what)
{
	struct arena *arena = &kernel->lint->arena;
	size_t by = plan_find(&kernel->plan, module);
	struct lack *lack;

	if (by == SIZE_MAX || !kernel->leads[by])
		return;
	lack = &lacks[kernel->leads[by] - kernel->lint->asked];
	if (lack->n++ < MAX_SHOWN)
		lack->text = arena_printf(arena, "%s%s%s", lack->text ? lack->text : "",
					  lack->text ? ", " : "", what);
}

/* Say what the lines' modules have not got.  Frees lacks. */
static void tell_lacks(struct lint_kernel_result *kernel, struct lack *lacks,
		       enum lint_rule_number rule, const char *verb, const char *end)
{
	struct lint *lint = kernel->lint;
	size_t i;

	for (i = 0; i < lint->wanted.n; i++) {
		struct lint_line *line = lint->asked[i].line;
		const char *more = "";

		if (lacks[i].n > MAX_SHOWN)
			more = arena_printf(&lint->arena, " and %zu more",
					    lacks[i].n - MAX_SHOWN);
		if (lacks[i].n)
			lint_add(lint, line, line->at, rule, line->name, kernel->tree,
				 "%s%s%s%s", verb, lacks[i].text, more, end);
	}
	free(lacks);
}

/* What modules ask for of one kind, which is not there. */
static void check_missing(struct lint_kernel_result *kernel, bool hard)
{
	struct lack *lacks = xcalloc(kernel->lint->wanted.n, sizeof(*lacks));
	size_t i;

	for (i = kernel->plan.n_requests; i < kernel->plan.n_names; i++) {
		const struct plan_name *name = &kernel->plan.names[i];
		CLEANUP_FREE char *what = NULL;

		if (name->answer != ANSWER_NONE || name->excluded ||
		    (name->edge == EDGE_DEPENDS) != hard)
			continue;
		what = xasprintf("%s (%s %s)", name->name, edge_phrase(name->edge),
				 name->by);
		add_lack(kernel, lacks, name->by, what);
	}
	tell_lacks(kernel, lacks, hard ? LINT_MISSING_DEPENDENCY : LINT_MISSING_SOFTDEP,
		   "", ", absent from");
}

/*
 * Say that an exclusion leaves out what modules depend on, once for all of them: of a
 * bus, there can be hundreds.  i is the first of the names that says so.
 */
static void add_needed(struct lint_kernel_result *kernel, size_t i)
{
	const struct plan *plan = &kernel->plan;
	const struct plan_name *name = &plan->names[i];
	struct lint_asked *exclusion = find_origin(kernel->lint, name->excluded);
	size_t by = plan_find(&kernel->plan, name->by), others = 0, j;
	CLEANUP_FREE char *place = NULL, *more = NULL;

	for (j = plan->n_requests; j < plan->n_names; j++) {
		const struct plan_name *other = &plan->names[j];

		if (!other->excluded || strcmp(other->name, name->name) != 0)
			continue;
		if (j < i)
			return;
		others += j > i;
	}
	if (by == SIZE_MAX || !kernel->leads[by])
		return;
	place = lint_place(kernel->leads[by]->line);
	more = others ? xasprintf(" and %zu more", others) : xstrdup("");
	lint_add(kernel->lint, exclusion->line, exclusion->line->at,
		 LINT_NEEDED_EXCLUSION, exclusion->line->name, kernel->tree,
		 "%s (%s)%s need%s %s in", name->by, place, more, others ? "" : "s",
		 name->name);
}

/* Say that an exclusion leaves out all that another line names. */
static void add_excluded(struct lint_kernel_result *kernel, size_t i)
{
	const struct lint_asked *asked = &kernel->lint->asked[i];
	struct lint_asked *exclusion;
	CLEANUP_FREE char *place = lint_place(asked->line);

	exclusion = find_origin(kernel->lint, kernel->names[i]->excluded);
	lint_add(kernel->lint, exclusion->line, exclusion->line->at,
		 LINT_NEEDED_EXCLUSION, exclusion->line->name, kernel->tree,
		 "%s (%s) names what it excludes in", asked->line->name, place);
}

static void add_lacks(struct lint_kernel_result *kernel, const struct firmware_list *list)
{
	struct lack *lacks = xcalloc(kernel->lint->wanted.n, sizeof(*lacks));
	size_t i;

	for (i = 0; i < list->n; i++)
		if (!list->items[i].path)
			add_lack(kernel, lacks, list->items[i].module,
				 list->items[i].name);
	tell_lacks(kernel, lacks, LINT_MISSING_FIRMWARE, "SOURCE lacks ", ", for");
}

/* The firmware of the modules that lines stand for; that of others is not theirs. */
static int check_firmware(struct lint_kernel_result *kernel)
{
	struct lint *lint = kernel->lint;
	CLEANUP_FREE struct plan_module *modules =
		xcalloc(kernel->plan.n_modules, sizeof(*modules));
	CLEANUP_FREE bool *listed = xcalloc(kernel->plan.n_modules, sizeof(*listed));
	const struct firmware_options usual = { 0 };
	struct plan plan = { .modules = modules };
	struct firmware_list list;
	int result;
	size_t i, j;

	for (i = 0; i < lint->wanted.n; i++)
		for (j = 0; kernel->names[i] && j < kernel->names[i]->n_modules; j++)
			listed[kernel->names[i]->modules[j]] = true;
	for (i = 0; i < kernel->plan.n_modules; i++)
		if (listed[i])
			modules[plan.n_modules++] = kernel->plan.modules[i];
	result = firmware_read(&list, kernel->tree, &plan, &usual);
	if (result == 0)
		add_lacks(kernel, &list);
	firmware_free(&list);
	return result;
}

int lint_check_deps(struct lint_kernel_result *kernel)
{
	struct lint *lint = kernel->lint;
	size_t i;

	for (i = 0; i < lint->wanted.n; i++)
		if (kernel->names[i] && kernel->names[i]->excluded &&
		    !selection_is_set(kernel->names[i]->name))
			add_excluded(kernel, i);
	for (i = kernel->plan.n_requests; i < kernel->plan.n_names; i++)
		if (kernel->plan.names[i].excluded)
			add_needed(kernel, i);
	check_missing(kernel, true);
	check_missing(kernel, false);
	if (lint->has_firmware && lint_wants(lint, LINT_MISSING_FIRMWARE))
		return check_firmware(kernel);
	return 0;
}
