// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A page's data for its script: JSON inside a script element, which only "</script" or
 * "<!--" could end, so "<" is escaped.  Modules are arrays, written one by one; the form
 * is said where it is read, in core/report/html/data.js.
 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "html.h"
#include "plan/bfs.h"
#include "report/report.h"

/* Write an array between two texts, and free it. */
static void put_array(const char *begin, cJSON *array, const char *end)
{
	char *text = cJSON_PrintUnformatted(array);

	fputs(begin, stdout);
	for (const char *p = text; *p; p++)
		if (*p == '<')
			fputs("\\u003c", stdout);
		else
			putchar(*p);
	fputs(end, stdout);
	cJSON_free(text);
	cJSON_Delete(array);
}

/* Add the same text as in the tables; NULL becomes null. */
static void add_text(cJSON *array, const char *text)
{
	CLEANUP_FREE char *clean = text ? clean_text(text, false) : NULL;

	cJSON_AddItemToArray(array,
			     clean ? cJSON_CreateString(clean) : cJSON_CreateNull());
}

/* An index that is SIZE_MAX becomes -1. */
static void add_index(cJSON *array, size_t index)
{
	cJSON_AddItemToArray(array,
			     cJSON_CreateNumber(index == SIZE_MAX ? -1 : (double)index));
}

static void add_number(cJSON *array, uint64_t number)
{
	cJSON_AddItemToArray(array, cJSON_CreateNumber((double)number));
}

static cJSON *add_array(cJSON *array)
{
	cJSON *item = cJSON_CreateArray();

	cJSON_AddItemToArray(array, item);
	return item;
}

static void add_cost(cJSON *array, const struct cost *cost)
{
	add_number(array, cost->modules);
	add_number(array, cost->bytes);
	add_number(array, cost->memory);
}

static void put_kinds(void)
{
	cJSON *kinds = cJSON_CreateArray();

	for (unsigned i = EDGE_REQUEST; i < EDGE_KINDS; i++)
		add_text(kinds, edge_kind(i));
	put_array("\"kinds\":", kinds, ",\n");
}

static void put_requests(const struct html *html)
{
	const struct plan *plan = html->report->plan;

	fputs("\"requests\":[", stdout);
	for (size_t i = 0; i < plan->n_requests; i++) {
		const struct size_row *row = &html->sizes.rows[i];
		cJSON *item = cJSON_CreateArray(), *modules;

		add_number(item, row->number);
		add_text(item, row->name->name);
		add_text(item, row->name->by);
		add_number(item, row->name->answer);
		add_text(item, row->name->n_builtins ? row->name->builtins[0] : NULL);
		add_cost(item, &row->saved);
		add_cost(item, &row->total);
		modules = add_array(item);
		for (size_t j = 0; j < row->name->n_modules; j++)
			add_index(modules, row->name->modules[j]);
		put_array(i ? ",\n" : "", item, "");
	}
	fputs("],\n", stdout);
}

/* Add the edges to what a module needs: module, kind, and the name asked for if another. */
static void add_needs(cJSON *item, const struct plan *plan, const struct adjacency *needs,
		      size_t module)
{
	cJSON *edges = add_array(item);

	for (size_t i = needs->first[module]; i < needs->first[module + 1]; i++) {
		const struct plan_edge *edge = &plan->edges[needs->list[i]];
		cJSON *array = add_array(edges);

		add_index(array, edge->to);
		add_number(array, edge->edge);
		if (edge->alias)
			add_text(array, edge->alias);
	}
}

static void add_verdict(cJSON *item, const struct proof *proof, size_t module,
			size_t *next)
{
	cJSON *findings;

	add_text(item, proof_verdict_name(proof->verdicts[module]));
	findings = add_array(item);
	for (; *next < proof->n_findings && proof->findings[*next].module == module;
	     ++*next) {
		CLEANUP_FREE char *text = proof_text(&proof->findings[*next]);

		add_text(findings, text);
	}
}

static void put_modules(const struct html *html)
{
	const struct plan *plan = html->report->plan;
	const struct proof *proof = html->report->proof;
	struct adjacency needs;
	size_t next = 0; /* finding */

	adjacency_make(&needs, plan, false);
	fputs("\"modules\":[", stdout);
	for (size_t i = 0; i < plan->n_modules; i++) {
		const struct plan_module *module = &plan->modules[i];
		cJSON *item = cJSON_CreateArray();

		add_text(item, module->name);
		add_text(item, module->path);
		add_number(item, module->size);
		add_number(item, module->memory);
		add_number(item, module->edge);
		add_text(item, module->by);
		add_text(item, module->alias);
		add_index(item, html->brought_by[i]);
		add_number(item, html->sizes.users[i]);
		add_index(item, html->alone.owners[i]);
		add_cost(item, &html->alone.modules[i]);
		add_needs(item, plan, &needs, i);
		if (ENABLED(FEATURE_PROOF) && proof)
			add_verdict(item, proof, i, &next);
		put_array(i ? ",\n" : "", item, "");
	}
	fputs("],\n", stdout);
	adjacency_free(&needs);
}

/* Names that led to no module, or to built-ins, and the module that asked for them. */
static void put_absent(const struct plan *plan)
{
	const char *begin = "";

	fputs("\"absent\":[", stdout);
	for (size_t i = plan->n_requests; i < plan->n_names; i++) {
		const struct plan_name *name = &plan->names[i];
		size_t by = plan_find(plan, name->by);
		cJSON *item;

		if (by == SIZE_MAX)
			continue;
		item = cJSON_CreateArray();
		add_index(item, by);
		add_number(item, name->edge);
		add_text(item, name->name);
		add_number(item, name->answer);
		put_array(begin, item, "");
		begin = ",\n";
	}
	fputs("],\n", stdout);
}

static void put_firmware(const struct html *html)
{
	const struct firmware_list *list = html->report->firmware;

	fputs("\"firmware\":[", stdout);
	for (size_t i = 0; list && i < list->n; i++) {
		const struct firmware *firmware = &list->items[i];
		cJSON *item = cJSON_CreateArray();

		add_text(item, firmware->name);
		add_index(item, firmware->module && !firmware->builtin ?
					plan_find(html->report->plan, firmware->module) :
					SIZE_MAX);
		add_text(item, firmware_origin(firmware));
		add_text(item, firmware->path);
		add_number(item, firmware->path ? firmware->size : 0);
		put_array(i ? ",\n" : "", item, "");
	}
	fputs("],\n", stdout);
}

void html_data(const struct html *html)
{
	json_begin();
	fputs("{", stdout);
	put_kinds();
	put_requests(html);
	put_modules(html);
	put_absent(html->report->plan);
	put_firmware(html);
	printf("\"proved\":%s}\n",
	       ENABLED(FEATURE_PROOF) && html->report->proof ? "true" : "false");
}
