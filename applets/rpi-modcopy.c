// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rpi-modcopy: copy kernel modules and their dependencies into a root or an archive.
 *
 * Everything is resolved, for all kernels, before anything is written: a missing module
 * leaves DEST untouched.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "cli/applet.h"
#include "config.h"
#include "copy/confcopy.h"
#include "copy/dest.h"
#include "copy/firmwarecopy.h"
#include "copy/output.h"
#include "copy/place.h"
#include "copy/recompress.h"
#include "fs/rootfs.h"
#include "index/depmod.h"
#include "plan/closure.h"
#include "plan/firmwareopts.h"
#include "plan/hardware.h"
#include "plan/kernelopts.h"
#include "proof/proof.h"
#include "tree/modopen.h"
#include "tree/overlay.h"
#include "tree/record.h"

struct modcopy_options {
	struct kernel_options kernel;
	struct firmware_options firmware;
	struct conf_options conf;
	struct recompress_options recompress;
	struct output_options output;
	struct proof_options proof;
	const char *depmod;
	enum depmod_choice {
		DEPMOD_BUILTIN,
		DEPMOD_AUTO, /* depmod(8) if it exists, else built in */
		DEPMOD_NONE,
		DEPMOD_PROGRAM, /* the path in depmod, or depmod(8) */
	} maker;		/* set by check_depmod() */
	int modules_only, verify, dry_run, verbose;
};

#define FIELD(name) offsetof(struct modcopy_options, name)

static const struct option_row depmod_rows[] = {
	{ "depmod", "WHO", 0, OPTION_STRING, FIELD(depmod),
	  "how to index DEST: " VALUES("builtin", "none",
				       "auto") ", or the path of a depmod(8)" },
	{ "modules-only", NULL, 0, OPTION_FLAG, FIELD(modules_only),
	  "write no modules.* file at all: another program makes them" },
	{ 0 },
};

static const struct option_row other_rows[] = {
	{ "verify", NULL, 0, OPTION_FLAG, FIELD(verify),
	  "decode every selected module, to detect corruption" },
	{ "dry-run", NULL, 'n', OPTION_FLAG, FIELD(dry_run),
	  "write nothing; show the files that would be copied" },
	{ "verbose", NULL, 'v', OPTION_FLAG, FIELD(verbose),
	  "show the copied files, and the reason for each" },
	{ 0 },
};

static const struct option_group options[] = {
	{ request_option_rows, FIELD(kernel) },
	{ kernel_option_rows, FIELD(kernel) },
	{ place_option_rows, FIELD(kernel) },
	{ resolve_option_rows, FIELD(kernel) },
	{ keep_going_option_rows, FIELD(kernel) },
	{ firmware_option_rows, FIELD(firmware) },
	{ conf_option_rows, FIELD(conf) },
	{ recompress_option_rows, FIELD(recompress) },
	{ depmod_rows, 0 },
	{ output_option_rows, FIELD(output) },
	/* clang-format off */
	IF_ENABLED(FEATURE_PROOF, { proof_option_rows, FIELD(proof) },)
	/* clang-format on */
	{ other_rows, 0 },
	{ common_option_rows, 0 },
	{ 0 },
};

/* Check early that DEST is a directory or does not exist.  Returns 0, or -1 (reported). */
static int check_dest(const char *path)
{
	struct stat st;

	if (!path) /* --cpio */
		return 0;
	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return 0;
		errno = ENOTDIR;
	} else if (errno == ENOENT && *path) {
		return 0;
	}
	error(STATUS_IO, "cannot write DEST %s: %m", path);
	return -1;
}

/* Open a kernel and resolve the requests against it.  Returns 0, or -1 (reported). */
static int resolve(const struct applet *self, const struct modcopy_options *o,
		   struct output *output, size_t i, const char *dest,
		   const struct request_list *wanted)
{
	struct kernel_job *job = &output->jobs[i];
	int flags = kernel_options_flags(&o->kernel) | CLOSURE_CHECK;

	if (o->maker != DEPMOD_NONE)
		flags |= CLOSURE_NAMES;
	if (o->proof.prove)
		flags |= CLOSURE_FACTS;
	if (kernel_options_open(&o->kernel, i, output->source, &job->tree) < 0)
		return -1;
	output_choose_place(output, i);
	if (dest && place_check(self, job, dest) < 0)
		return -1;
	if (closure_resolve(&job->plan, &job->tree, wanted,
			    flags | (o->verify ? CLOSURE_VERIFY : 0)) < 0)
		return -1;
	if (o->modules_only)
		string_list_free(&job->plan.builtin_files);
	return ENABLED(FEATURE_HARDWARE) ?
		       hardware_report(&job->plan, o->verbose || o->dry_run,
				       o->kernel.keep_going) :
		       0;
}

/*
 * Check --depmod, and set o->maker.  A depmod(8) cannot index an archive.
 * Returns 0, or -1 (reported).
 */
static int check_depmod(const struct applet *self, struct modcopy_options *o)
{
	static const char *const names[] = { "builtin", "auto", "none" };
	bool cpio = ENABLED(FEATURE_CPIO) && o->output.cpio;

	o->maker = ENABLED(INDEX_BUILTIN) ? DEPMOD_BUILTIN :
		   ENABLED(INDEX_AUTO)	  ? DEPMOD_AUTO :
					    DEPMOD_PROGRAM;
	if (o->depmod)
		for (o->maker = DEPMOD_BUILTIN; o->maker < DEPMOD_PROGRAM; o->maker++)
			if (strcmp(o->depmod, names[o->maker]) == 0)
				break;
	if (!ENABLED(FEATURE_INDEX_WRITER) && o->maker == DEPMOD_BUILTIN) {
		usage_error(self, "--depmod=builtin: built without "
				  "FEATURE_INDEX_WRITER");
		return -1;
	}
	if (o->modules_only) {
		if (o->depmod && o->maker != DEPMOD_NONE) {
			usage_error(self, "--modules-only excludes --depmod");
			return -1;
		}
		o->maker = DEPMOD_NONE;
		o->kernel.needs_builtin = false;
	}
	if (cpio && o->depmod && o->maker == DEPMOD_PROGRAM) {
		usage_error(self, "with --cpio, --depmod must be builtin or none");
		return -1;
	}
	if (cpio && o->maker != DEPMOD_NONE)
		o->maker = DEPMOD_BUILTIN;
	return 0;
}

/*
 * Choose the index writer.  If that is a depmod(8), *program is its path, which the
 * caller frees.  Returns 0, or -1 (reported).
 */
static int choose_writer(const struct modcopy_options *o, enum index_writer *writer,
			 char **program)
{
	const char *given = o->maker == DEPMOD_PROGRAM ? o->depmod : NULL;

	*writer = o->modules_only ? INDEX_NOTHING : INDEX_NONE;
	if (o->maker == DEPMOD_NONE)
		return 0;
	*writer = INDEX_OWN;
	if (ENABLED(FEATURE_INDEX_WRITER) &&
	    (o->maker == DEPMOD_BUILTIN ||
	     (o->maker == DEPMOD_AUTO && !(*program = depmod_look()))))
		return 0;
	*writer = ENABLED(FEATURE_EXTERNAL) && ENABLED(FEATURE_INDEX_WRITER) &&
				  o->maker == DEPMOD_AUTO ?
			  INDEX_EITHER :
			  INDEX_DEPMOD;
	if (!*program)
		*program = depmod_find(given && *given ? given : NULL);
	return *program ? 0 : -1;
}

static int cannot_open(const char *path)
{
	error(STATUS_IO, "cannot open DEST %s: %m", path);
	return -1;
}

/* Open DEST; if it does not exist, dest->fd stays -1.  Returns 0, or -1 (reported). */
static int open_dest(struct rootfs *dest, const char *path)
{
	return rootfs_open(dest, path) == 0 || errno == ENOENT ? 0 : cannot_open(path);
}

/* The context of merge_config(). */
struct task {
	const struct modcopy_options *o;
	struct output *output;
};

static bool wants_config(const struct modcopy_options *o)
{
	return ENABLED(FEATURE_CONFIG) && (o->conf.with_config || o->conf.load.n);
}

/*
 * Add modprobe.d and modules-load.d lines to the list, merged with those of dest (NULL:
 * none); merge replaces the result of an earlier call.  Returns 0, or -1 (reported).
 */
static int add_config(const struct task *task, const struct rootfs *dest, bool merge)
{
	struct output *output = task->output;
	struct conf_names names = { 0 };
	const struct conf_copying copying = { .list = &output->list,
					      .options = &task->o->conf,
					      .kernel = &task->o->kernel,
					      .names = &names,
					      .source = output->source,
					      .dest = dest,
					      .merge = merge };
	int result;

	if (!wants_config(task->o))
		return 0;
	for (size_t i = 0; i < output->n; i++)
		conf_names_add(&names, &output->jobs[i].plan);
	result = conf_copy(&copying);
	conf_names_free(&names);
	return result;
}

/*
 * Merge the configuration again, once DEST is locked: another run may have changed DEST's
 * files meanwhile.  The first merge is needed as well, because --dry-run, --max-size and
 * path conflicts depend on it before anything is written or DEST exists.
 */
static int merge_config(void *context, const struct rootfs *dest)
{
	return add_config(context, dest, true);
}

static void take_job(struct index_job *index_job, struct kernel_job *job)
{
	index_job->tree = &job->tree;
	index_job->dest_module_dir = job->dest_module_dir;
	index_job->dest_dir = job->dest_dir;
}

static int write_dest(struct task *task, const char *path, struct index_job *index_job)
{
	struct output *output = task->output;
	struct rootfs dest = { .fd = -1 };
	int result = 0;

	if (open_dest(&dest, path) < 0)
		return -1;
	for (size_t i = 0; i < output->n && result == 0; i++) {
		take_job(index_job, &output->jobs[i]);
		result = dest_check(dest.fd < 0 ? NULL : &dest, index_job);
		if (ENABLED(FEATURE_EXTERNAL) && result == 0)
			result = dest_check_externals(&output->list, i,
						      dest.fd < 0 ? NULL : &dest,
						      index_job);
	}
	if (result < 0) {
		rootfs_close(&dest);
		return -1;
	}
	if (dest.fd < 0 && (rootfs_make(path) < 0 || rootfs_open(&dest, path) < 0))
		return cannot_open(path);
	result = dest_write_shared(&output->list, output->source, &dest, merge_config,
				   task);
	for (size_t i = 0; i < output->n && result == 0; i++) {
		take_job(index_job, &output->jobs[i]);
		result = dest_write_kernel(&output->list, i, &dest, index_job);
		if (result == 0)
			result = output_add_made(output, i, &dest, index_job->writer);
	}
	rootfs_close(&dest);
	return result;
}

/* Add firmware and configuration to the list.  Returns 0, or -1 (reported). */
static int add_extras(struct output *output, const struct modcopy_options *o,
		      const char *path)
{
	const struct task task = { o, output };
	struct kernel_job *jobs = output->jobs;
	/* In an archive, output_place() moves firmware with everything else. */
	const char *beside = ENABLED(FEATURE_PLACE) && o->output.module_dir ?
				     jobs[0].dest_module_dir :
				     jobs[0].tree.module_dir;
	struct rootfs dest = { .fd = -1 };
	int result = 0;

	for (size_t i = 0; ENABLED(FEATURE_FIRMWARE) && i < output->n && result == 0; i++)
		if (firmware_is_wanted(&o->firmware))
			result = firmware_copy(&output->list, &o->firmware, &jobs[i].tree,
					       &jobs[i].plan, beside,
					       o->kernel.keep_going);
	if (result < 0 || !wants_config(o))
		return result;
	if (path && open_dest(&dest, path) < 0)
		return -1;
	result = add_config(&task, dest.fd < 0 ? NULL : &dest, false);
	rootfs_close(&dest);
	return result;
}

/* Prove that each kernel will load its modules.  Returns 0, or -1 (reported). */
static int prove(const struct modcopy_options *o, struct output *output)
{
	const struct packing stored = { .codec = o->recompress.codec };
	struct proof_options wanted = o->proof;
	int result = 0;

	if (recompress_wanted(&o->recompress))
		wanted.stored = &stored;
	wanted.archive = o->output.cpio != NULL;
	wanted.archive_codec = o->output.codec;

	for (size_t i = 0; i < output->n; i++) {
		struct kernel_job *job = &output->jobs[i];
		struct proof proof;

		if (proof_make(&proof, &wanted, &job->tree, &job->plan) < 0 ||
		    proof_report(&proof, &wanted, o->verbose) < 0)
			result = -1;
		proof_free(&proof);
	}
	return result;
}

/* Resolve the requests for all kernels and list the files.  Returns 0, or -1 (reported). */
static int prepare(const struct applet *self, const struct modcopy_options *o,
		   struct output *output, const char *dest,
		   const struct request_list *wanted)
{
	for (size_t i = 0; i < output->n; i++)
		if (resolve(self, o, output, i, dest, wanted) < 0)
			return -1;
	for (size_t i = 0; ENABLED(FEATURE_OVERLAY) && i < output->n; i++)
		if (overlay_check(&output->jobs[i].tree, i + 1 == output->n) < 0)
			return -1;
	if (ENABLED(FEATURE_PROOF) && o->proof.prove && prove(o, output) < 0)
		return -1;
	for (size_t i = 0; i < output->n; i++)
		filelist_add_plan(&output->list, &output->jobs[i].plan, i);
	if (add_extras(output, o, dest) < 0 ||
	    filelist_recompress(&output->list, &o->recompress, output->source,
				o->kernel.max_bytes) < 0)
		return -1;
	output_place(output);
	return 0;
}

/* Print the list of files, with the reason for each. */
static void show_files(const struct output *output)
{
	const struct filelist *list = &output->list;

	for (size_t i = 0; i < output->n; i++) {
		plan_show_answers(&output->jobs[i].plan);
		filelist_show(list, i);
		plan_show_sum(&output->jobs[i].plan, output->jobs[i].bytes);
	}
	filelist_show(list, NO_KERNEL);
}

/* Write the files to the directory dest or the archive.  Returns 0, or -1 (reported). */
static int carry_out(const struct modcopy_options *o, struct output *output,
		     const char *dest)
{
	struct index_job index_job = { .verbose = o->verbose };
	struct task task = { o, output };
	CLEANUP_FREE char *depmod = NULL;
	int result;

	if (choose_writer(o, &index_job.writer, &depmod) < 0)
		return -1;
	index_job.depmod = depmod;
	interrupt_catch();
	if (output_add_indexes(output, index_job.writer, o->verbose) < 0 ||
	    output_judge(output) < 0)
		return -1;
	if (ENABLED(FEATURE_CPIO) && o->output.cpio)
		result = output_archive(output);
	else
		result = write_dest(&task, dest, &index_job);
	return result < 0 ? -1 : output_manifest(output);
}

static void copy_modules(const struct applet *self, const struct modcopy_options *o,
			 struct output *output, const char *dest,
			 const struct request_list *wanted)
{
	bool writes = !o->dry_run && !(ENABLED(FEATURE_MANIFEST) && o->output.check);

	if (writes && output_open(output) < 0)
		return;
	if (prepare(self, o, output, dest, wanted) < 0)
		return;
	for (size_t i = 0; ENABLED(FEATURE_RECORD) && o->verbose && i < output->n; i++)
		record_report(&output->jobs[i].tree);
	if (o->verbose || o->dry_run)
		show_files(output);
	if (output_finish() < 0)
		return;
	if (writes)
		carry_out(o, output, dest);
	else
		output_judge(output);
	output_finish();
}

static void with_operands(const struct applet *self, const struct modcopy_options *o,
			  const char *source_path, const char *dest)
{
	size_t n = kernel_options_count(&o->kernel), i;
	CLEANUP_FREE struct kernel_job *jobs = xcalloc(n, sizeof(*jobs));
	struct request_list wanted = { 0 };
	struct source source;
	struct output output = {
		.options = &o->output,
		.source = &source.root,
		.jobs = jobs,
		.n = n,
		.usr = !o->kernel.module_dir && !o->output.module_dir,
	};

	interrupt_ignore_pipe();
	if (ENABLED(FEATURE_CONFIG))
		conf_options_requests(&o->conf, &wanted);
	if (kernel_options_requests(&o->kernel, &wanted) == 0 &&
	    kernel_options_require(&o->kernel, &wanted) == 0 && check_dest(dest) == 0) {
		if (kernel_options_source(&o->kernel, &o->firmware.dirs, source_path,
					  &source) == 0) {
			copy_modules(self, o, &output, dest, &wanted);
			output_free(&output);
			for (i = 0; i < n; i++) {
				plan_free(&jobs[i].plan);
				modtree_close(&jobs[i].tree);
			}
		}
		source_close(&source);
	}
	request_list_free(&wanted);
}

static int modcopy_main(const struct applet *self, int argc, char **argv)
{
	struct modcopy_options o = { .kernel.needs_builtin = true };
	int first = options_parse(self, argc, argv, &o);

	if (first >= 0 && output_options_check(self, &o.output, argc - first) == 0 &&
	    (!ENABLED(FEATURE_PROOF) || proof_options_check(self, &o.proof) == 0) &&
	    check_depmod(self, &o) == 0 && kernel_options_check(self, &o.kernel) == 0 &&
	    place_options_check(self, &o.kernel) == 0 &&
	    firmware_options_check(self, &o.firmware,
				   o.verbose ? FIRMWARE_WARN : FIRMWARE_COUNT) == 0 &&
	    conf_options_check(self, &o.conf, &o.kernel) == 0 &&
	    recompress_options_check(self, &o.recompress) == 0)
		with_operands(self, &o, argv[first], argv[first + 1]);
	conf_options_free(&o.conf);
	firmware_options_free(&o.firmware);
	proof_options_free(&o.proof);
	kernel_options_free(&o.kernel);
	return message_status();
}

const struct applet applet_rpi_modcopy = {
	.name = "rpi-modcopy",
	.args = "SOURCE [DEST]",
	.summary = "Copy kernel modules and their dependencies from one root to another.",
	.options = options,
	.main = modcopy_main,
};
