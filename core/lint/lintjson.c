// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Findings for programs: modlist-lint's own JSON (docs/modlist-lint.schema.json), and
 * SARIF 2.1.0, which code review tools read.
 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/sarif.h"
#include "lint/lintreport.h"

/* Call add() for each finding. */
static void for_each(const struct lint *lint, cJSON *array,
		     void (*add)(cJSON *array, const struct lint_line *line,
				 const struct lint_finding *finding))
{
	const struct lint_finding *finding;
	size_t i, j;

	for (i = 0; i < lint->n_files; i++)
		for (j = 0; j < lint->files[i].n; j++)
			for (finding = lint->files[i].lines[j].findings; finding;
			     finding = finding->next)
				add(array, &lint->files[i].lines[j], finding);
}

static void add_message(cJSON *object, const char *key,
			const struct lint_finding *finding)
{
	CLEANUP_FREE char *message = lint_message(finding);

	json_add_text(object, key, message);
}

static void add_parts(cJSON *object, const struct lint_finding *finding)
{
	cJSON *parts = json_add_array(object, "parts");
	const struct lint_part *part;
	const struct lint_kernel *kernel;

	for (part = finding->parts; part; part = part->next) {
		cJSON *item = json_add_object(parts), *kernels;

		json_add_text(item, "text", part->text);
		kernels = json_add_array(item, "kernels");
		for (kernel = part->kernels; kernel; kernel = kernel->next)
			json_add_item(kernels, kernel->version);
	}
}

/* Add what a proof says of each module, if the finding is a proof's. */
static void add_modules(cJSON *object, const struct lint_finding *finding)
{
	const struct lint_module *module = finding->modules;
	cJSON *modules = module ? json_add_array(object, "modules") : NULL;

	for (; module; module = module->next) {
		cJSON *item = json_add_object(modules);

		json_add_text(item, "path", module->path);
		json_add_text(item, "kernel", module->kernel);
		json_add_text(item, "verdict", module->verdict);
		json_add_text(item, "rule", module->rule);
		json_add_text(item, "errno", module->errno_name);
	}
}

static void add_finding(cJSON *array, const struct lint_line *line,
			const struct lint_finding *finding)
{
	const struct lint_rule *rule = &lint_rules[finding->rule];
	cJSON *item = json_add_object(array);

	json_add_text(item, "file", line->file->name);
	json_add_number(item, "line", line->number);
	json_add_number(item, "column", lint_column(line, finding->at));
	json_add_text(item, "severity", lint_severities[finding->severity]);
	json_add_text(item, "rule", rule->id);
	add_message(item, "message", finding);
	json_add_text(item, "subject", finding->subject);
	add_parts(item, finding);
	add_modules(item, finding);
	json_add_text(item, "hint", finding->hint);
}

void lint_report_json(const struct lint *lint)
{
	cJSON *object, *kernels;

	json_begin();
	object = cJSON_CreateObject();
	json_add_number(object, "schema", 1);
	kernels = json_add_array(object, "kernels");
	for (size_t i = 0; i < lint->n_kernels; i++)
		json_add_item(kernels, lint->kernels[i].version);
	for_each(lint, json_add_array(object, "findings"), add_finding);
	json_write(object);
}

/* -- SARIF ------------------------------------------------------------------------- */

static const char *level(enum lint_severity severity)
{
	return severity == LINT_INFO ? "note" : lint_severities[severity];
}

static void add_result(cJSON *array, const struct lint_line *line,
		       const struct lint_finding *finding)
{
	CLEANUP_FREE char *message = lint_message(finding);
	cJSON *item;

	item = sarif_result(array, lint_rules[finding->rule].id, finding->rule,
			    level(finding->severity), message, line->file->name,
			    line->number, lint_column(line, finding->at));
	if (finding->modules)
		add_modules(json_add_child(item, "properties"), finding);
}

void lint_report_sarif(const struct lint *lint)
{
	cJSON *log, *rules, *results;

	json_begin();
	log = sarif_begin("modlist-lint", &rules, &results);
	for (size_t i = 0; i < LINT_RULES; i++)
		sarif_rule(rules, lint_rules[i].id, lint_rules[i].title,
			   lint_rules[i].advice, level(lint_rules[i].severity));
	for_each(lint, results, add_result);
	json_write(log);
}
