// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Index a module directory, as depmod does:
 *
 *	modules ──► facts of each ──► all indexes in memory ──► files, all or none
 *	               ▲     │
 *	              record ◄┘
 *
 * The record (tree/record.h) supplies the facts of the modules that have not changed.
 * What is behind is the same with and without one, and so are the indexes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/message.h"
#include "base/strlist.h"
#include "config.h"
#include "fs/fileset.h"
#include "index/depcheck.h"
#include "index/indexmake.h"
#include "index/indextree.h"
#include "index/kernelsyms.h"
#include "index/recording.h"
#include "tree/modscan.h"
#include "tree/overlay.h"

/* A run. */
struct indexing {
	const struct index_tree_job *job;
	struct modtree *tree;
	struct rootfs other; /* job->out */
	bool other_open;
	const struct rootfs *out; /* NULL until it exists */
	struct recording recording;
	struct index_modules modules;
};

/* Return a module's path for messages.  The caller frees it. */
static char *show_path(const struct indexing *run, const char *path)
{
	return path[0] == '/' ? xstrdup(path) : modtree_host_path(run->tree, path);
}

static void warn_of_rivals(const struct indexing *run)
{
	struct module *module, *next;

	HASH_ITER(hh, run->tree->modules, module, next) {
		CLEANUP_FREE char *path = NULL;

		if (!module->rival)
			continue;
		path = show_path(run, module->path);
		warning("%s is indexed and %s is not: they have the same name, and no "
			"depmod.d rule orders them",
			path, module->rival);
	}
}

/* Warn about unreadable modules and latch status 1.  depmod(8) carries on too. */
static void report_unread(const struct indexing *run)
{
	struct module *module, *next;

	HASH_ITER(hh, run->tree->modules, module, next) {
		CLEANUP_FREE char *path = NULL;

		if (!module->err)
			continue;
		path = show_path(run, module->path);
		warning("%s: skipped: %s", path, module->err);
		message_latch(STATUS_MISSING);
	}
}

/* Without these files the indexes of built-in modules are empty.  kmod's depmod warns
 * too. */
static void warn_of_missing(const struct modtree *tree)
{
	static const char *const names[] = { "modules.builtin",
					     "modules.builtin.modinfo" };

	for (size_t i = 0; i < 2; i++) {
		CLEANUP_FREE char *path = path_join(tree->dir, names[i]);
		CLEANUP_FREE char *lost = NULL, *shown = NULL;
		const struct rootfs *root = rootfs_base(tree->root);
		CLEANUP_FD int fd = rootfs_openat(root, path, O_PATH);

		if (fd >= 0 || errno != ENOENT)
			continue; /* if it is unreadable, reading it says so */
		lost = rootfs_lost_link(root, path, "the root");
		shown = rootfs_show(root, path);
		if (!lost)
			warning("%s does not exist", shown);
		else if (!tree->warns_lost) /* the walk warns of every link */
			warning("%s", lost);
	}
}

static int show_files(const struct index_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		if (files->parts[i].size)
			fwrite(files->parts[i].data, 1, files->parts[i].size, stdout);
	return output_finish();
}

/* Make the root directory to write to, if it does not exist.  Returns 0, or -1, reported.
 */
static int make_out(struct indexing *run)
{
	if (run->out)
		return 0;
	if (rootfs_make(run->job->out) < 0 ||
	    rootfs_open(&run->other, run->job->out) < 0) {
		error(STATUS_IO, "cannot open %s: %m", run->job->out);
		return -1;
	}
	run->other_open = true;
	run->out = run->recording.out = &run->other;
	return 0;
}

static int publish(struct indexing *run, const struct index_files *files)
{
	CLEANUP_FREE char *label = NULL;
	CLEANUP_FD int dir = -1;

	if (make_out(run) < 0)
		return -1;
	label = rootfs_show(run->out, run->tree->dir);
	dir = rootfs_mkdirs(run->out, run->tree->dir, 0755);
	if (dir >= 0) {
		int result = copy_set(files->parts, files->n, dir, label);

		if (result == 0 && run->job->published)
			*run->job->published = true;
		return result;
	}
	error(STATUS_IO, "cannot make the directory %s: %m", label);
	return -1;
}

static int read_kernel(const struct index_tree_job *job, struct depgraph *graph,
		       struct arena *arena)
{
	char prefix = job->graph.symbol_prefix;

	if (job->symvers)
		return kernelsyms_symvers(&graph->symbols, arena, job->symvers, prefix);
	return job->map ? kernelsyms_map(&graph->symbols, arena, job->map, prefix) : 0;
}

static int make_files(struct indexing *run, struct index_files *files)
{
	const struct index_tree_job *job = run->job;
	struct index_data facts = { 0 };
	struct depgraph graph = { 0 };
	int result = read_kernel(job, &graph, &facts.arena);

	if (result == 0)
		result =
			index_make(&facts, run->tree, &run->modules, &graph, &job->graph);
	if (result == 0) {
		report_unread(run);
		/* -e names the symbols. */
		if (!job->partial && !job->graph.warn_unknown)
			depcheck_warn(run->tree, &facts);
		result = index_write(files, &facts, &job->write);
	}
	index_data_free(&facts);
	depgraph_free(&graph);
	return result;
}

/* Whether a run whose indexes are up to date has nothing else to do or to say. */
static bool may_rest(const struct index_tree_job *job)
{
	return ENABLED(FEATURE_RECORD) && !job->partial && !job->write.text_only &&
	       !job->write.warn_duplicates && !job->symvers && !job->map &&
	       !job->graph.show_needs;
}

static int make(struct indexing *run)
{
	const struct index_tree_job *job = run->job;
	size_t messages = message_count();
	struct index_files files = { 0 };
	int result = make_files(run, &files);

	if (result == 0)
		result = job->write.text_only ? show_files(&files) : publish(run, &files);
	if (ENABLED(FEATURE_RECORD) && result == 0)
		result = recording_write(&run->recording, &run->modules, &job->write,
					 may_rest(job) && messages == message_count());
	index_files_free(&files);
	return result;
}

static enum recording_use recording_use(const struct index_tree_job *job)
{
	if (!ENABLED(FEATURE_RECORD) || job->partial)
		return RECORD_NONE;
	if (job->write.text_only)
		return RECORD_READ;
	return job->record ? RECORD_MAKE : RECORD_KEEP;
}

static int take(struct modtree *tree, const char *path, const struct walk_entry *entry,
		void *context)
{
	const struct indexing *run = context;
	const struct index_tree_job *job = run->job;

	if (job->without && string_list_has(job->without, path))
		return 0;
	if (ENABLED(FEATURE_RECORD))
		record_see(tree, path, entry);
	modscan_add(tree, path);
	return 0;
}

static int run_indexing(struct indexing *run)
{
	const struct index_tree_job *job = run->job;

	if ((!job->partial && modwalk_all(run->tree, take, run) < 0) ||
	    overlay_check(run->tree, true) < 0)
		return -1;
	warn_of_rivals(run);
	warn_of_missing(run->tree);
	if (index_read(&run->modules, run->tree) < 0)
		return -1;
	if (!ENABLED(FEATURE_RECORD))
		return make(run);
	if (job->verbose)
		recording_report(&run->recording, &run->modules);
	if (may_rest(job) &&
	    recording_holds(&run->recording, &run->modules, &job->write)) {
		if (job->published)
			*job->published = true;
		return recording_renew(&run->recording, &run->modules);
	}
	return make(run);
}

int index_tree(const struct index_tree_job *job)
{
	struct indexing run = { .job = job, .tree = job->tree };
	int result;

	if (!job->out) {
		run.out = rootfs_base(job->tree->root);
	} else if (rootfs_open(&run.other, job->out) == 0) {
		run.other_open = true;
		run.out = &run.other;
	}
	run.recording = (struct recording){ .tree = job->tree,
					    .out = run.out,
					    .prefix = job->graph.symbol_prefix,
					    .clock = -1 };
	if (ENABLED(FEATURE_RECORD))
		recording_begin(&run.recording, recording_use(job), job->full,
				job->verbose);
	result = run_indexing(&run);
	index_modules_free(&run.modules);
	recording_end(&run.recording);
	if (run.other_open)
		rootfs_close(&run.other);
	return result;
}
