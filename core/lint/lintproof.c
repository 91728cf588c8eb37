// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Modules that the kernel will not load (proof/proof.h), charged to the line that pulls
 * them in. A line has one finding: the first module that is refused, or unproved, and how
 * many others there are.
 */
#include <stdint.h>
#include <string.h>

#include "lint/lintchecks.h"
#include "proof/proof.h"

/* What the proof says of the modules that one line pulls in. */
struct charge {
	const struct finding *worst; /* the first of the worst verdict */
	size_t modules;		     /* with that verdict */
	size_t last;		     /* of them */
	struct lint_module *list, **end;
};

static void add_charge(struct lint_kernel_result *kernel, struct charge *charge,
		       const struct finding *finding)
{
	struct arena *arena = &kernel->lint->arena;
	const struct plan_module *module = &kernel->plan.modules[finding->module];
	struct lint_module *item = arena_alloc(arena, sizeof(*item));

	*item = (struct lint_module){ .path = arena_strdup(arena, module->path),
				      .kernel = kernel->tree->version,
				      .verdict = proof_verdict_name(finding->verdict),
				      .rule = proof_rule_name(finding->rule),
				      .errno_name = finding->errno_name };
	if (!charge->end)
		charge->end = &charge->list;
	*charge->end = item;
	charge->end = &item->next;
	if (!charge->worst || charge->worst->verdict < finding->verdict) {
		charge->worst = finding;
		charge->modules = 0;
		charge->last = SIZE_MAX;
	}
	if (charge->worst->verdict == finding->verdict &&
	    charge->last != finding->module) {
		charge->last = finding->module;
		charge->modules++;
	}
}

/* What is only unproved is a warning, if what is known is enough. */
static void set_severity(const struct lint *lint, struct lint_finding *found,
			 enum proof_verdict verdict)
{
	bool warns = verdict == UNPROVED && strcmp(lint->proof->prove, "known") == 0;
	bool first = !found->parts->next && !found->parts->kernels->next;

	if (first && warns)
		found->severity = LINT_WARNING;
	else if (!warns)
		found->severity = LINT_ERROR;
}

static void report_charge(struct lint_kernel_result *kernel, struct lint_line *line,
			  const struct charge *charge)
{
	struct lint *lint = kernel->lint;
	const struct finding *worst = charge->worst;
	CLEANUP_FREE char *text = proof_text(worst);
	CLEANUP_FREE char *more =
		charge->modules > 1 ? xasprintf(" and %zu more", charge->modules - 1) :
				      xstrdup("");
	struct lint_finding *found;
	struct lint_module **end;

	found = lint_add(lint, line, line->at, LINT_WILL_NOT_LOAD, line->name,
			 kernel->tree, "%s%s %s: %s, in",
			 kernel->plan.modules[worst->module].path, more,
			 proof_verdict_name(worst->verdict), text);
	if (!found)
		return;
	set_severity(lint, found, worst->verdict);
	for (end = &found->modules; *end;)
		end = &(*end)->next;
	*end = charge->list;
}

/* The kernel as a whole: on the first line of the first list. */
static void report_kernel(struct lint_kernel_result *kernel, const struct proof *proof)
{
	struct lint *lint = kernel->lint;
	struct lint_line *line = &lint->files[0].lines[0];

	if (proof->other)
		lint_add(lint, line, 0, LINT_WILL_NOT_LOAD, NULL, kernel->tree,
			 "%s is of the kernel %s, not of", proof->image, proof->other);
	for (size_t i = 0; i < proof->n_unknowns; i++) {
		struct lint_finding *found =
			lint_add(lint, line, 0, LINT_WILL_NOT_LOAD, NULL, kernel->tree,
				 "unproved: %s, in", proof->unknowns[i]);

		if (found)
			set_severity(lint, found, UNPROVED);
	}
}

int lint_check_proof(struct lint_kernel_result *kernel)
{
	struct lint *lint = kernel->lint;
	CLEANUP_FREE struct charge *charges = xcalloc(lint->wanted.n, sizeof(*charges));
	struct proof proof;
	int result = proof_make(&proof, lint->proof, kernel->tree, &kernel->plan);

	for (size_t i = 0; i < proof.n_findings; i++) {
		const struct finding *finding = &proof.findings[i];
		const struct lint_asked *by = kernel->pulled_by[finding->module];

		if (by && finding->verdict != PROVED)
			add_charge(kernel, &charges[by - lint->asked], finding);
	}
	if (result == 0)
		report_kernel(kernel, &proof);
	for (size_t i = 0; i < lint->wanted.n; i++)
		if (charges[i].worst)
			report_charge(kernel, lint->asked[i].line, &charges[i]);
	proof_free(&proof);
	return result;
}
