// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Dependencies as depmod computes them.
 *
 *  1. Every exported symbol has one owner: the last module that exports it.
 *  2. A module needs the owners of its undefined symbols, in symbol order.
 *  3. A topological sort, users first, pops modules without users from a stack.
 *  4. A row of modules.dep lists all direct and indirect needs in that order.
 *
 * The use of a stack and the order of pushes show in modules.dep, so they follow kmod's
 * depmod_calculate_dependencies().
 */
#include <stdio.h>
#include <stdlib.h>

#include "index/depgraph.h"

static void add_symbols(struct depgraph *graph, uint32_t owner, char prefix)
{
	const struct modsymbols *symbols = graph->modules[owner].module->symbols;

	for (size_t i = 0; i < symbols->n_exported; i++) {
		const char *name = symbols->exported[i].name;

		if (prefix && *name == prefix)
			name++;
		symtable_add(&graph->symbols, name, symbols->exported[i].crc, owner);
	}
}

/*
 * The last answers of find(), by where the name is: modules from a record share the
 * names of the symbols that they need (tree/record.h).
 */
enum { ANSWERS = 8192 };
struct answer {
	const char *name;
	const struct symbol *symbol;
};

/* 64-bit PowerPC writes "foo" as ".foo"; some architectures prefix every symbol. */
static const struct symbol *find(const struct depgraph *graph, const char *name,
				 char prefix)
{
	if (*name == '.')
		name++;
	if (prefix && *name == prefix)
		name++;
	return symtable_find(&graph->symbols, name);
}

static const struct symbol *find_again(const struct depgraph *graph,
				       struct answer *answers, const char *name,
				       char prefix)
{
	struct answer *answer =
		&answers[((uintptr_t)name ^ (uintptr_t)name >> 13) % ANSWERS];

	if (answer->name != name)
		*answer = (struct answer){ name, find(graph, name, prefix) };
	return answer->symbol;
}

/* The module's path for messages.  The caller frees it. */
static char *module_label(const struct depgraph_policy *policy,
			  const struct depgraph_module *m)
{
	const char *path = m->module->path;

	return path[0] == '/' ? xstrdup(path) : path_join(policy->label, path);
}

static void warn_of(const struct depgraph_policy *policy, const struct depgraph_module *m,
		    const char *what, const char *symbol)
{
	CLEANUP_FREE char *label = module_label(policy, m);

	warning("%s %s %s", label, what, symbol);
}

static void show_need(const struct depgraph_policy *policy,
		      const struct depgraph_module *m, const char *symbol,
		      const struct depgraph_module *owner)
{
	CLEANUP_FREE char *label = module_label(policy, m),
			  *needed = module_label(policy, owner);

	printf("%s needs \"%s\": %s\n", label, symbol, needed);
}

static void resolve_symbol(struct depgraph *graph, uint32_t i, uint32_t *seen,
			   const struct modsymbol *needed, const struct symbol *symbol,
			   const struct depgraph_policy *policy)
{
	struct depgraph_module *m = &graph->modules[i];
	bool warn = policy->warn_unknown && !needed->weak;

	if (!symbol) {
		if (warn)
			warn_of(policy, m, "needs unknown symbol", needed->name);
		return;
	}
	if (warn && policy->check_sums && symbol->crc != needed->crc)
		warn_of(policy, m, "disagrees about version of symbol", needed->name);
	if (symbol->owner == NO_OWNER || seen[symbol->owner] == i + 1)
		return;
	seen[symbol->owner] = i + 1;
	m->needs = grow(m->needs, m->n_needs, &m->capacity, sizeof(*m->needs));
	m->needs[m->n_needs++] = symbol->owner;
	graph->modules[symbol->owner].users++;
	if (policy->show_needs)
		show_need(policy, m, symbol->name, &graph->modules[symbol->owner]);
}

static void resolve(struct depgraph *graph, const struct depgraph_policy *policy)
{
	CLEANUP_FREE uint32_t *seen = xcalloc(graph->n, sizeof(*seen));
	CLEANUP_FREE struct answer *answers = xcalloc(ANSWERS, sizeof(*answers));
	uint32_t i;

	for (i = 0; i < graph->n; i++) {
		const struct modsymbols *symbols = graph->modules[i].module->symbols;
		size_t k;

		for (k = 0; k < symbols->n_needed; k++) {
			const struct modsymbol *needed = &symbols->needed[k];

			resolve_symbol(graph, i, seen, needed,
				       find_again(graph, answers, needed->name,
						  policy->symbol_prefix),
				       policy);
		}
	}
}

/*
 * Returns the number of modules sorted.  Members of a cycle, and modules that they
 * need, are not.
 */
static size_t sort(struct depgraph *graph, uint32_t *users)
{
	CLEANUP_FREE uint32_t *stack = xcalloc(graph->n, sizeof(*stack));
	size_t n_stack = 0, n_sorted = 0, i;

	for (i = 0; i < graph->n; i++) {
		users[i] = graph->modules[i].users;
		if (users[i] == 0)
			stack[n_stack++] = (uint32_t)i;
	}
	while (n_stack > 0) {
		struct depgraph_module *m = &graph->modules[stack[--n_stack]];

		m->place = (uint32_t)n_sorted++;
		for (i = 0; i < m->n_needs; i++)
			if (--users[m->needs[i]] == 0)
				stack[n_stack++] = m->needs[i];
	}
	return n_sorted;
}

/* A depth-first walk of the modules that were not sorted. */
struct ring_walk {
	const struct depgraph *graph;
	enum status status;
	uint32_t *path;
	size_t *next; /* per module on the path: the next edge to follow */
	size_t n;
	unsigned char *state; /* per module: NOT_MET, ON_PATH or DONE, with IN_RING */
	size_t in_rings;
};

enum { NOT_MET, ON_PATH, DONE, IN_RING = 4 };

static const char *name_of(const struct ring_walk *w, uint32_t i)
{
	return w->graph->modules[i].module->name;
}

/* Report the cycle closed by the edge from the path's last module to the module to. */
static void report_ring(struct ring_walk *w, uint32_t to)
{
	struct arena arena = { 0 };
	const char *text = "";
	size_t i = w->n;

	while (w->path[--i] != to)
		;
	for (; i < w->n; i++) {
		text = arena_printf(&arena, "%s%s -> ", text, name_of(w, w->path[i]));
		w->in_rings += !(w->state[w->path[i]] & IN_RING);
		w->state[w->path[i]] |= IN_RING;
	}
	error(w->status, "Cycle detected: %s%s", text, name_of(w, to));
	arena_free(&arena);
}

static void walk_from(struct ring_walk *w, uint32_t start)
{
	w->n = 0;
	w->path[w->n++] = start;
	w->next[start] = 0;
	w->state[start] |= ON_PATH;
	while (w->n > 0) {
		uint32_t here = w->path[w->n - 1];
		const struct depgraph_module *m = &w->graph->modules[here];
		uint32_t to;

		if (w->next[here] == m->n_needs) {
			w->state[here] = (w->state[here] & IN_RING) | DONE;
			w->n--;
			continue;
		}
		to = m->needs[w->next[here]++];
		if (w->state[to] & ON_PATH) {
			report_ring(w, to);
		} else if (!(w->state[to] & DONE)) {
			w->path[w->n++] = to;
			w->next[to] = 0;
			w->state[to] |= ON_PATH;
		}
	}
}

static void report_rings(const struct depgraph *graph, const uint32_t *users,
			 enum status status)
{
	struct ring_walk w = { .graph = graph, .status = status };
	uint32_t i;

	w.path = xcalloc(graph->n, sizeof(*w.path));
	w.next = xcalloc(graph->n, sizeof(*w.next));
	w.state = xcalloc(graph->n, 1);
	for (i = 0; i < graph->n; i++)
		if (users[i] > 0 && !(w.state[i] & DONE))
			walk_from(&w, i);
	error(status, "Found %zu modules in dependency cycles!", w.in_rings);
	free(w.path);
	free(w.next);
	free(w.state);
}

int depgraph_make(struct depgraph *graph, struct module *const *modules, size_t n,
		  const struct depgraph_policy *policy)
{
	CLEANUP_FREE uint32_t *users = xcalloc(n, sizeof(*users));
	uint32_t i;

	graph->modules = xcalloc(n, sizeof(*graph->modules));
	graph->n = n;
	for (i = 0; i < n; i++) {
		graph->modules[i].module = modules[i];
		add_symbols(graph, i, policy->symbol_prefix);
	}
	message_hold(policy->warn_unknown || policy->show_needs);
	resolve(graph, policy);
	message_hold(false);
	if (sort(graph, users) == n)
		return 0;
	report_rings(graph, users, policy->cycle);
	return -1;
}

static int by_place(const void *a, const void *b, void *context)
{
	const struct depgraph *graph = context;
	uint32_t x = graph->modules[*(const uint32_t *)a].place;
	uint32_t y = graph->modules[*(const uint32_t *)b].place;

	return x < y ? -1 : x > y;
}

size_t depgraph_row(const struct depgraph *graph, uint32_t i, uint32_t *all,
		    uint32_t *seen)
{
	const struct depgraph_module *m = &graph->modules[i];
	size_t n = 0, done = 0, k;

	/* Breadth first: all[] grows while its entries are visited. */
	for (;;) {
		for (k = 0; k < m->n_needs; k++) {
			if (seen[m->needs[k]] == i + 1)
				continue;
			seen[m->needs[k]] = i + 1;
			all[n++] = m->needs[k];
		}
		if (done == n)
			break;
		m = &graph->modules[all[done++]];
	}
	if (n > 1)
		qsort_r(all, n, sizeof(*all), by_place, (void *)(uintptr_t)graph);
	return n;
}

void depgraph_free(struct depgraph *graph)
{
	for (size_t i = 0; graph->modules && i < graph->n; i++)
		free(graph->modules[i].needs);
	free(graph->modules);
	symtable_free(&graph->symbols);
	*graph = (struct depgraph){ 0 };
}
