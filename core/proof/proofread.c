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

const struct proof_export *prover_loaded(const struct prover *prover, size_t module,
					 const char *name)
{
	const struct proof_export *export = prover_exporter(prover, name);
	const struct proof_export *end = prover->exports + prover->n_exports;

	for (; export && export < end && strcmp(export->export->name, name) == 0;
	     export ++)
		if (export->module < module &&
		    prover->proof->verdicts[export->module] != REFUSED)
			return export;
	return NULL;
}

/* What SOURCE's own modules have in common: the size of struct module, and the codec. */
struct common {
	uint64_t *sizes; /* each as often as a module has it */
	size_t n;
	size_t codecs[CODEC_ZSTD + 1];
};

static void add_common(struct common *common, const struct module_facts *facts)
{
	const char *own = module_facts_field(facts, "intree");

	if (!own || strcmp(own, "Y") != 0 || !facts->this_module)
		return;
	common->sizes[common->n++] = facts->this_module;
	common->codecs[facts->packing.codec]++;
}

enum { SAMPLE = 3 };

/* Add a few of SOURCE's own modules: a plan may hold none, or one. */
static void add_sample(struct prover *prover, struct common *common)
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
			add_common(common, sample[i]->facts);
}

/* Few sizes differ, so this ends soon. */
static uint64_t most_common(const struct common *common)
{
	uint64_t best = 0;
	size_t most = 0;

	for (size_t i = 0; i < common->n && most <= common->n / 2; i++) {
		size_t n = 0;

		for (size_t k = 0; k < common->n; k++)
			n += common->sizes[k] == common->sizes[i];
		if (n > most) {
			most = n;
			best = common->sizes[i];
		}
	}
	return best;
}

void prover_compare(struct prover *prover)
{
	size_t n = prover->plan->n_modules;
	struct common common = { 0 };

	common.sizes = xcalloc(n + 2 * SAMPLE, sizeof(*common.sizes));
	for (size_t i = 0; i < n; i++)
		add_common(&common, prover->modules[i].facts);
	if (common.n < SAMPLE)
		add_sample(prover, &common);
	prover->this_module = most_common(&common);
	prover->own_codec = CODEC_NONE;
	for (unsigned i = 0; i <= CODEC_ZSTD; i++)
		if (common.codecs[i] > common.codecs[prover->own_codec])
			prover->own_codec = i;
	free(common.sizes);
}
