// SPDX-License-Identifier: GPL-2.0-or-later
/* modinst: check, strip, sign, compress and install modules of one's own, and index them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "base/path.h"
#include "base/text.h"
#include "cli/applet.h"
#include "cli/options.h"
#include "config.h"
#include "copy/outfile.h"
#include "index/reindex.h"
#include "install/account.h"
#include "install/override.h"
#include "install/put.h"
#include "install/remove.h"
#include "install/target.h"
#include "tree/modopen.h"

struct modinst_options {
	struct kernel_options kernel;
	struct proof_options proof;
	struct requirements requirements;
	struct choice_options choices;
	const char *source, *into, *manifest;
	int process, remove, no_check, no_index, record, force, dry_run, verbose;
};

#define FIELD(name) offsetof(struct modinst_options, name)

static const struct option_row kernel_rows[] = {
	{ "kernel-version", "VERSION", 'k', OPTION_LIST, FIELD(kernel.versions),
	  "install for this kernel (default: that of the FILEs' vermagic)" },
	{ "module-dir", IN_SOURCE("DIR"), 'M', OPTION_STRING, FIELD(kernel.module_dir),
	  "the directory of kernels in ROOT (default: usr/lib/modules, lib/modules)" },
	/* clang-format off */
	IF_ENABLED(MODULE_DECODERS,
	{ "max-module-size", "SIZE", 0, OPTION_STRING, FIELD(kernel.max_module_size),
	  "refuse modules larger than this when decompressed (default: 256M)" },)
	/* clang-format on */
	{ 0 },
};

static const struct option_row where_rows[] = {
	{ "into", ELSEWHERE("DIR"), 0, OPTION_STRING, FIELD(into),
	  "the directory for the modules in lib/modules/VERSION (default: updates)" },
	{ "process", NULL, 0, OPTION_FLAG, FIELD(process),
	  "change modules that are installed: FILE and DIR are below ROOT" },
	{ "remove", NULL, 0, OPTION_FLAG, FIELD(remove),
	  "remove the modules of these names, which lie outside kernel/" },
	{ 0 },
};

static const struct option_row check_rows[] = {
	{ "kernel", "SOURCE", 0, OPTION_STRING, FIELD(source),
	  "check against the kernel in this root, not ROOT's" },
	/* clang-format off */
	IF_ENABLED(FEATURE_OVERLAY,
	{ "overlay", "ROOT", 0, OPTION_LIST, FIELD(kernel.overlays),
	  "lay this root's modules over the kernel's for the check; repeatable" },)
	/* clang-format on */
	{ "config-check", "WORDS", 0, OPTION_STRING, FIELD(requirements.config),
	  "symbols that the kernel's configuration must have: FOO !BAR ~BAZ ~!QUX" },
	{ "kernel-min", "VERSION", 0, OPTION_STRING, FIELD(requirements.minimum),
	  "refuse an older kernel" },
	{ "kernel-max", "VERSION", 0, OPTION_STRING, FIELD(requirements.maximum),
	  "warn of a newer kernel" },
	{ "force", NULL, 0, OPTION_FLAG, FIELD(force),
	  "install what is refused, with a warning each" },
	{ 0 },
};

static const struct option_row other_rows[] = {
	{ "no-check", NULL, 0, OPTION_FLAG, FIELD(no_check),
	  "do not compare the modules with a kernel" },
	/* clang-format off */
	IF_ENABLED(FEATURE_RECORD,
	{ "record", NULL, 0, OPTION_FLAG, FIELD(record),
	  "keep what indexing reads of modules in modules.modbox, for the next run" },)
	/* clang-format on */
	{ "no-index", NULL, 0, OPTION_FLAG, FIELD(no_index),
	  "leave the indexes of the kernel's modules as they are" },
	/* clang-format off */
	IF_ENABLED(FEATURE_MANIFEST,
	{ "manifest", "FILE", 0, OPTION_STRING, FIELD(manifest),
	  "write a record of the installed files" },)
	/* clang-format on */
	{ "dry-run", NULL, 'n', OPTION_FLAG, FIELD(dry_run),
	  "write nothing; show the files that would be installed" },
	{ "verbose", NULL, 'v', OPTION_FLAG, FIELD(verbose),
	  "show the installed files, and how each was made" },
	{ 0 },
};

static const struct option_group options[] = {
	{ kernel_rows, 0 },
	{ where_rows, 0 },
	{ check_rows, 0 },
	{ proof_option_rows, FIELD(proof) },
	{ choice_option_rows, FIELD(choices) },
	{ other_rows, 0 },
	{ common_option_rows, 0 },
	{ 0 },
};

/* A run. */
struct task {
	const struct applet *self;
	struct modinst_options *o;
	struct rootfs root;
	struct candidates candidates;
	struct stage stage;
	struct preparation preparation;
	struct outfile manifest;
	const char *version;
	char *top; /* the module directory in ROOT: lib/modules/VERSION */
};

/* -- installing ------------------------------------------------------------------------ */

/* The directory of kernels: that of the version, if it is there already. */
static int choose_top(struct task *task)
{
	const char *given = task->o->kernel.module_dir;

	for (size_t i = 0; !given && i < N_MODULE_DIRS; i++) {
		int found;

		task->top = path_join(module_dirs[i], task->version);
		found = rootfs_is_directory(&task->root, task->top);
		if (found > 0)
			return 0;
		if (found < 0)
			return rootfs_cannot_read(&task->root, task->top);
		free(task->top);
	}
	given = given ? given : "lib/modules";
	task->top = path_join(given + strspn(given, "/"), task->version);
	return 0;
}

static void show(const struct task *task, const struct candidate *item)
{
	CLEANUP_FREE char *path = candidate_path(item);
	CLEANUP_FREE char *below = path_join(task->top, path);
	CLEANUP_FREE char *how = preparation_text(&task->preparation, item);
	CLEANUP_FREE char *line = xasprintf("# from %s%s", item->label, how);

	put_clean_line(line);
	put_clean_line(below);
}

static void say_unsigned(const struct task *task)
{
	for (size_t i = 0; i < task->candidates.n; i++)
		if (task->candidates.items[i].unsigned_now && !task->preparation.signer &&
		    !task->preparation.sign_program)
			warning("%s: its signature is gone: it does not fit the stripped "
				"module",
				task->candidates.items[i].label);
}

/* Say what is installed.  Returns 0, or -1 (reported). */
static int say(const struct task *task)
{
	bool shows = task->o->verbose || task->o->dry_run;

	for (size_t i = 0; shows && i < task->candidates.n; i++)
		if (!task->candidates.items[i].unchanged)
			show(task, &task->candidates.items[i]);
	say_unsigned(task);
	return output_finish();
}

/* Whether installed modules are made anew beside the old ones, without a private root. */
static bool makes_beside(const struct task *task)
{
	return task->o->process && task->o->no_check && !task->o->dry_run &&
	       !stage_is_needed(&task->preparation);
}

/* Say which modules of ROOT the candidates override, or do not. */
static int say_overridden(const struct task *task)
{
	struct modtree tree;
	int result;

	if (task->o->process)
		return 0; /* they are there already */
	result = reindex_open(&tree, &task->root, task->top, task->version, 0);
	if (result == 0)
		result = overrides_report(&tree, &task->candidates,
					  task->o->no_index || task->o->dry_run);
	modtree_close(&tree);
	return result;
}

/* Index all modules but those that are to go; place->indexed tells whether that is done. */
static int index_again(const struct task *task, struct place *place)
{
	struct modtree tree;
	int result;

	if (task->o->no_index) {
		place->indexed = true;
		return 0;
	}
	result = reindex_open(&tree, &task->root, task->top, task->version,
			      task->o->kernel.max_bytes);
	if (result == 0)
		result = reindex(&tree, &place->replaced, &place->indexed,
				 task->o->record, task->o->verbose);
	modtree_close(&tree);
	return result;
}

static int install(struct task *task)
{
	bool manifest = ENABLED(FEATURE_MANIFEST) && task->o->manifest;
	struct place place = { 0 };
	int result = manifest ? outfile_open(&task->manifest, task->o->manifest) : 0;

	if (result == 0)
		result = place_open(&place, &task->root, task->top);
	if (result == 0 && makes_beside(task)) {
		result = place_make(&place, &task->candidates, &task->preparation);
		if (result == 0)
			result = say(task);
	} else if (result == 0) {
		result = place_copy(&place, &task->stage, &task->candidates);
	}
	if (result == 0)
		result = place_publish(&place, &task->candidates);
	if (result == 0)
		result = index_again(task, &place);
	if (place.indexed && place_finish(&place) < 0)
		result = -1;
	if (result == 0 && manifest)
		result = account_write(&task->manifest, &task->candidates, &task->root,
				       task->top, task->o->no_index);
	if (manifest)
		outfile_drop(&task->manifest);
	place_close(&place);
	return result;
}

/* Check that there is a kernel to check against.  Returns 0, or -1 (reported). */
static int require_kernel(const struct task *task)
{
	int found = task->o->no_check || task->o->source ?
			    1 :
			    rootfs_is_directory(&task->root, task->top);

	if (found < 0)
		return rootfs_cannot_read(&task->root, task->top);
	if (found)
		return 0;
	error(STATUS_SOURCE,
	      "%s has no kernel %s to check the modules against: name a root that has it "
	      "with --kernel, or give --no-check",
	      task->root.path, task->version);
	return -1;
}

/* Make the modules as they will be installed, and check them.  Returns 0, or -1. */
static int prepare(struct task *task)
{
	struct modinst_options *o = task->o;
	struct kernel_options kernel = o->kernel;
	const struct target target = {
		.root = o->source ? o->source : task->root.path,
		.version = task->version,
		.kernel = &kernel,
		.proof = &o->proof,
		.requirements = &o->requirements,
		.force = o->force,
		.verbose = o->verbose,
	};
	int result;

	if (o->source)
		kernel.module_dir = NULL; /* it is ROOT's */
	task->preparation.max = o->kernel.max_bytes;
	result = o->no_check ? choices_make(task->self, &o->choices, NULL, NULL,
					    &task->preparation) :
			       target_prepare(&target, task->self, &o->choices,
					      &task->preparation);
	if (result == 0 && !makes_beside(task))
		result = stage_modules(&task->stage, &task->candidates, task->version,
				       &task->preparation);
	if (result == 0 && !o->no_check)
		result = target_check(&target, &task->stage, &task->candidates);
	return result;
}

/* Check, prepare and install the candidates.  Returns 0, or -1 (reported). */
static int carry_out(struct task *task)
{
	struct modinst_options *o = task->o;

	if (candidates_check_names(&task->candidates) < 0 ||
	    candidates_read(&task->candidates, o->kernel.max_bytes) < 0)
		return -1;
	if (!task->version)
		task->version = candidates_release(&task->candidates);
	if (!task->version)
		return -1;
	if (!task->top && choose_top(task) < 0)
		return -1;
	if (require_kernel(task) < 0 || prepare(task) < 0 || say_overridden(task) < 0)
		return -1;
	if (!makes_beside(task) && say(task) < 0)
		return -1;
	return o->dry_run ? 0 : install(task);
}

/* -- removing -------------------------------------------------------------------------- */

/* Indexes never name files that are gone, so these are removed last. */
static int remove_files(struct task *task, const struct string_list *paths)
{
	struct place place = { 0 };
	int result = place_open(&place, &task->root, task->top);

	for (size_t i = 0; i < paths->n; i++)
		string_list_add(&place.replaced, paths->items[i]);
	if (result == 0)
		result = index_again(task, &place);
	if (place.indexed && place_finish(&place) < 0)
		result = -1;
	place_close(&place);
	return result;
}

static int remove_modules(struct task *task, char **names)
{
	struct string_list paths = { 0 };
	struct modtree tree;
	int result = reindex_open(&tree, &task->root, task->top, task->version, 0);

	if (result == 0)
		result = removable_find(&tree, names, &paths);
	for (size_t i = 0; result == 0 && i < paths.n; i++) {
		CLEANUP_FREE char *below = path_join(task->top, paths.items[i]);

		if (task->o->verbose || task->o->dry_run)
			put_clean_line(below);
	}
	if (result == 0 && !task->o->dry_run)
		result = remove_files(task, &paths);
	string_list_free(&paths);
	modtree_close(&tree);
	return result;
}

/* -- the command line ------------------------------------------------------------------ */

static int take_operands(struct task *task, char **operands)
{
	const struct modinst_options *o = task->o;

	for (; *operands; operands++) {
		if (o->process && candidates_add_installed(&task->candidates, &task->root,
							   task->top, *operands) < 0)
			return -1;
		if (!o->process &&
		    candidates_add(&task->candidates, *operands, o->into) < 0)
			return -1;
	}
	return 0;
}

/* --process and --remove need the version first: --kernel-version, or the path's. */
static int find_version(struct task *task, const char *operand)
{
	struct modinst_options *o = task->o;
	const char *path;

	if (o->kernel.versions.n)
		task->version = o->kernel.versions.items[0];
	if (task->version && strcmp(task->version, "auto") == 0) {
		task->version = modtree_only_version(&task->candidates.arena, &task->root,
						     o->kernel.module_dir);
		if (!task->version)
			return -1;
	}
	if (!task->version && o->process && (path = strstr(operand, "lib/modules/"))) {
		path += strlen("lib/modules/");
		task->version =
			arena_strndup(&task->candidates.arena, path, strcspn(path, "/"));
	}
	if (task->version)
		return choose_top(task);
	if (!o->process && !o->remove)
		return 0;
	usage_error(task->self,
		    o->process ? "--process needs --kernel-version, or a path with "
				 "lib/modules/VERSION" :
				 "--remove needs --kernel-version");
	return -1;
}

static void run(const struct applet *self, struct modinst_options *o, char **operands)
{
	struct task task = { .self = self, .o = o };

	if (rootfs_open(&task.root, operands[0]) < 0) {
		error(source_status(errno), "cannot open ROOT %s: %m", operands[0]);
		return;
	}
	interrupt_catch();
	if (o->into)
		o->into = path_trim(&task.candidates.arena, o->into);
	if (find_version(&task, operands[1]) == 0) {
		if (o->remove)
			remove_modules(&task, operands + 1);
		else if (take_operands(&task, operands + 1) == 0)
			carry_out(&task);
	}
	stage_free(&task.stage);
	choices_free(&task.preparation);
	candidates_free(&task.candidates);
	free(task.top);
	rootfs_close(&task.root);
}

/* Return an option that was given, of those for a check; or NULL. */
static const char *of_check(const struct modinst_options *o)
{
	const char *name = option_given(check_rows, o);

	return name ? name : option_given(proof_option_rows, &o->proof);
}

static int check_options(const struct applet *self, struct modinst_options *o)
{
	const char *malformed = requirements_malformed(&o->requirements);

	if (malformed)
		usage_error(self, "'%s' is no version: numbers with dots between them",
			    malformed);
	else if (o->kernel.versions.n > 1)
		usage_error(self, "--kernel-version names one kernel");
	else if (o->process && o->remove)
		usage_error(self, "--process and --remove exclude each other");
	else if (o->into && (o->process || o->remove))
		usage_error(self, "--into does not go with --%s",
			    o->process ? "process" : "remove");
	else if (o->into && !is_path_below(o->into))
		usage_error(self,
			    "--into '%s' must be a directory below "
			    "lib/modules/VERSION",
			    o->into);
	else if (o->no_check && of_check(o))
		usage_error(self, "--no-check excludes --%s", of_check(o));
	else if (choices_check(self, &o->choices) == 0)
		return 0;
	return -1;
}

static int modinst_main(const struct applet *self, int argc, char **argv)
{
	struct modinst_options o = { .proof.brief = true };
	int first = options_parse(self, argc, argv, &o);

	if (first >= 0 && argc - first < 2)
		usage_error(self, "ROOT and a FILE or DIR are needed");
	else if (first >= 0 && kernel_options_check(self, &o.kernel) == 0 &&
		 check_options(self, &o) == 0) {
		o.proof.brief = !o.proof.prove;
		o.proof.prove = o.proof.prove ? o.proof.prove : "known";
		o.proof.force = o.force;
		if (proof_options_check(self, &o.proof) == 0)
			run(self, &o, argv + first);
	}
	proof_options_free(&o.proof);
	kernel_options_free(&o.kernel);
	return message_status();
}

const struct applet applet_modinst = {
	.name = "modinst",
	.args = "ROOT FILE|DIR...",
	.summary = "Check, strip, sign, compress and install kernel modules.",
	.options = options,
	.main = modinst_main,
};
