// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Missing dependencies, softdeps and firmware, and exclusions of needed modules.
 *
 * The resolver records every missing or excluded name with the module that needs it; the
 * checks charge it to the line that pulls that module in, so each line has one finding
 * per rule.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lint/lintchecks.h"
#include "plan/firmware.h"
#include "plan/selection.h"
#include "tree/lookup.h"

enum { MAX_SHOWN = 3 }; /* names or files in a finding */

static struct lint_asked *find_origin(const struct lint *lint, const char *origin)
{
	size_t i = 0;

	while (strcmp(lint->asked[i].request->origin, origin) != 0)
		i++;
	return &lint->asked[i];
}

/* The names that the modules of one line lack. */
struct lack {
	size_t n;
	const char *text; /* the first MAX_SHOWN, comma-separated */
};

static void add_lack(struct lint_kernel_result *kernel, struct lack *lacks,
		     const char *module, const char *item)
{
	struct arena *arena = &kernel->lint->arena;
	size_t by = plan_find(&kernel->plan, module);
	struct lack *lack;

	if (by == SIZE_MAX || !kernel->pulled_by[by])
		return;
	lack = &lacks[kernel->pulled_by[by] - kernel->lint->asked];
	if (lack->n++ < MAX_SHOWN)
		lack->text = arena_printf(arena, "%s%s%s", lack->text ? lack->text : "",
					  lack->text ? ", " : "", item);
}

/* Report what each line lacks.  Frees lacks. */
static void report_lacks(struct lint_kernel_result *kernel, struct lack *lacks,
			 enum lint_rule_number rule, const char *verb, const char *end)
{
	struct lint *lint = kernel->lint;

	for (size_t i = 0; i < lint->wanted.n; i++) {
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

/* Find missing dependencies, either hard ones or softdeps and weakdeps. */
static void check_missing(struct lint_kernel_result *kernel, bool hard)
{
	struct lack *lacks = xcalloc(kernel->lint->wanted.n, sizeof(*lacks));

	for (size_t i = kernel->plan.n_requests; i < kernel->plan.n_names; i++) {
		const struct plan_name *name = &kernel->plan.names[i];
		CLEANUP_FREE char *item = NULL;

		if (name->answer != ANSWER_NONE || name->excluded ||
		    (name->edge == EDGE_DEPENDS) != hard)
			continue;
		item = xasprintf("%s (%s %s)", name->name, edge_phrase(name->edge),
				 name->by);
		add_lack(kernel, lacks, name->by, item);
	}
	report_lacks(kernel, lacks, hard ? LINT_MISSING_DEPENDENCY : LINT_MISSING_SOFTDEP,
		     "", ", absent from");
}

/*
 * Report an exclusion of a module that others depend on.  i is an index into plan->names.
 * All dependents share one finding, made for the first: a bus can have hundreds.
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
	if (by == SIZE_MAX || !kernel->pulled_by[by])
		return;
	place = lint_place(kernel->pulled_by[by]->line);
	more = others ? xasprintf(" and %zu more", others) : xstrdup("");
	lint_add(kernel->lint, exclusion->line, exclusion->line->at,
		 LINT_NEEDED_EXCLUSION, exclusion->line->name, kernel->tree,
		 "%s (%s)%s need%s %s in", name->by, place, more, others ? "" : "s",
		 name->name);
}

/* Report an exclusion of all modules that another line requests. */
static void add_excluded(struct lint_kernel_result *kernel, size_t i)
{
	const struct lint_asked *asked = &kernel->lint->asked[i];
	struct lint_asked *exclusion;
	CLEANUP_FREE char *place = lint_place(asked->line);

	exclusion = find_origin(kernel->lint, kernel->names[i]->excluded);
	lint_add(kernel->lint, exclusion->line, exclusion->line->at,
		 LINT_NEEDED_EXCLUSION, exclusion->line->name, kernel->tree,
		 "it excludes all modules of %s (%s) in", asked->line->name, place);
}

static void add_lacks(struct lint_kernel_result *kernel, const struct firmware_list *list)
{
	struct lack *lacks = xcalloc(kernel->lint->wanted.n, sizeof(*lacks));

	for (size_t i = 0; i < list->n; i++)
		if (!list->items[i].path)
			add_lack(kernel, lacks, list->items[i].module,
				 list->items[i].name);
	report_lacks(kernel, lacks, LINT_MISSING_FIRMWARE, "SOURCE lacks ", ", for");
}

/* Check the firmware of listed modules, not that of modules they only pull in. */
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

	for (size_t i = 0; i < lint->wanted.n; i++)
		if (kernel->names[i] && kernel->names[i]->excluded &&
		    !selection_is_set(kernel->names[i]->name))
			add_excluded(kernel, i);
	for (size_t i = kernel->plan.n_requests; i < kernel->plan.n_names; i++)
		if (kernel->plan.names[i].excluded)
			add_needed(kernel, i);
	check_missing(kernel, true);
	check_missing(kernel, false);
	if (lint->has_firmware && lint_wants(lint, LINT_MISSING_FIRMWARE))
		return check_firmware(kernel);
	return 0;
}
