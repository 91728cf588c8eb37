// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which of the lists' lines lead to which modules, and which lines need not be.
 *
 * A line is redundant where the others lead to all that it stands for.  Two lines can
 * lead to each other, and only one of them may go: so first those that no other leads to
 * are found, then all that these lead to; of the rest some stay, by rank, then by line.
 * Patterns and directories always stay: they are meant to be open.
 */
#include <stdlib.h>
#include <string.h>

#include "lint/lintchecks.h"
#include "module/names.h"
#include "plan/bfs.h"
#include "plan/selection.h"

enum { MAX_SHOWN = 3 }; /* lines */

struct walk {
	const struct lint_kernel_result *kernel;
	struct adjacency forward;
	struct lint_asked **from; /* for each module: who led to it first, */
	struct lint_asked **also; /* and a second one */
	size_t *queue, n;
	bool pairs; /* keep two */
};

/* Note that asked leads to a module. */
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

/* Follow all edges from what was noted. */
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

/* The modules of a name that can be redundant, or NULL. */
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
	size_t j;

	for (j = 0; j < name->n_modules; j++)
		note(w, name->modules[j], &w->kernel->lint->asked[i]);
}

/* All that a line leads to, and no earlier one. */
static void lead(struct walk *w, size_t i)
{
	note_all(w, i);
	follow(w);
}

/* Which of two lines for the same stays: an algorithm's alias, a name, another alias. */
static unsigned rank(const struct walk *w, size_t i)
{
	const struct plan_name *name = w->kernel->names[i];
	const char *module = w->kernel->plan.modules[name->modules[0]].name;

	if (strncmp(name->name, "crypto", 6) == 0 && strchr("-_", name->name[6]))
		return 0;
	return is_name_of(name->name, module) ? 1 : 2;
}

enum { RANKS = 3 };

/* Whether others than asked itself lead to all of a name's modules. */
static bool is_led_to(const struct walk *w, const struct plan_name *name,
		      const struct lint_asked *asked)
{
	size_t j;

	for (j = 0; j < name->n_modules; j++) {
		size_t module = name->modules[j];

		if ((!w->from[module] || w->from[module] == asked) && !w->also[module])
			return false;
	}
	return true;
}

/* The lines that lead to a redundant one, as a message names them. */
static const char *list_pullers(const struct walk *w, const struct plan_name *name)
{
	struct arena *arena = &w->kernel->lint->arena;
	const struct lint_asked *label[MAX_SHOWN];
	const char *text = "";
	size_t n = 0, i, j;

	for (j = 0; j < name->n_modules && n < MAX_SHOWN; j++) {
		const struct lint_asked *by = w->from[name->modules[j]];
		CLEANUP_FREE char *place = lint_place(by->line);

		for (i = 0; i < n && label[i] != by; i++)
			;
		if (i < n)
			continue;
		label[n++] = by;
		text = arena_printf(arena, "%s%s%s (%s)", text, *text ? ", " : "", place,
				    by->line->name);
	}
	return text;
}

/* Whether they are in its own list. */
static bool are_beside(const struct walk *w, const struct plan_name *name,
		       const struct lint_asked *asked)
{
	size_t j;

	for (j = 0; j < name->n_modules; j++)
		if (w->from[name->modules[j]]->line->file != asked->line->file)
			return false;
	return true;
}

static void find_redundant(struct walk *w, bool *led)
{
	struct lint *lint = w->kernel->lint;
	const struct plan_name *name;
	size_t i;
	unsigned r;

	begin(w, true);
	for (i = 0; i < lint->wanted.n; i++)
		if (candidate(w, i))
			note_all(w, i);
	follow(w);
	for (i = 0; i < lint->wanted.n; i++) {
		name = candidate(w, i);
		led[i] = name && !selection_is_set(name->name) &&
			 is_led_to(w, name, &lint->asked[i]);
	}
	begin(w, false);
	for (i = 0; i < lint->wanted.n; i++)
		if (candidate(w, i) && !led[i])
			lead(w, i);
	for (r = 0; r < RANKS; r++) {
		for (i = 0; i < lint->wanted.n; i++) {
			if (!led[i] || rank(w, i) != r ||
			    is_led_to(w, w->kernel->names[i], NULL))
				continue;
			lead(w, i);
			led[i] = false;
		}
	}
	for (i = 0; i < lint->wanted.n; i++) {
		struct lint_answer *answer = &lint->asked[i].answers[w->kernel->number];

		if (!led[i])
			continue;
		name = w->kernel->names[i];
		answer->redundant = list_pullers(w, name);
		answer->own_list = are_beside(w, name, &lint->asked[i]);
	}
}

void lint_find_redundant(struct lint_kernel_result *kernel)
{
	struct lint *lint = kernel->lint;
	size_t n = kernel->plan.n_modules, i, j;
	struct walk w = { .kernel = kernel };
	CLEANUP_FREE bool *led = xcalloc(lint->wanted.n, sizeof(*led));

	adjacency_make(&w.forward, &kernel->plan, false);
	w.from = xcalloc(n, sizeof(struct lint_asked *));
	w.also = xcalloc(n, sizeof(struct lint_asked *));
	w.queue = xcalloc(2 * n, sizeof(*w.queue));
	if (lint_wants(lint, LINT_REDUNDANT))
		find_redundant(&w, led);
	begin(&w, false);
	for (i = 0; i < lint->wanted.n; i++)
		if (kernel->names[i])
			lead(&w, i);
	for (i = lint->wanted.n; i--;)
		for (j = 0; kernel->names[i] && j < kernel->names[i]->n_modules; j++)
			w.from[kernel->names[i]->modules[j]] = &lint->asked[i];
	kernel->leads = w.from;
	adjacency_free(&w.forward);
	free(w.also);
	free(w.queue);
}
