// SPDX-License-Identifier: GPL-2.0-or-later
/* The plan: what is to be copied for one kernel, and why. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "plan.h"

const char *edge_name(enum edge edge)
{
	static const char *const names[] = {
		[EDGE_REQUEST] = "requested by", [EDGE_DEPENDS] = "dependency of",
		[EDGE_PRE] = "softdep pre of",	 [EDGE_POST] = "softdep post of",
		[EDGE_WEAKDEP] = "weakdep of",
	};

	return names[edge];
}

void plan_note(struct plan *plan, const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	plan->notes =
		grow(plan->notes, plan->n_notes, &plan->notes_capacity, sizeof(*plan->notes));
	plan->notes[plan->n_notes++] = arena_strdup(&plan->arena, text ? text : "");
	free(text);
}

/* A '#' line; names come from files, and a newline in one must not forge a line. */
static void put_comment(const char *text)
{
	fputs("# ", stdout);
	for (; *text; text++)
		putchar((unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text);
	putchar('\n');
}

static void show_module(const struct plan *plan, const struct plan_module *module)
{
	CLEANUP_FREE char *why =
		xasprintf("%s: %s %s%s%s", module->name, edge_name(module->edge), module->by,
			  module->alias ? ", as " : "", module->alias ? module->alias : "");

	put_comment(why);
	printf("%s/%s/%s\n", plan->module_dir, plan->version, module->path);
}

void plan_show(const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->n_notes; i++)
		put_comment(plan->notes[i]);
	for (i = 0; i < plan->n_modules; i++)
		show_module(plan, &plan->modules[i]);
	printf("%s/%s/modules.builtin\n", plan->module_dir, plan->version);
	printf("%s/%s/modules.builtin.modinfo\n", plan->module_dir, plan->version);
	printf("# %s: %zu module%s, %" PRIu64 " bytes; %zu built in\n", plan->version,
	       plan->n_modules, plan->n_modules == 1 ? "" : "s", plan->bytes, plan->n_builtin);
}

void plan_free(struct plan *plan)
{
	free(plan->modules);
	free(plan->notes);
	arena_free(&plan->arena);
	*plan = (struct plan){ 0 };
}
