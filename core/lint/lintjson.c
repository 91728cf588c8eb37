// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Findings for programs: modlist-lint's own JSON (docs/modlist-lint.schema.json), and
 * SARIF 2.1.0, which code review tools read.
 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "lint/lintreport.h"

static void add_number(cJSON *object, const char *key, unsigned number)
{
	json_add(object, key, cJSON_CreateNumber(number));
}

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
			cJSON_AddItemToArray(kernels, json_text(kernel->version));
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
	add_number(item, "line", line->number);
	add_number(item, "column", lint_column(line, finding->at));
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
	add_number(object, "schema", 1);
	kernels = json_add_array(object, "kernels");
	for (size_t i = 0; i < lint->n_kernels; i++)
		cJSON_AddItemToArray(kernels, json_text(lint->kernels[i].version));
	for_each(lint, json_add_array(object, "findings"), add_finding);
	json_write(object);
}

/* -- SARIF ------------------------------------------------------------------------- */

static cJSON *add_child(cJSON *object, const char *key)
{
	cJSON *child = cJSON_CreateObject();

	json_add(object, key, child);
	return child;
}

static const char *level(enum lint_severity severity)
{
	return severity == LINT_INFO ? "note" : lint_severities[severity];
}

/* Return a path as a URI: relative, or file:// if absolute.  The caller frees it. */
static char *make_uri(const char *path)
{
	static const char plain[] = "-._~/0123456789abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char *uri = xmalloc(3 * strlen(path) + sizeof("file://")), *to = uri;

	if (*path == '/')
		to += sprintf(to, "file://");
	for (; *path; path++) {
		if (strchr(plain, *path))
			*to++ = *path;
		else
			to += sprintf(to, "%%%02X", (unsigned char)*path);
	}
	*to = '\0';
	return uri;
}

static void add_result(cJSON *array, const struct lint_line *line,
		       const struct lint_finding *finding)
{
	const struct lint_rule *rule = &lint_rules[finding->rule];
	cJSON *item = json_add_object(array), *place, *region;
	CLEANUP_FREE char *uri = make_uri(line->file->name);

	json_add_text(item, "ruleId", rule->id);
	add_number(item, "ruleIndex", finding->rule);
	json_add_text(item, "level", level(finding->severity));
	add_message(add_child(item, "message"), "text", finding);
	place = add_child(json_add_object(json_add_array(item, "locations")),
			  "physicalLocation");
	json_add_text(add_child(place, "artifactLocation"), "uri", uri);
	region = add_child(place, "region");
	add_number(region, "startLine", line->number);
	add_number(region, "startColumn", lint_column(line, finding->at));
	if (finding->modules)
		add_modules(add_child(item, "properties"), finding);
}

static void add_driver(cJSON *run)
{
	cJSON *driver = add_child(add_child(run, "tool"), "driver"), *rules;

	json_add_text(driver, "name", "modlist-lint");
	json_add_text(driver, "version", MODBOX_VERSION);
	rules = json_add_array(driver, "rules");
	for (size_t i = 0; i < LINT_RULES; i++) {
		cJSON *rule = json_add_object(rules);

		json_add_text(rule, "id", lint_rules[i].id);
		json_add_text(add_child(rule, "shortDescription"), "text",
			      lint_rules[i].title);
		json_add_text(add_child(rule, "help"), "text", lint_rules[i].advice);
		json_add_text(add_child(rule, "defaultConfiguration"), "level",
			      level(lint_rules[i].severity));
	}
}

void lint_report_sarif(const struct lint *lint)
{
	cJSON *object, *run;

	json_begin();
	object = cJSON_CreateObject();
	json_add_text(object, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	json_add_text(object, "version", "2.1.0");
	run = json_add_object(json_add_array(object, "runs"));
	add_driver(run);
	json_add_text(run, "columnKind", "unicodeCodePoints");
	for_each(lint, json_add_array(run, "results"), add_result);
	json_write(object);
}
