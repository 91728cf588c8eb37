// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tree: requests are the roots, and each module's dependencies stand below it.
 *
 *        1.1M  ext4  requested by list:3
 *        180K  ├─ jbd2  depends
 *              │  └─ crc32c  softdep pre, built in
 *         13K  └─ crc16  depends
 *
 * A module is expanded, with its size, only the first time it appears: so the sizes add
 * up to the total and cycles end.  The walk keeps its own stack instead of recursing,
 * because a chain of dependencies may have any length.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "module/names.h"
#include "plan/bfs.h"
#include "report/report.h"

/* The pieces of the drawing before a name. */
struct drawing {
	const char *branch, *last, *along, *blank;
};

static const struct drawing ascii = { "|- ", "`- ", "|  ", "   " };
static const struct drawing utf8 = { "├─ ", "└─ ", "│  ", "   " };

/* The subject of a line. */
struct item {
	const char *name;
	enum edge edge;		       /* from its parent */
	size_t module;		       /* index in the plan, or SIZE_MAX: not a module */
	const char *alias;	       /* the requested name if it differs, or NULL */
	const struct plan_name *asked; /* a request, or a name that no module answered */
};

/* An item whose children are being shown. */
struct frame {
	struct item item;
	size_t next, n; /* of its children */
};

struct view {
	const struct plan *plan;
	const struct drawing *drawing;
	bool color;
	struct adjacency needs;
	size_t *absent;	  /* for each module: its first name without a module, */
	size_t *n_absent; /* and the number of such names */
	bool *shown;	  /* for each module: already expanded */
	struct frame *stack;
	size_t depth, capacity;
};

static bool wants_utf8(void)
{
	static const char *const variables[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *locale = NULL;

	for (size_t i = 0; i < 3 && !(locale && *locale); i++)
		locale = getenv(variables[i]);
	return locale && (strcasestr(locale, "UTF-8") || strcasestr(locale, "UTF8"));
}

static const char *color_of(const struct item *item)
{
	static const char *const by_edge[] = {
		[EDGE_REQUEST] = "1", [EDGE_DEPENDS] = NULL, [EDGE_PRE] = "36",
		[EDGE_POST] = "32",   [EDGE_WEAKDEP] = "35",
	};
	static const char *const by_answer[] = {
		[ANSWER_NONE] = "31",
		[ANSWER_MODULES] = "1",
		[ANSWER_BUILTIN] = "2",
		[ANSWER_COMMAND] = "2",
	};

	return item->module == SIZE_MAX ? by_answer[item->asked->answer] :
					  by_edge[item->edge];
}

static void tree_put(const char *text)
{
	CLEANUP_FREE char *clean = clean_text(text, false);

	fputs(clean, stdout);
}

static void put_name(const struct view *v, const struct item *item)
{
	const char *color = v->color ? color_of(item) : NULL;

	if (color)
		printf("\033[%sm", color);
	tree_put(item->name);
	if (color)
		fputs("\033[m", stdout);
}

/* Print the answer to a name that does not stand for exactly one module. */
static void put_answer(const struct plan_name *name)
{
	if (name->answer == ANSWER_NONE)
		fputs(", missing", stdout);
	else if (name->answer == ANSWER_MODULES && !name->n_modules)
		fputs(", excluded", stdout);
	else if (name->answer == ANSWER_COMMAND)
		fputs(", a modprobe.d command", stdout);
	for (size_t i = 0; i < name->n_builtins; i++) {
		fputs(i ? ", " : ", built in", stdout);
		if (strcmp(name->builtins[i], name->name) == 0)
			continue;
		fputs(i ? "as " : " as ", stdout);
		tree_put(name->builtins[i]);
	}
}

/* Print the rest of a line, after the name. */
static void put_facts(const struct item *item, bool repeated)
{
	fputs("  ", stdout);
	if (item->edge != EDGE_REQUEST) {
		fputs(edge_kind(item->edge), stdout);
	} else if (item->asked) {
		fputs("requested by ", stdout);
		tree_put(item->asked->by);
	} else {
		fputs("match", stdout);
	}
	if (item->alias) {
		fputs(", as ", stdout);
		tree_put(item->alias);
	}
	if (item->module == SIZE_MAX)
		put_answer(item->asked);
	if (repeated)
		fputs(", above", stdout);
	putchar('\n');
}

static void put_size(uint64_t bytes)
{
	char text[SIZE_TEXT];

	size_text(text, bytes);
	printf("%7s  ", text);
}

static void put_line(const struct view *v, const struct item *item, bool repeated)
{
	if (item->module == SIZE_MAX || repeated)
		printf("%7s  ", "");
	else
		put_size(v->plan->modules[item->module].size);
	for (size_t i = 0; i < v->depth; i++) {
		bool last = v->stack[i].next == v->stack[i].n;

		if (i + 1 == v->depth)
			fputs(last ? v->drawing->last : v->drawing->branch, stdout);
		else
			fputs(last ? v->drawing->blank : v->drawing->along, stdout);
	}
	put_name(v, item);
	put_facts(item, repeated);
}

static size_t count_children(const struct view *v, const struct item *item)
{
	if (item->module == SIZE_MAX)
		return item->asked ? item->asked->n_modules : 0;
	return v->needs.first[item->module + 1] - v->needs.first[item->module] +
	       v->n_absent[item->module];
}

static struct item module_item(const struct view *v, size_t module, enum edge edge,
			       const char *alias)
{
	return (struct item){ v->plan->modules[module].name, edge, module, alias, NULL };
}

static struct item child(const struct view *v, const struct frame *frame, size_t i)
{
	const struct item *parent = &frame->item;
	const struct plan_edge *edge;
	const struct plan_name *name;
	size_t n;

	if (parent->module == SIZE_MAX)
		return module_item(v, parent->asked->modules[i], EDGE_REQUEST, NULL);
	n = frame->n - v->n_absent[parent->module];
	if (i < n) {
		edge = &v->plan->edges[v->needs.list[v->needs.first[parent->module] + i]];
		return module_item(v, edge->to, edge->edge, edge->alias);
	}
	name = &v->plan->names[v->absent[parent->module] + i - n];
	return (struct item){ name->name, name->edge, SIZE_MAX, NULL, name };
}

static struct item root(const struct view *v, const struct plan_name *name)
{
	struct item item = { name->name, EDGE_REQUEST, SIZE_MAX, NULL, name };

	if (name->n_modules != 1 || name->n_builtins)
		return item;
	item.module = name->modules[0];
	item.name = v->plan->modules[item.module].name;
	item.alias = is_name_of(name->name, item.name) ? NULL : name->name;
	return item;
}

/* Print an item; push its children unless they were shown before. */
static void show_item(struct view *v, const struct item *item)
{
	bool repeated = item->module != SIZE_MAX && v->shown[item->module];

	put_line(v, item, repeated);
	if (repeated)
		return;
	if (item->module != SIZE_MAX)
		v->shown[item->module] = true;
	v->stack = grow(v->stack, v->depth, &v->capacity, sizeof(*v->stack));
	v->stack[v->depth++] = (struct frame){ *item, 0, count_children(v, item) };
}

static void show_root(struct view *v, const struct plan_name *name)
{
	struct item item = root(v, name);

	show_item(v, &item);
	while (v->depth) {
		struct frame *frame = &v->stack[v->depth - 1];

		if (frame->next == frame->n) {
			v->depth--;
			continue;
		}
		item = child(v, frame, frame->next++);
		show_item(v, &item);
	}
}

/* Find each module's names without a module; those of one module are adjacent. */
static void find_absent(struct view *v)
{
	const struct plan *plan = v->plan;
	size_t i, end;

	v->absent = xcalloc(plan->n_modules, sizeof(*v->absent));
	v->n_absent = xcalloc(plan->n_modules, sizeof(*v->n_absent));
	for (i = plan->n_requests; i < plan->n_names; i = end) {
		const char *by = plan->names[i].by;
		size_t module = plan_find(plan, by);

		end = i + 1;
		while (end < plan->n_names && strcmp(plan->names[end].by, by) == 0)
			end++;
		if (module == SIZE_MAX)
			continue;
		v->absent[module] = i;
		v->n_absent[module] = end - i;
	}
}

void report_tree(const struct report *report)
{
	const struct plan *plan = report->plan;
	struct view v = {
		.plan = plan,
		.drawing = wants_utf8() ? &utf8 : &ascii,
		.color = report->color,
		.shown = xcalloc(plan->n_modules, sizeof(*v.shown)),
	};

	adjacency_make(&v.needs, plan, false);
	find_absent(&v);
	for (size_t i = 0; i < plan->n_requests; i++)
		if (plan->names[i].answer != ANSWER_NONE || !plan->names[i].literal)
			show_root(&v, &plan->names[i]);
	put_size(plan->bytes);
	tree_put(plan->version);
	printf(": %zu module%s, %zu built in\n", plan->n_modules,
	       plan->n_modules == 1 ? "" : "s", plan->n_builtin);
	adjacency_free(&v.needs);
	free(v.absent);
	free(v.n_absent);
	free(v.shown);
	free(v.stack);
}
