// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Find the line that pulls in each module, and the redundant lines.
 *
 * A line is redundant if other lines pull in all its modules.  Two lines can pull in each
 * other, and then only one of them may go.  So the lines that no other line covers are
 * kept first, with all that they pull in; of the remaining lines, as many as needed are
 * kept, by rank, then by line.  Patterns and directories are never redundant: they are
 * meant to match whatever a kernel has.
 */
#include <stdlib.h>
#include <string.h>

#include "lint/lintchecks.h"
#include "module/names.h"
#include "plan/bfs.h"
#include "plan/selection.h"

enum { MAX_SHOWN = 3 }; /* lines in a finding */

struct walk {
	const struct lint_kernel_result *kernel;
	struct adjacency forward;
	struct lint_asked **from; /* for each module: the first line that reached it, */
	struct lint_asked **also; /* and a second one */
	size_t *queue, n;
	bool pairs; /* record two lines per module, not one */
};

/* Note that a line reaches a module; queue the module if that is news. */
static void note(struct walk *w, size_t module, struct lint_asked *asked)
{
	if (!w->from[module])
		w->from[module] = asked;
	else if (w->pairs && w->from[module] != asked && !w->also[module])
		w->also[module] = asked;
	else
		return;
	w->queue[w->n++] = module;
}

/* Follow all edges from the queued modules. */
static void follow(struct walk *w)
{
	const struct plan *plan = &w->kernel->plan;
	size_t head, i;

	for (head = 0; head < w->n; head++) {
		size_t module = w->queue[head];

		for (i = w->forward.first[module]; i < w->forward.first[module + 1];
		     i++) {
			size_t to = plan->edges[w->forward.list[i]].to;

			note(w, to, w->from[module]);
			if (w->also[module])
				note(w, to, w->also[module]);
		}
	}
	w->n = 0;
}

static void begin(struct walk *w, bool pairs)
{
	size_t n = w->kernel->plan.n_modules;

	memset(w->from, 0, n * sizeof(struct lint_asked *));
	memset(w->also, 0, n * sizeof(struct lint_asked *));
	w->pairs = pairs;
}

/* Return the plan's entry for line i, or NULL if the line cannot be redundant. */
static const struct plan_name *candidate(const struct walk *w, size_t i)
{
	const struct plan_name *name = w->kernel->names[i];

	if (!name || !name->n_modules || w->kernel->lint->asked[i].line->duplicate)
		return NULL;
	return name;
}

static void note_all(struct walk *w, size_t i)
{
	const struct plan_name *name = w->kernel->names[i];

	for (size_t j = 0; j < name->n_modules; j++)
		note(w, name->modules[j], &w->kernel->lint->asked[i]);
}

/* Note the modules that line i reaches and no earlier line has reached. */
static void walk_line(struct walk *w, size_t i)
{
	note_all(w, i);
	follow(w);
}

/* Of two lines for the same module, keep the lower rank: crypto alias, name, alias. */
static unsigned rank(const struct walk *w, size_t i)
{
	const struct plan_name *name = w->kernel->names[i];
	const char *module = w->kernel->plan.modules[name->modules[0]].name;

	if (strncmp(name->name, "crypto", 6) == 0 && strchr("-_", name->name[6]))
		return 0;
	return is_name_of(name->name, module) ? 1 : 2;
}

enum { RANKS = 3 };

/* True if lines other than asked reach all modules of a name. */
static bool is_covered(const struct walk *w, const struct plan_name *name,
		       const struct lint_asked *asked)
{
	for (size_t j = 0; j < name->n_modules; j++) {
		size_t module = name->modules[j];

		if ((!w->from[module] || w->from[module] == asked) && !w->also[module])
			return false;
	}
	return true;
}

/* Return the lines that make a name redundant, as a list for messages. */
static const char *list_pullers(const struct walk *w, const struct plan_name *name)
{
	struct arena *arena = &w->kernel->lint->arena;
	const struct lint_asked *listed[MAX_SHOWN];
	const char *text = "";
	size_t n = 0, i, j;

	for (j = 0; j < name->n_modules && n < MAX_SHOWN; j++) {
		const struct lint_asked *by = w->from[name->modules[j]];
		CLEANUP_FREE char *place = lint_place(by->line);

		for (i = 0; i < n && listed[i] != by; i++)
			;
		if (i < n)
			continue;
		listed[n++] = by;
		text = arena_printf(arena, "%s%s%s (%s)", text, *text ? ", " : "", place,
				    by->line->name);
	}
	return text;
}

/* True if all lines that make a name redundant are in the same list as asked. */
static bool in_own_list(const struct walk *w, const struct plan_name *name,
			const struct lint_asked *asked)
{
	for (size_t j = 0; j < name->n_modules; j++)
		if (w->from[name->modules[j]]->line->file != asked->line->file)
			return false;
	return true;
}

/* Set answers[].redundant.  covered is scratch space, a flag for each line. */
static void find_redundant(struct walk *w, bool *covered)
{
	struct lint *lint = w->kernel->lint;
	const struct plan_name *name;
	unsigned r;

	begin(w, true);
	for (size_t i = 0; i < lint->wanted.n; i++)
		if (candidate(w, i))
			note_all(w, i);
	follow(w);
	for (size_t i = 0; i < lint->wanted.n; i++) {
		name = candidate(w, i);
		covered[i] = name && !selection_is_set(name->name) &&
			     is_covered(w, name, &lint->asked[i]);
	}
	begin(w, false);
	for (size_t i = 0; i < lint->wanted.n; i++)
		if (candidate(w, i) && !covered[i])
			walk_line(w, i);
	for (r = 0; r < RANKS; r++) {
		for (size_t i = 0; i < lint->wanted.n; i++) {
			if (!covered[i] || rank(w, i) != r ||
			    is_covered(w, w->kernel->names[i], NULL))
				continue;
			walk_line(w, i);
			covered[i] = false;
		}
	}
	for (size_t i = 0; i < lint->wanted.n; i++) {
		struct lint_answer *answer = &lint->asked[i].answers[w->kernel->number];

		if (!covered[i])
			continue;
		name = w->kernel->names[i];
		answer->redundant = list_pullers(w, name);
		answer->own_list = in_own_list(w, name, &lint->asked[i]);
	}
}

void lint_find_redundant(struct lint_kernel_result *kernel)
{
	struct lint *lint = kernel->lint;
	size_t n = kernel->plan.n_modules, i, j;
	struct walk w = { .kernel = kernel };
	CLEANUP_FREE bool *covered = xcalloc(lint->wanted.n, sizeof(*covered));

	adjacency_make(&w.forward, &kernel->plan, false);
	w.from = xcalloc(n, sizeof(struct lint_asked *));
	w.also = xcalloc(n, sizeof(struct lint_asked *));
	w.queue = xcalloc(2 * n, sizeof(*w.queue));
	if (lint_wants(lint, LINT_REDUNDANT))
		find_redundant(&w, covered);
	begin(&w, false);
	for (i = 0; i < lint->wanted.n; i++)
		if (kernel->names[i])
			walk_line(&w, i);
	for (i = lint->wanted.n; i--;)
		for (j = 0; kernel->names[i] && j < kernel->names[i]->n_modules; j++)
			w.from[kernel->names[i]->modules[j]] = &lint->asked[i];
	kernel->pulled_by = w.from;
	adjacency_free(&w.forward);
	free(w.also);
	free(w.queue);
}
