// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading the facts of a plan's modules in parallel, each once; and their exports. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/readat.h"
#include "base/workers.h"
#include "module/modfile.h"
#include "prover.h"

/* A worker's reader, and where it allocates. */
struct reader {
	struct prover *prover;
	struct modreader *modules;
	struct arena arena;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *reader_begin(void *context)
{
	struct reader *reader = xcalloc(1, sizeof(*reader));

	reader->prover = context;
	reader->modules = modreader_new(reader->prover->tree->max_module_size);
	return reader;
}

/* The facts stay: the prover takes the arena. */
static void reader_end(void *worker)
{
	struct reader *reader = worker;
	struct prover *prover = reader->prover;

	modreader_free(reader->modules);
	worker_lock(&lock);
	prover->arenas = xreallocarray(prover->arenas, prover->n_arenas + 1,
				       sizeof(*prover->arenas));
	prover->arenas[prover->n_arenas++] = reader->arena;
	worker_unlock(&lock);
	free(reader);
}

/* Read the facts of the module at a path of the tree; none and *err, if that fails. */
static int read_facts(const struct modtree *tree, struct modreader *reader,
		      const char *module, struct arena *arena, struct module_facts *facts,
		      const char **err)
{
	CLEANUP_FREE char *path = modtree_path(tree, module);
	CLEANUP_FD int fd =
		rootfs_openat(tree->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		*err = read_failure(errno);
	else if (modreader_facts(reader, fd, arena, facts, err) == 0)
		return 0;
	*facts = (struct module_facts){ 0 };
	return -1;
}

static void read_one(void *worker, size_t i, void *context)
{
	struct prover *prover = context;
	struct proof_module *module = &prover->modules[i];
	struct reader *reader = worker;

	read_facts(prover->tree, reader->modules, module->plan->path, &reader->arena,
		   &module->facts, &module->err);
}

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
		n += prover->modules[i].facts.n_exports;
	prover->exports = xcalloc(n + 1, sizeof(*prover->exports));
	for (size_t i = 0; i < prover->plan->n_modules; i++) {
		const struct module_facts *facts = &prover->modules[i].facts;

		for (size_t k = 0; k < facts->n_exports; k++)
			prover->exports[prover->n_exports++] =
				(struct proof_export){ &facts->exports[k], i };
	}
	qsort(prover->exports, n, sizeof(*prover->exports), compare);
}

void prover_read(struct prover *prover)
{
	size_t n = prover->plan->n_modules;
	struct work work = { .n = n,
			     .begin = reader_begin,
			     .job = read_one,
			     .end = reader_end,
			     .context = prover };

	prover->modules = xcalloc(n + 1, sizeof(*prover->modules));
	for (size_t i = 0; i < n; i++)
		prover->modules[i].plan = &prover->plan->modules[i];
	workers_run(&work);
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
	struct modreader *reader;
	struct module *module, *next;
	unsigned tries = 2 * SAMPLE;

	if (modtree_all(prover->tree) < 0)
		return;
	reader = modreader_new(prover->tree->max_module_size);
	HASH_ITER(hh, prover->tree->modules, module, next) {
		struct module_facts facts;
		const char *ignored;

		if (!module->path || strncmp(module->path, "kernel/", 7) != 0)
			continue;
		if (sizes->n >= SAMPLE || tries-- == 0)
			break;
		if (read_facts(prover->tree, reader, module->path, &prover->arena, &facts,
			       &ignored) == 0)
			add_size(sizes, &facts);
	}
	modreader_free(reader);
}

uint64_t prover_this_module(struct prover *prover)
{
	struct sizes sizes = { 0 };
	uint64_t best = 0;
	size_t most = 0;

	sizes.items = xcalloc(prover->plan->n_modules + SAMPLE, sizeof(*sizes.items));
	for (size_t i = 0; i < prover->plan->n_modules; i++)
		add_size(&sizes, &prover->modules[i].facts);
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

void prover_free(struct prover *prover)
{
	for (size_t i = 0; i < prover->n_arenas; i++)
		arena_free(&prover->arenas[i]);
	free(prover->arenas);
	free(prover->modules);
	free(prover->exports);
	free(prover->findings);
	arena_free(&prover->arena);
}
