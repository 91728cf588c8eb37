// SPDX-License-Identifier: GPL-2.0-or-later
/* modlist-lint: find mistakes in lists of modules before they are used. */
#include <string.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "cli/applet.h"
#include "lint/lint.h"
#include "lint/lintfix.h"
#include "lint/lintreport.h"
#include "lint/lintrun.h"
#include "plan/kernelopts.h"

enum { MAX_ROUNDS = 100 }; /* of --fix; a handful is enough in practice */

struct lint_options {
	struct kernel_options kernel;
	struct proof_options proof;
	const char *format, *explain, *fail_on;
	struct string_list ignore;
	int all_kernels, fix, diff, rules;
};

#define FIELD(name) offsetof(struct lint_options, name)

static const struct option_row rows[] = {
	{ "format", "FORMAT", 'o', OPTION_STRING, FIELD(format),
	  "output format: " VALUES("text (default)", "json", "sarif") },
	{ "fail-on", "SEVERITY", 0, OPTION_STRING, FIELD(fail_on),
	  "lowest severity for exit status 1: " VALUES("error (default)", "warning",
						       "info") },
	{ "ignore", "RULE", 0, OPTION_LIST, FIELD(ignore),
	  "hide the findings of this rule; repeatable" },
	{ "fix", NULL, 0, OPTION_FLAG, FIELD(fix),
	  "rewrite the lists where there is one right fix; report the rest" },
	{ "diff", NULL, 0, OPTION_FLAG, FIELD(diff),
	  "show only the changes that --fix would make, as a patch" },
	{ "rules", NULL, 0, OPTION_FLAG, FIELD(rules), "list the rules" },
	{ "explain", "RULE", 0, OPTION_STRING, FIELD(explain),
	  "explain why a rule matters, and what to do" },
	{ "all-kernels", NULL, 0, OPTION_FLAG, FIELD(all_kernels),
	  "check the lists for all kernels of SOURCE" },
	{ 0 },
};

static const struct option_group options[] = {
	{ rows, 0 },
	{ kernel_option_rows, FIELD(kernel) },
	{ resolve_option_rows, FIELD(kernel) },
	{ proof_option_rows, FIELD(proof) },
	{ common_option_rows, 0 },
	{ 0 },
};

static void report_text(const struct lint *lint)
{
	lint_report_text(lint, isatty(STDOUT_FILENO));
}

static const struct format {
	const char *name;
	void (*write)(const struct lint *lint);
} formats[] = {
	{ "text", report_text },
	{ "json", lint_report_json },
	{ "sarif", lint_report_sarif },
};

enum { N_FORMATS = sizeof(formats) / sizeof(formats[0]) };

/* The options, checked. */
struct task {
	const struct applet *self;
	struct lint_options *o;
	const struct format *format;
	int fail_on;
	uint64_t ignored;
};

/* Return the rule with this id, or LINT_RULES (reported). */
static enum lint_rule_number find_rule(const struct applet *self, const char *id)
{
	enum lint_rule_number rule = lint_rule_find(id, strlen(id));

	if (rule == LINT_RULES)
		usage_error(self, "unknown rule '%s'; --rules lists them all", id);
	return rule;
}

static int check_choices(struct task *task)
{
	const char *format = task->o->format ? task->o->format : "text";
	const char *fail_on = task->o->fail_on ? task->o->fail_on : "error";
	size_t i;

	for (i = 0; i < N_FORMATS && strcmp(format, formats[i].name) != 0;)
		i++;
	if (i == N_FORMATS) {
		usage_error(task->self, "unknown format '%s'", format);
		return -1;
	}
	task->format = &formats[i];
	for (i = 0; i < LINT_SEVERITIES && strcmp(fail_on, lint_severities[i]) != 0;)
		i++;
	if (i == LINT_SEVERITIES) {
		usage_error(task->self,
			    "invalid --fail-on '%s'; use error, warning or info",
			    fail_on);
		return -1;
	}
	task->fail_on = (int)i;
	return 0;
}

static int check_options(struct task *task)
{
	struct lint_options *o = task->o;

	if (kernel_options_check(task->self, &o->kernel) < 0 || check_choices(task) < 0)
		return -1;
	if (o->all_kernels && o->kernel.versions.n) {
		usage_error(task->self, "--all-kernels and --kernel-version exclude each "
					"other");
		return -1;
	}
	if (ENABLED(FEATURE_PROOF) && proof_options_check(task->self, &o->proof) < 0)
		return -1;
	if (o->diff && o->format) {
		usage_error(task->self, "--diff and --format exclude each other");
		return -1;
	}
	for (size_t i = 0; i < o->ignore.n; i++) {
		enum lint_rule_number rule = find_rule(task->self, o->ignore.items[i]);

		if (rule == LINT_RULES)
			return -1;
		task->ignored |= UINT64_C(1) << rule;
	}
	return 0;
}

/*
 * Refuse a list given twice, which --fix would write twice, and --fix on standard input,
 * which it cannot write.
 */
static int check_lists(const struct task *task, char *const *lists, size_t n)
{
	size_t i, j;

	for (i = 0; i < n; i++) {
		for (j = 0; j < i && strcmp(lists[i], lists[j]) != 0;)
			j++;
		if (j < i) {
			usage_error(task->self, "%s is given twice",
				    list_shown(lists[i]));
			return -1;
		}
		if (strcmp(lists[i], "-") == 0 && task->o->fix && !task->o->diff) {
			usage_error(task->self,
				    "--fix cannot write standard input; use --diff");
			return -1;
		}
	}
	return 0;
}

static void latch_status(const struct task *task, const struct lint *lint)
{
	const struct lint_finding *finding;
	size_t i, j;

	for (i = 0; i < lint->n_files; i++)
		for (j = 0; j < lint->files[i].n; j++)
			for (finding = lint->files[i].lines[j].findings; finding;
			     finding = finding->next)
				if ((int)finding->severity >= task->fail_on)
					message_latch(STATUS_MISSING);
}

/* Check the lists; with --fix, repeat until nothing changes.  0, or -1 (reported). */
static int check_and_fix(const struct task *task, struct lint *lint)
{
	bool fixes = task->o->fix || task->o->diff;
	int rounds = 0;

	do {
		if (lint_run(lint) < 0)
			return -1;
	} while (fixes && ++rounds < MAX_ROUNDS && lint_fix(lint));
	return 0;
}

static void lint_lists(const struct task *task, const char *source, char *const *lists,
		       size_t n)
{
	struct lint lint = { .ignored = task->ignored, .source.root.fd = -1 };

	if (task->o->proof.prove)
		lint.proof = &task->o->proof;
	if (lint_open(&lint, source, &task->o->kernel, task->o->all_kernels) == 0 &&
	    lint_read(&lint, lists, n) == 0 && check_and_fix(task, &lint) == 0) {
		if (task->o->fix)
			interrupt_catch();
		if (task->o->diff)
			lint_show_diff(&lint);
		else if (!task->o->fix || lint_write(&lint) == 0)
			task->format->write(&lint);
		latch_status(task, &lint);
	}
	lint_close(&lint);
}

static void start(struct task *task, char **operands, int n)
{
	enum lint_rule_number rule = LINT_RULES;

	if (task->o->explain)
		rule = find_rule(task->self, task->o->explain);
	if (task->o->rules)
		lint_list_rules();
	else if (rule < LINT_RULES)
		lint_explain(rule);
	else if (!task->o->explain && n < 2)
		usage_error(task->self, "SOURCE and a LIST are needed");
	else if (!task->o->explain && check_options(task) == 0 &&
		 check_lists(task, operands + 1, (size_t)n - 1) == 0)
		lint_lists(task, operands[0], operands + 1, (size_t)n - 1);
	output_finish();
}

static int modlist_lint_main(const struct applet *self, int argc, char **argv)
{
	struct lint_options o = { 0 };
	struct task task = { .self = self, .o = &o };
	int first = options_parse(self, argc, argv, &o);

	if (first >= 0) {
		interrupt_ignore_pipe();
		start(&task, argv + first, argc - first);
	}
	string_list_free(&o.ignore);
	proof_options_free(&o.proof);
	kernel_options_free(&o.kernel);
	return message_status();
}

const struct applet applet_modlist_lint = {
	.name = "modlist-lint",
	.args = "SOURCE LIST...",
	.summary = "Find mistakes in lists of kernel modules.",
	.options = options,
	.main = modlist_lint_main,
};
