// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A graph for Graphviz.  The node of a module is its name.  Any other node has a word and
 * a space before the name ("builtin crc32c"), so it cannot clash with a module.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "module/names.h"
#include "report/report.h"

/* Edge styles: brightness and strokes differ as well, for readers who see no colour. */
static const char *const edge_styles[] = {
	[EDGE_REQUEST] = "color=\"#8c959f\", arrowhead=none",
	[EDGE_DEPENDS] = "",
	[EDGE_PRE] = "color=\"#0550ae\", fontcolor=\"#0550ae\", style=dashed",
	[EDGE_POST] = "color=\"#1a7f37\", fontcolor=\"#1a7f37\", style=dotted",
	[EDGE_WEAKDEP] =
		"color=\"#8250df\", fontcolor=\"#8250df\", style=\"dashed,bold\"",
};

#define REQUESTED "fillcolor=\"#ffd866\", penwidth=2"

/* Nodes that are not modules: the word before the name, and the style. */
static const struct {
	const char *word, *style;
} name_nodes[] = {
	[ANSWER_NONE] = { "missing", "color=\"#cf222e\", fontcolor=\"#cf222e\", "
				     "style=\"rounded,dashed,filled\", fillcolor=white" },
	[ANSWER_MODULES] = { "request", "style=filled" },
	[ANSWER_BUILTIN] = { "builtin",
			     "color=\"#8c959f\", fontcolor=\"#656d76\", "
			     "style=\"rounded,dashed,filled\", fillcolor=white" },
	[ANSWER_COMMAND] = { "command", "shape=hexagon" },
};

/* Print text inside a quoted string. */
static void dot_put(const char *text)
{
	CLEANUP_FREE char *clean = clean_text(text, false);
	const char *p;

	for (p = clean; *p; p++) {
		if (*p == '"' || *p == '\\')
			putchar('\\');
		putchar(*p);
	}
}

/* A node that is not a module, and the name that led to it. */
struct name_node {
	const struct plan_name *name;
	enum answer kind;
	const char *text;
	bool first; /* of its name: the modules of that name hang on it */
};

static void put_id(enum answer kind, const char *text)
{
	printf("\"%s ", name_nodes[kind].word);
	dot_put(text);
	putchar('"');
}

static void put_name_node(const struct name_node *node)
{
	bool requested = node->name->edge == EDGE_REQUEST;

	putchar('\t');
	put_id(node->kind, node->text);
	fputs(" [label=\"", stdout);
	dot_put(node->text);
	printf("\", %s%s];\n", name_nodes[node->kind].style,
	       requested ? ", " REQUESTED : "");
}

static void put_edge_style(enum edge edge, const char *alias)
{
	if (edge == EDGE_DEPENDS) {
		puts(";");
		return;
	}
	printf(" [%s", edge_styles[edge]);
	if (edge != EDGE_REQUEST) {
		printf(", label=\"%s", edge_kind(edge));
		if (alias) {
			fputs("\\n", stdout);
			dot_put(alias);
		}
		putchar('"');
	}
	puts("];");
}

static void put_module(const struct plan_module *module, bool requested)
{
	char size[SIZE_TEXT];

	size_text(size, module->size);
	fputs("\t\"", stdout);
	dot_put(module->name);
	fputs("\" [label=\"", stdout);
	dot_put(module->name);
	printf("\\n%s\"%s];\n", size, requested ? ", " REQUESTED : "");
}

/*
 * True if a request is shown by marking its modules instead of by a node of its own: a
 * request by module name, or a modalias (a machine has hundreds).
 */
static bool marks_modules(const struct plan *plan, const struct plan_name *name)
{
	if (name->literal)
		return name->answer == ANSWER_MODULES;
	return name->answer == ANSWER_MODULES && name->n_modules == 1 &&
	       is_name_of(name->name, plan->modules[name->modules[0]].name);
}

static void put_modules(const struct plan *plan)
{
	CLEANUP_FREE bool *requested = xcalloc(plan->n_modules, sizeof(*requested));
	size_t i, j;

	for (i = 0; i < plan->n_requests; i++) {
		const struct plan_name *name = &plan->names[i];

		for (j = 0; j < name->n_modules && marks_modules(plan, name); j++)
			requested[name->modules[j]] = true;
	}
	for (i = 0; i < plan->n_modules; i++)
		put_module(&plan->modules[i], requested[i]);
}

static void put_edges(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_edges; i++) {
		const struct plan_edge *edge = &plan->edges[i];
		const struct plan_module *from = &plan->modules[edge->from];
		const struct plan_module *to = &plan->modules[edge->to];

		fputs("\t\"", stdout);
		dot_put(from->name);
		fputs("\" -> \"", stdout);
		dot_put(to->name);
		putchar('"');
		put_edge_style(edge->edge, edge->alias);
	}
}

/* Sort by node, and within a node requests first: they mark the node as requested. */
static int by_node(const void *a, const void *b)
{
	const struct name_node *x = a, *y = b;
	int order = (x->kind > y->kind) - (x->kind < y->kind);

	if (!order)
		order = strcmp(x->text, y->text);
	if (!order)
		order = (x->name->edge != EDGE_REQUEST) - (y->name->edge != EDGE_REQUEST);
	return order ? order :
		       (x->name->number > y->name->number) -
			       (x->name->number < y->name->number);
}

/* Print the node of what asked for a name: a module, or something without a file. */
static void put_asker(const struct plan *plan, const char *by)
{
	for (size_t i = 0; i < plan->n_fileless; i++) {
		const struct plan_fileless *item = &plan->fileless[i];

		if (strcmp(item->name, by) != 0)
			continue;
		put_id(item->builtin ? ANSWER_BUILTIN : ANSWER_COMMAND, by);
		return;
	}
	putchar('"');
	dot_put(by);
	putchar('"');
}

/* The edges of a name's own node: to the modules that answer it, and from its user. */
static void put_name_edges(const struct plan *plan, const struct name_node *node)
{
	const struct plan_name *name = node->name;

	for (size_t i = 0; node->first && i < name->n_modules; i++) {
		putchar('\t');
		put_id(node->kind, node->text);
		fputs(" -> \"", stdout);
		dot_put(plan->modules[name->modules[i]].name);
		putchar('"');
		put_edge_style(EDGE_REQUEST, NULL);
	}
	if (name->edge == EDGE_REQUEST)
		return;
	putchar('\t');
	put_asker(plan, name->by);
	fputs(" -> ", stdout);
	put_id(node->kind, node->text);
	put_edge_style(name->edge,
		       strcmp(name->name, node->text) == 0 ? NULL : name->name);
}

/* List a name's nodes: its own, and those of its built-ins. Returns their number. */
static size_t list_nodes(const struct plan *plan, const struct plan_name *name,
			 struct name_node *nodes)
{
	bool own = name->answer != ANSWER_BUILTIN && !marks_modules(plan, name) &&
		   (name->answer != ANSWER_NONE || !name->literal);
	size_t n = 0, i;

	if (own)
		nodes[n++] = (struct name_node){ name, name->answer, name->name, true };
	for (i = 0; i < name->n_builtins; i++)
		nodes[n++] = (struct name_node){ name, ANSWER_BUILTIN, name->builtins[i],
						 name->answer == ANSWER_BUILTIN && !i };
	return n;
}

static void put_names(const struct plan *plan)
{
	CLEANUP_FREE struct name_node *nodes = NULL;
	size_t i, n = plan->n_names;

	for (i = 0; i < plan->n_names; i++)
		n += plan->names[i].n_builtins;
	nodes = xcalloc(n, sizeof(*nodes));
	for (n = i = 0; i < plan->n_names; i++)
		n += list_nodes(plan, &plan->names[i], nodes + n);
	if (n)
		qsort(nodes, n, sizeof(*nodes), by_node);
	for (i = 0; i < n; i++) {
		if (i == 0 || nodes[i].kind != nodes[i - 1].kind ||
		    strcmp(nodes[i].text, nodes[i - 1].text) != 0)
			put_name_node(&nodes[i]);
		put_name_edges(plan, &nodes[i]);
	}
}

void report_dot(const struct report *report)
{
	const struct plan *plan = report->plan;
	char size[SIZE_TEXT];

	size_text(size, plan->bytes);
	fputs("digraph modules {\n\trankdir=LR; nodesep=0.15; labelloc=t; fontname=\"sans-serif\";\n"
	      "\tlabel=\"",
	      stdout);
	dot_put(plan->version);
	printf(": %zu module%s, %s\";\n", plan->n_modules,
	       plan->n_modules == 1 ? "" : "s", size);
	fputs("\tnode [shape=box, style=\"rounded,filled\", fillcolor=\"#f6f8fa\", "
	      "fontname=\"sans-serif\", fontsize=11, height=0.1, margin=\"0.12,0.05\"];\n"
	      "\tedge [color=\"#57606a\", fontname=\"sans-serif\", fontsize=8, arrowsize=0.6];\n",
	      stdout);
	put_modules(plan);
	put_edges(plan);
	put_names(plan);
	puts("}");
}
