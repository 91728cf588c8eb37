// SPDX-License-Identifier: GPL-2.0-or-later
/* The facts of a plan's modules, and their exports. */
#include <stdlib.h>
#include <string.h>

#include "prover.h"
#include "tree/modload.h"

static int compare(const void *a, const void *b)
{
	const struct proof_export *x = a, *y = b;
	int order = strcmp(x->export->name, y->export->name);

	return order ? order : (x->module > y->module) - (x->module < y->module);
}

static void list_exports(struct prover *prover)
{
	size_t n = 0;

	for (size_t i = 0; i < prover->plan->n_modules; i++)
		n += prover->modules[i].facts->n_exports;
	prover->exports = xcalloc(n + 1, sizeof(*prover->exports));
	for (size_t i = 0; i < prover->plan->n_modules; i++) {
		const struct module_facts *facts = prover->modules[i].facts;

		for (size_t k = 0; k < facts->n_exports; k++)
			prover->exports[prover->n_exports++] =
				(struct proof_export){ &facts->exports[k], i };
	}
	qsort(prover->exports, n, sizeof(*prover->exports), compare);
}

/* The facts of a module that modload() was asked for. */
static const struct module_facts *facts_of(struct prover *prover,
					   const struct module *module)
{
	struct module_facts *none;

	if (module->facts)
		return module->facts;
	none = arena_alloc(&prover->arena, sizeof(*none));
	*none = (struct module_facts){ .err = module->err };
	return none;
}

void prover_read(struct prover *prover)
{
	const struct plan *plan = prover->plan;
	CLEANUP_FREE struct module **modules =
		xcalloc(plan->n_modules + 1, sizeof(struct module *));

	for (size_t i = 0; i < plan->n_modules; i++)
		modules[i] = modtree_met(prover->tree->modules, plan->modules[i].name);
	modload(prover->tree, modules, plan->n_modules, LOAD_FACTS, "reading modules:");
	prover->modules = xcalloc(plan->n_modules + 1, sizeof(*prover->modules));
	for (size_t i = 0; i < plan->n_modules; i++)
		prover->modules[i].facts = facts_of(prover, modules[i]);
	list_exports(prover);
}

const struct proof_export *prover_exporter(const struct prover *prover, const char *name)
{
	size_t low = 0, high = prover->n_exports;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(prover->exports[middle].export->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < prover->n_exports &&
			       strcmp(prover->exports[low].export->name, name) == 0 ?
		       &prover->exports[low] :
		       NULL;
}

/* Sizes of struct module, each as often as a module has it. */
struct sizes {
	uint64_t *items;
	size_t n;
};

static void add_size(struct sizes *sizes, const struct module_facts *facts)
{
	const char *own = module_facts_field(facts, "intree");

	if (own && strcmp(own, "Y") == 0 && facts->this_module)
		sizes->items[sizes->n++] = facts->this_module;
}

enum { SAMPLE = 3 };

/* Add those of a few of SOURCE's own modules: a plan may hold none, or one. */
static void sample_sizes(struct prover *prover, struct sizes *sizes)
{
	struct module *module, *next, *sample[2 * SAMPLE];
	size_t n = 0;

	if (modtree_all(prover->tree) < 0)
		return;
	HASH_ITER(hh, prover->tree->modules, module, next) {
		if (n == 2 * SAMPLE)
			break;
		if (module->path && strncmp(module->path, "kernel/", 7) == 0)
			sample[n++] = module;
	}
	modload(prover->tree, sample, n, LOAD_FACTS, NULL);
	for (size_t i = 0; i < n; i++)
		if (sample[i]->facts)
			add_size(sizes, sample[i]->facts);
}

uint64_t prover_this_module(struct prover *prover)
{
	struct sizes sizes = { 0 };
	uint64_t best = 0;
	size_t most = 0;

	sizes.items = xcalloc(prover->plan->n_modules + 2 * SAMPLE, sizeof(*sizes.items));
	for (size_t i = 0; i < prover->plan->n_modules; i++)
		add_size(&sizes, prover->modules[i].facts);
	if (sizes.n < SAMPLE)
		sample_sizes(prover, &sizes);
	/* Few sizes differ, so this ends soon. */
	for (size_t i = 0; i < sizes.n && most <= sizes.n / 2; i++) {
		size_t n = 0;

		for (size_t k = 0; k < sizes.n; k++)
			n += sizes.items[k] == sizes.items[i];
		if (n > most) {
			most = n;
			best = sizes.items[i];
		}
	}
	free(sizes.items);
	return best;
}
