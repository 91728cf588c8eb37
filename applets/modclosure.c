// SPDX-License-Identifier: GPL-2.0-or-later
/* modclosure: show the dependencies of modules, and the reason for each. */
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
#include "plan/closure.h"
#include "plan/firmwareopts.h"
#include "plan/hardware.h"
#include "plan/kernelopts.h"
#include "plan/reverse.h"
#include "proof/proof.h"
#include "report/report.h"
#include "report/sizes.h"
#include "report/why.h"
#include "tree/modopen.h"
#include "tree/overlay.h"
#include "tree/record.h"

struct closure_options {
	struct kernel_options kernel;
	const char *format, *why, *color;
	struct firmware_options firmware;
	struct proof_options proof;
	int nul, all, reverse, direct, size, verbose;
};

#define FIELD(name) offsetof(struct closure_options, name)

static const struct option_row output_rows[] = {
	{ "format", "FORMAT", 'o', OPTION_STRING, FIELD(format),
	  /* clang-format off */
	  "output format: " VALUES("paths (default)", "names", "insmod", "tree", "dot",
				   "json", IF_ENABLED(FEATURE_REPORT_HTML, "html",)
				   "cpio-list") },
	/* clang-format on */
	{ "null", NULL, '0', OPTION_FLAG, FIELD(nul), "end lines with NUL" },
	{ "all", NULL, 0, OPTION_FLAG, FIELD(all), "with -o json, all of .modinfo too" },
	{ "why", "NAME", 0, OPTION_STRING, FIELD(why),
	  "show every shortest chain from a request to this module" },
	{ "reverse", NULL, 0, OPTION_FLAG, FIELD(reverse),
	  "show all modules that need the named ones" },
	{ "direct", NULL, 0, OPTION_FLAG, FIELD(direct),
	  "with --reverse, show only direct dependents" },
	{ "size", NULL, 0, OPTION_FLAG, FIELD(size),
	  "show the size of each request, and the saving if it is dropped" },
	{ 0 },
};

static const struct option_row other_rows[] = {
	{ "color", "WHEN", 0, OPTION_STRING, FIELD(color),
	  "color the tree: " VALUES("auto (default)", "always", "never") },
	{ "verbose", NULL, 'v', OPTION_FLAG, FIELD(verbose),
	  "show the modaliases that match no module; all that a proof refuses" },
	{ 0 },
};

static const struct option_group options[] = {
	{ output_rows, 0 },
	{ firmware_option_rows, FIELD(firmware) },
	{ request_option_rows, FIELD(kernel) },
	{ kernel_option_rows, FIELD(kernel) },
	{ resolve_option_rows, FIELD(kernel) },
	{ keep_going_option_rows, FIELD(kernel) },
	{ proof_option_rows, FIELD(proof) },
	{ other_rows, 0 },
	{ common_option_rows, 0 },
	{ 0 },
};

static const struct format {
	const char *name;
	void (*write)(const struct report *report);
	int flags; /* for closure_resolve() */
} formats[] = {
	{ "paths", report_paths, 0 },
	{ "names", report_names, 0 },
	/* modprobe ignores weakdeps and honours blacklists */
	{ "insmod", report_insmod, CLOSURE_NO_WEAKDEP | CLOSURE_BLACKLIST },
	{ "tree", report_tree, CLOSURE_DIRECT },
	{ "dot", report_dot, CLOSURE_DIRECT },
	{ "json", report_json, CLOSURE_DIRECT },
	IF_ENABLED(FEATURE_REPORT_HTML, { "html", report_html, CLOSURE_DIRECT }, ){
		"cpio-list", report_cpio_list, 0 },
};

enum { N_FORMATS = sizeof(formats) / sizeof(formats[0]) };

static bool is_html(const struct format *format)
{
	return ENABLED(FEATURE_REPORT_HTML) && format->write == report_html;
}

/* The options, checked. */
struct task {
	const struct closure_options *o;
	const struct format *format;
	bool color;
	bool everything; /* --all without a request: all modules */
};

static int find_format(const struct applet *self, const char *name, struct task *task)
{
	for (size_t i = 0; i < N_FORMATS; i++)
		if (strcmp(name ? name : "paths", formats[i].name) == 0)
			task->format = &formats[i];
	if (task->format)
		return 0;
	usage_error(self, "unknown format '%s'", name);
	return -1;
}

static int choose_color(const struct applet *self, const char *when, struct task *task)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	if (!when || strcmp(when, "auto") == 0)
		task->color = isatty(STDOUT_FILENO) && !(none && *none) && term &&
			      strcmp(term, "dumb") != 0;
	else if (strcmp(when, "always") == 0)
		task->color = true;
	else if (strcmp(when, "never") != 0) {
		usage_error(self, "invalid --color '%s'; use auto, always or never",
			    when);
		return -1;
	}
	return 0;
}

static int check_options(const struct applet *self, struct closure_options *o,
			 struct task *task)
{
	if (firmware_options_check(self, &o->firmware, FIRMWARE_IGNORE) < 0 ||
	    find_format(self, o->format, task) < 0 ||
	    choose_color(self, o->color, task) < 0)
		return -1;
	if (ENABLED(FEATURE_PROOF) && proof_options_check(self, &o->proof) < 0)
		return -1;
	if (o->proof.prove && (o->why || o->reverse || o->size)) {
		usage_error(self, "--prove does not go with --why, --reverse or --size");
		return -1;
	}
	if (!!o->why + o->reverse + o->size > 1) {
		usage_error(self, "--why, --reverse and --size exclude each other");
		return -1;
	}
	if (o->why && !*o->why) {
		usage_error(self, "--why needs a name");
		return -1;
	}
	if ((o->why || o->size) && (o->format || firmware_is_wanted(&o->firmware))) {
		usage_error(self, "--%s does not go with --format or --firmware",
			    o->why ? "why" : "size");
		return -1;
	}
	if (o->reverse && task->format->write != report_paths &&
	    task->format->write != report_names) {
		usage_error(self, "--reverse needs the format paths or names");
		return -1;
	}
	if (o->all && task->format->write != report_json) {
		usage_error(self, "--all needs --format=json");
		return -1;
	}
	if (is_html(task->format) && kernel_options_count(&o->kernel) > 1) {
		usage_error(self, "--format=html shows one kernel, not several");
		return -1;
	}
	if (o->direct && !o->reverse) {
		usage_error(self, "--direct needs --reverse");
		return -1;
	}
	return 0;
}

static int read_requests(struct task *task, char **operands, struct request_list *wanted)
{
	const struct closure_options *o = task->o;

	for (; *operands; operands++)
		request_add(wanted, *operands, "operand");
	if (kernel_options_requests(&o->kernel, wanted) < 0)
		return -1;
	task->everything = ENABLED(FEATURE_LIST_SYNTAX) && o->all && !o->kernel.lists.n &&
			   !o->kernel.hardware.n && !request_list_selects(wanted);
	if (task->everything)
		request_add(wanted, "*", "--all");
	return kernel_options_require(&o->kernel, wanted);
}

static int closure_flags(const struct task *task)
{
	const struct closure_options *o = task->o;
	int flags = kernel_options_flags(&o->kernel);

	if (o->proof.prove)
		flags |= CLOSURE_FACTS;
	if (o->why || o->size)
		return flags | CLOSURE_DIRECT;
	return flags | task->format->flags;
}

/* List unmatched modaliases as notices, not errors: most machines have some. */
static void list_unmatched(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_requests; i++)
		if (plan->names[i].literal && plan->names[i].answer == ANSWER_NONE)
			notice("%s: no module for %s", plan->names[i].by,
			       plan->names[i].name);
}

/* Report blacklisted requests as a notice: modprobe skips them silently and succeeds. */
static void report_blacklisted(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_requests; i++)
		if (plan->names[i].blacklisted)
			notice("%s: all modules are blacklisted: %s", plan->names[i].name,
			       plan->names[i].blacklisted);
}

/* Report an empty plan: all requests were optional, and missing or excluded. */
static int require_match(const struct plan *plan)
{
	bool excluded = false;

	if (!plan->n_requests) /* --reverse, which reports an empty result itself */
		return 0;
	for (size_t i = 0; i < plan->n_requests; i++) {
		if (plan->names[i].n_modules || plan->names[i].answer == ANSWER_BUILTIN ||
		    plan->names[i].answer == ANSWER_COMMAND || plan->names[i].blacklisted)
			return 0;
		excluded |= plan->names[i].answer == ANSWER_MODULES;
	}
	if (!message_status())
		error(STATUS_MISSING, "%s",
		      excluded ? "all requested modules are excluded" :
				 "no requested module exists");
	return -1;
}

static void put_firmware(const struct report *report)
{
	const struct firmware_list *list = report->firmware;

	for (size_t i = 0; i < list->n; i++) {
		const struct firmware *firmware = &list->items[i];
		CLEANUP_FREE char *name = clean_text(firmware->name, false);
		CLEANUP_FREE char *path = clean_text(firmware->path ? firmware->path :
						     is_path_below(firmware->name) ?
								      "missing" :
								      "refused",
						     false);

		printf("%s: %s (%s%s)%c", name, path, firmware_origin(firmware),
		       firmware->builtin ? ", built in" : "", report->nul ? '\0' : '\n');
	}
}

static int write_report(const struct task *task, struct modtree *tree,
			const struct plan *plan, const struct proof *proof,
			const struct string_list *before)
{
	const struct closure_options *o = task->o;
	struct report report = {
		.plan = plan,
		.tree = tree,
		.proof = proof,
		.before = before,
		.nul = o->nul,
		.color = task->color,
		.all = o->all,
		.all_builtins = task->everything,
	};
	bool whole = task->format->write == report_json || is_html(task->format);
	struct firmware_list firmware = { 0 };
	int result = 0;

	if (ENABLED(FEATURE_FIRMWARE) && firmware_is_wanted(&o->firmware)) {
		result = firmware_read(&firmware, tree, plan, &o->firmware);
		if (result == 0)
			result = firmware_require(&firmware, &o->firmware, tree,
						  o->kernel.keep_going);
		report.firmware = &firmware;
	}
	if (result == 0 && o->why)
		result = report_why(&report, o->why);
	else if (result == 0 && o->size)
		report_sizes(&report);
	else if (result == 0 && report.firmware && !whole)
		put_firmware(&report);
	else if (result == 0)
		task->format->write(&report);
	firmware_free(&firmware);
	return result;
}

/* Print the plan, and on standard error the proof.  Returns 0, or -1 (reported). */
static int write_plan(const struct task *task, struct modtree *tree,
		      const struct plan *plan, const struct string_list *before)
{
	const struct proof_options *wanted = &task->o->proof;
	struct proof proof = { 0 };
	int result;

	if (!ENABLED(FEATURE_PROOF) || !wanted->prove)
		return write_report(task, tree, plan, NULL, before);
	result = proof_make(&proof, wanted, tree, plan);
	if (result == 0)
		result = write_report(task, tree, plan, &proof, before);
	if (result == 0)
		proof_report(&proof, wanted, task->o->verbose);
	proof_free(&proof);
	return result;
}

/* Resolve the requests against one kernel and print.  Returns 0, or -1 (reported). */
static int run_kernel(const struct task *task, struct modtree *tree,
		      const struct string_list *before, const struct request_list *wanted,
		      bool last)
{
	int flags = closure_flags(task);
	struct plan plan = { 0 };
	int result;

	if (task->o->all)
		tree->record_sought = true; /* a record has only some of the fields */
	if (task->o->reverse)
		result = reverse_resolve(&plan, tree, wanted, flags, task->o->direct);
	else
		result = closure_resolve(&plan, tree, wanted, flags);
	if (overlay_check(tree, last) < 0)
		result = -1;
	if (result == 0) {
		if (task->o->verbose)
			list_unmatched(&plan);
		report_blacklisted(&plan);
		result = hardware_report(&plan, task->o->verbose,
					 task->o->kernel.keep_going);
	}
	if (result == 0)
		result = require_match(&plan);
	if (result == 0)
		result = write_plan(task, tree, &plan, before);
	if (ENABLED(FEATURE_RECORD) && task->o->verbose)
		record_report(tree);
	plan_free(&plan);
	return result;
}

/* A list for gen_init_cpio names files, which last longer than this run. */
static int check_format(const struct task *task, const struct rootfs *source)
{
	if (!source->unpacked || task->format->write != report_cpio_list)
		return 0;
	error(STATUS_USAGE,
	      "--format=cpio-list needs a directory as SOURCE: %s is an archive, whose files "
	      "are unpacked only meanwhile; unpack it, or use rpi-modcopy --cpio",
	      source->path);
	return -1;
}

static void report_kernels(const struct task *task, const char *source_path,
			   const struct request_list *wanted)
{
	const struct kernel_options *kernel = &task->o->kernel;
	size_t n = kernel_options_count(kernel), i;
	struct string_list done = { 0 };
	struct arena names = { 0 };
	struct source source;
	int result = kernel_options_source(kernel, &task->o->firmware.dirs, source_path,
					   &source);

	if (ENABLED(FEATURE_ARCHIVE_SOURCE) && result == 0)
		result = check_format(task, &source.root);
	for (i = 0; i < n && result == 0; i++) {
		struct modtree tree;

		result = kernel_options_open(kernel, i, &source.root, &tree);
		if (result == 0)
			result = run_kernel(task, &tree, &done, wanted, i + 1 == n);
		if (result == 0)
			string_list_add(&done, arena_strdup(&names, tree.dir));
		modtree_close(&tree);
	}
	string_list_free(&done);
	arena_free(&names);
	source_close(&source);
	output_finish();
}

static int modclosure_main(const struct applet *self, int argc, char **argv)
{
	struct closure_options o = { 0 };
	struct task task = { .o = &o };
	struct request_list wanted = { 0 };
	int first = options_parse(self, argc, argv, &o);

	if (first >= 0 && argc - first < 1)
		usage_error(self, "SOURCE is needed");
	else if (first >= 0 && kernel_options_check(self, &o.kernel) == 0 &&
		 check_options(self, &o, &task) == 0) {
		interrupt_ignore_pipe();
		if (read_requests(&task, argv + first + 1, &wanted) == 0)
			report_kernels(&task, argv[first], &wanted);
	}
	request_list_free(&wanted);
	firmware_options_free(&o.firmware);
	proof_options_free(&o.proof);
	kernel_options_free(&o.kernel);
	return message_status();
}

const struct applet applet_modclosure = {
	.name = "modclosure",
	.args = "SOURCE [NAME]...",
	.summary = "Show the dependencies of kernel modules, and the reason for each.",
	.options = options,
	.main = modclosure_main,
};
