// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loading modules in parallel.
 *
 * Each worker thread borrows a slot: a reader, whose decoding buffer stays allocated for
 * the next wave of modules, and an arena for the strings read.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/readat.h"
#include "base/workers.h"
#include "config.h"
#include "module/modfacts.h"
#include "module/names.h"
#include "tree/modload.h"
#include "tree/record.h"

enum {
	CHECKS_WORTH_THREADS = 64, /* modules; below this, starting threads takes longer
				      than the checks */
	SHOW_PROGRESS_FROM = 256,  /* modules */
	MODULES_WORTH_RECORD = 8,
};

struct slot {
	struct slot *next; /* in loader->all */
	bool busy;
	struct modreader *reader;
	struct arena strings;
};

struct loader {
	pthread_mutex_t lock;
	struct slot *all;
};

/* One call of modload(). */
struct load_job {
	struct modtree *tree;
	struct module **modules;
	size_t n;
	int flags;
	const char *progress;
	atomic_size_t done;
};

static void *slot_take(void *context)
{
	const struct modtree *tree = ((struct load_job *)context)->tree;
	struct loader *loader = tree->loader;
	struct slot *slot;

	worker_lock(&loader->lock);
	for (slot = loader->all; slot && slot->busy; slot = slot->next)
		;
	if (!slot) {
		slot = xcalloc(1, sizeof(*slot));
		slot->next = loader->all;
		loader->all = slot;
	}
	slot->busy = true;
	worker_unlock(&loader->lock);
	if (!slot->reader)
		slot->reader = modreader_new(tree->max_module_size);
	return slot;
}

/* Slots stay with the loader, for the next wave. */
static void slots_release(struct loader *loader)
{
	struct slot *slot;

	for (slot = loader->all; slot; slot = slot->next)
		slot->busy = false;
}

void loader_free(struct loader *loader)
{
	struct slot *slot, *next;

	if (!loader)
		return;
	for (slot = loader->all; slot; slot = next) {
		next = slot->next;
		modreader_free(slot->reader);
		arena_free(&slot->strings);
		free(slot);
	}
	free(loader);
}

static const char *open_failure(int error_number)
{
	switch (error_number) {
	case ENOENT:
		return MODULE_GONE;
	case ELOOP:
		return "too many levels of symbolic links";
	default:
		return read_failure(error_number);
	}
}

/* Whether the indexes do not tell what a module needs. */
static bool is_doubtful(const struct modtree *tree, const struct module *module)
{
	return (ENABLED(FEATURE_STALE_INDEXES) || ENABLED(FEATURE_OVERLAY)) &&
	       (module->unread || modtree_is_uncovered(tree, module));
}

static bool wants_info(const struct load_job *job, const struct module *module)
{
	return !module->info_loaded &&
	       (job->flags & LOAD_INFO || is_doubtful(job->tree, module));
}

/* Read the facts, and .modinfo in the same pass if it is wanted. */
static void load_facts(struct load_job *job, struct slot *slot, struct module *module,
		       int fd)
{
	bool info = wants_info(job, module);
	const char *err = NULL;

	module->facts = arena_alloc(&slot->strings, sizeof(*module->facts));
	modreader_facts(slot->reader, fd, &slot->strings, info ? &module->info : NULL,
			module->facts, &err);
	if (!info)
		return;
	module->info_loaded = true;
	module->err = err;
}

/*
 * Whether all that is asked of a module can be in the record. Without its symbols, an
 * uncompressed module is read in less time.
 */
static bool wants_record(const struct load_job *job, const struct module *module)
{
	bool symbols = (job->flags & LOAD_SYMBOLS) == LOAD_SYMBOLS;

	return ENABLED(FEATURE_RECORD) && (job->tree->record || job->tree->recording) &&
	       !(job->flags & (LOAD_VERIFY | LOAD_FACTS)) &&
	       (symbols || (wants_info(job, module) && !is_uncompressed(module->path)));
}

/* Read what flags ask for, and the module does not have. */
static void load_open(struct load_job *job, struct slot *slot, struct module *module,
		      int fd)
{
	bool verify = job->flags & LOAD_VERIFY;
	struct stat st;

	if (fstat(fd, &st) < 0) {
		module->err = read_failure(errno);
		return;
	}
	if (!S_ISREG(st.st_mode)) {
		module->err = "not a regular file";
		return;
	}
	module->size = (uint64_t)st.st_size;
	module->mtime = st.st_mtime;
	if (ENABLED(FEATURE_STALE_INDEXES))
		module->changed = st.st_ctim;
	if (ENABLED(FEATURE_PROOF) && job->flags & LOAD_FACTS && !module->facts) {
		load_facts(job, slot, module, fd);
		if (module->loaded || module->info_loaded)
			return;
	}
	if (wants_record(job, module) &&
	    record_answer(job->tree, module, fd, &st, &slot->strings)) {
		module->info_loaded = true;
		return;
	}
	if (WITH_SYMBOLS && (job->flags & LOAD_SYMBOLS) == LOAD_SYMBOLS) {
		module->info_loaded = true;
		module->symbols = arena_alloc(&slot->strings, sizeof(*module->symbols));
		modreader_symbols(slot->reader, fd, &slot->strings, &module->info,
				  module->symbols, &module->err);
		if (ENABLED(FEATURE_RECORD))
			record_confirm(module, fd);
	} else if (wants_info(job, module)) {
		module->info_loaded = true;
		modreader_modinfo(slot->reader, fd, &slot->strings, &module->info,
				  &module->err);
	} else if (ENABLED(FEATURE_STALE_INDEXES) && job->tree->indexed &&
		   is_uncompressed(module->path)) {
		/* Reads little more than the check does. */
		modreader_depends(slot->reader, fd, &slot->strings, &module->info,
				  &module->err);
		if (!(job->flags & (LOAD_CHECK | LOAD_VERIFY)))
			module->err = NULL; /* nobody asked */
	} else if (job->flags & LOAD_CHECK || verify) {
		modreader_check(slot->reader, fd, verify, &module->err);
	}
}

static void show_progress(struct load_job *job)
{
	size_t done = atomic_fetch_add(&job->done, 1) + 1;

	if (!job->progress || (done % 64 && done < job->n))
		return;
	if (done < job->n)
		fprintf(stderr, "\r%s %zu of %zu", job->progress, done, job->n);
	else
		fputs("\r\033[K", stderr);
	fflush(stderr);
}

static bool needs_load(const struct module *module, int flags)
{
	if (module->err)
		return false;
	if (WITH_SYMBOLS && (flags & LOAD_SYMBOLS) == LOAD_SYMBOLS && !module->symbols)
		return true;
	if (ENABLED(FEATURE_PROOF) && flags & LOAD_FACTS && !module->facts)
		return true;
	return !module->loaded || ((flags & LOAD_INFO) && !module->info_loaded);
}

static void load_one(void *worker, size_t i, void *context)
{
	struct load_job *job = context;
	struct slot *slot = worker;
	struct module *module = job->modules[i];
	struct modtree *tree = job->tree;

	/* Of an archive, signals are caught, and reading may take long. */
	if (ENABLED(FEATURE_ARCHIVE_SOURCE) && tree->root->unpacked && interrupted())
		exit_clean();
	if (needs_load(module, job->flags) && wants_record(job, module) &&
	    record_answer_seen(tree, module, &slot->strings)) {
		module->loaded = module->info_loaded = true;
	} else if (needs_load(module, job->flags)) {
		CLEANUP_FREE char *path = modtree_path(tree, module->path);
		CLEANUP_FD int fd =
			rootfs_openat(tree->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

		if (fd >= 0)
			load_open(job, slot, module, fd);
		else
			module->err = open_failure(errno);
		module->loaded = true;
	}
	show_progress(job);
}

/* Whether to read so many modules takes longer than to read a record. */
static bool is_worth_record(const struct load_job *job)
{
	size_t n = 0;

	if (!(job->flags & LOAD_INFO) || job->flags & (LOAD_VERIFY | LOAD_FACTS) ||
	    job->tree->source)
		return false;
	for (size_t i = 0; i < job->n && n < MODULES_WORTH_RECORD; i++)
		n += needs_load(job->modules[i], job->flags) &&
		     !is_uncompressed(job->modules[i]->path);
	return n == MODULES_WORTH_RECORD;
}

static void find_record(struct modtree *tree)
{
	tree->record_sought = true;
	record_open(tree, rootfs_base(tree->root));
}

void modload(struct modtree *tree, struct module **modules, size_t n, int flags,
	     const char *progress)
{
	bool terminal = progress && n >= SHOW_PROGRESS_FROM && isatty(STDERR_FILENO);
	struct load_job job = {
		.tree = tree,
		.modules = modules,
		.n = n,
		.flags = flags,
		.progress = terminal ? progress : NULL,
	};
	struct work work = {
		.n = n,
		.begin = slot_take,
		.job = load_one,
		.context = &job,
		.small = !(flags & ~LOAD_CHECK) && n < CHECKS_WORTH_THREADS,
	};

	if (ENABLED(FEATURE_RECORD) && !tree->record_sought && is_worth_record(&job))
		find_record(tree);
	if (!tree->loader) {
		tree->loader = xcalloc(1, sizeof(*tree->loader));
		tree->loader->lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	}
	workers_run(&work);
	slots_release(tree->loader);
}
