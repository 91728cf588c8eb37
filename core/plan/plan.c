// SPDX-License-Identifier: GPL-2.0-or-later
/* The plan: what to copy for one kernel, and why. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "plan/plan.h"

size_t plan_find(const struct plan *plan, const char *name)
{
	size_t low = 0, high = plan->n_modules;

	while (low < high) {
		size_t middle = low + (high - low) / 2, at = plan->by_name[middle];
		int order = strcmp(plan->modules[at].name, name);

		if (order == 0)
			return at;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return SIZE_MAX;
}

static void put_comment(const char *text)
{
	fputs("# ", stdout);
	put_clean_line(text);
}

static char *label(const struct plan_name *name)
{
	if (name->edge == EDGE_REQUEST)
		return xasprintf("%s (%s)", name->name, name->by);
	return xasprintf("%s (%s %s)", name->name, edge_phrase(name->edge), name->by);
}

static void show(const struct plan_name *name, const char *answer)
{
	CLEANUP_FREE char *subject = label(name);
	CLEANUP_FREE char *line = xasprintf("%s: %s", subject, answer);

	put_comment(line);
}

static void show_name(const struct plan *plan, const struct plan_name *name)
{
	for (size_t i = 0; i < name->n_builtins; i++) {
		const char *builtin = name->builtins[i];
		bool own = strcmp(builtin, name->name) == 0;
		CLEANUP_FREE char *as = own ? NULL : xasprintf("built in as %s", builtin);

		show(name, as ? as : "built in");
	}
	for (size_t i = 0; i < name->n_modules; i++)
		show(name, plan->modules[name->modules[i]].path);
	if (name->answer == ANSWER_COMMAND && !name->n_modules)
		show(name, "an install command in modprobe.d");
	else if (name->answer == ANSWER_NONE)
		show(name, "not in this kernel");
}

char *plan_why(struct arena *arena, const struct plan_module *module)
{
	return arena_printf(arena, "%s: %s %s%s%s", module->name,
			    edge_phrase(module->edge), module->by,
			    module->alias ? ", as " : "",
			    module->alias ? module->alias : "");
}

bool plan_requests_builtin(const struct plan *plan, const char *builtin, size_t len)
{
	size_t i, j;

	for (i = 0; i < plan->n_requests; i++)
		for (j = 0; j < plan->names[i].n_builtins; j++)
			if (strncmp(plan->names[i].builtins[j], builtin, len) == 0 &&
			    plan->names[i].builtins[j][len] == '\0')
				return true;
	return false;
}

void plan_show_answers(const struct plan *plan)
{
	if (plan->fallback)
		put_comment(plan->fallback);
	if (plan->remark)
		put_comment(plan->remark);
	for (size_t i = 0; i < plan->n_names; i++)
		show_name(plan, &plan->names[i]);
}

void plan_show_sum(const struct plan *plan, uint64_t bytes)
{
	printf("# %s: %zu module%s, %" PRIu64 " bytes; %zu built in\n", plan->version,
	       plan->n_modules, plan->n_modules == 1 ? "" : "s", bytes, plan->n_builtin);
}

void plan_drop_names(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_names; i++) {
		free(plan->names[i].modules);
		free(plan->names[i].builtins);
	}
	free(plan->names);
	plan->names = NULL;
	plan->n_names = plan->n_requests = 0;
}

void plan_free(struct plan *plan)
{
	plan_drop_names(plan);
	free(plan->modules);
	free(plan->fileless);
	free(plan->by_name);
	string_list_free(&plan->builtin_files);
	free(plan->edges);
	arena_free(&plan->arena);
	*plan = (struct plan){ 0 };
}
