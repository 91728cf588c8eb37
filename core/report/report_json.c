// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JSON: one object per kernel, each on its own line, as docs/modclosure.schema.json
 * specifies. Modules are written one by one: with all their fields, those of a whole
 * kernel would take more memory than all else.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "module/names.h"
#include "plan/bfs.h"
#include "report/report.h"

enum { SCHEMA = 1 }; /* incremented when a field is removed or changes its meaning */

static const char *const answers[] = {
	[ANSWER_NONE] = "none",
	[ANSWER_MODULES] = "modules",
	[ANSWER_BUILTIN] = "builtin",
	[ANSWER_COMMAND] = "command",
};

/* The edges of a plan by target, and the requests by the modules that answer them. */
struct causes {
	struct adjacency needed_by;
	size_t *first; /* requests of module i: requests[first[i]] to [first[i + 1] - 1] */
	size_t *requests;
};

static void add_edge(cJSON *edges, enum edge kind, const char *from, const char *asked)
{
	cJSON *edge = json_add_object(edges);

	json_add_text(edge, "kind", edge_kind(kind));
	json_add_text(edge, "from", from);
	if (asked)
		json_add_text(edge, "asked", asked);
}

static void add_request(cJSON *requests, const struct plan *plan,
			const struct plan_name *name)
{
	cJSON *request = json_add_object(requests), *modules;

	json_add_text(request, "name", name->name);
	json_add_text(request, "from", name->by);
	json_add_text(request, "answer", answers[name->answer]);
	modules = json_add_array(request, "modules");
	for (size_t i = 0; i < name->n_modules; i++)
		cJSON_AddItemToArray(modules,
				     json_text(plan->modules[name->modules[i]].name));
	if (name->answer == ANSWER_BUILTIN)
		json_add_text(request, "builtin", name->builtins[0]);
}

static void causes_make(struct causes *causes, const struct plan *plan)
{
	CLEANUP_FREE size_t *next = NULL;
	size_t i, j;

	adjacency_make(&causes->needed_by, plan, true);
	causes->first = xcalloc(plan->n_modules + 1, sizeof(*causes->first));
	for (i = 0; i < plan->n_requests; i++)
		for (j = 0; j < plan->names[i].n_modules; j++)
			causes->first[plan->names[i].modules[j] + 1]++;
	for (i = 0; i < plan->n_modules; i++)
		causes->first[i + 1] += causes->first[i];
	causes->requests =
		xcalloc(causes->first[plan->n_modules], sizeof(*causes->requests));
	next = xcalloc(plan->n_modules + 1, sizeof(*next));
	memcpy(next, causes->first, (plan->n_modules + 1) * sizeof(*next));
	for (i = 0; i < plan->n_requests; i++)
		for (j = 0; j < plan->names[i].n_modules; j++)
			causes->requests[next[plan->names[i].modules[j]]++] = i;
}

static void causes_free(struct causes *causes)
{
	adjacency_free(&causes->needed_by);
	free(causes->first);
	free(causes->requests);
}

static void add_edges(cJSON *object, const struct plan *plan, const struct causes *causes,
		      size_t to)
{
	const struct adjacency *needed_by = &causes->needed_by;
	cJSON *edges = json_add_array(object, "edges");

	for (size_t i = causes->first[to]; i < causes->first[to + 1]; i++) {
		const struct plan_name *request = &plan->names[causes->requests[i]];

		add_edge(edges, EDGE_REQUEST, request->by, request->name);
	}
	for (size_t i = needed_by->first[to]; i < needed_by->first[to + 1]; i++) {
		const struct plan_edge *edge = &plan->edges[needed_by->list[i]];

		add_edge(edges, edge->edge, plan->modules[edge->from].name, edge->alias);
	}
}

/* Add a module's verdict, and from *next on, which is advanced, what was found in it. */
static void add_verdict(cJSON *item, const struct proof *proof, size_t module,
			size_t *next)
{
	cJSON *findings;

	json_add_text(item, "verdict", proof_verdict_name(proof->verdicts[module]));
	findings = json_add_array(item, "findings");
	for (; *next < proof->n_findings && proof->findings[*next].module == module;
	     ++*next) {
		const struct finding *finding = &proof->findings[*next];
		cJSON *found = json_add_object(findings);

		json_add_text(found, "rule", proof_rule_name(finding->rule));
		json_add_text(found, "verdict", proof_verdict_name(finding->verdict));
		if (finding->errno_name)
			json_add_text(found, "errno", finding->errno_name);
		json_add_text(found, "text", finding->text);
		if (finding->message)
			json_add_text(found, "message", finding->message);
		json_add_number(found, "more", finding->more);
	}
}

static void add_proof(cJSON *object, const struct proof *proof)
{
	cJSON *item = json_add_child(object, "proof"), *unknown;
	size_t counts[REFUSED + 1] = { 0 };

	if (proof->image)
		json_add_text(item, "image", proof->image);
	if (proof->other)
		json_add_text(item, "version", proof->other);
	json_add_number(item, "exports", proof->n_exports);
	for (size_t i = 0; i < proof->plan->n_modules; i++)
		counts[proof->verdicts[i]]++;
	for (unsigned i = PROVED; i <= REFUSED; i++)
		json_add_number(item, proof_verdict_name(i), counts[i]);
	json_add_text(item, "signatures", proof->signers);
	unknown = json_add_array(item, "unknown");
	for (size_t i = 0; i < proof->n_unknowns; i++)
		json_add_item(unknown, proof->unknowns[i]);
}

/* A field of .modinfo. */
struct field {
	const char *module; /* of a built-in module: its name; else "" */
	const char *key;    /* valid UTF-8 */
	const char *value;  /* those of a module follow each other in memory */
};

/* Fields, of one module or of all built-in ones. Zero-initialise it. */
struct fields {
	struct arena arena;
	struct field *items;
	size_t n, capacity;
};

static void take_field(struct fields *fields, const char *module, const char *key,
		       size_t len, const char *value)
{
	CLEANUP_FREE char *clean =
		clean_text(arena_strndup(&fields->arena, key, len), true);

	fields->items =
		grow(fields->items, fields->n, &fields->capacity, sizeof(*fields->items));
	fields->items[fields->n] =
		(struct field){ module, arena_strdup(&fields->arena, clean), value };
	fields->n++;
}

static int by_key(const void *a, const void *b)
{
	const struct field *x = a, *y = b;
	int order = strcmp(x->module, y->module);

	order = order ? order : strcmp(x->key, y->key);
	return order ? order : (x->value > y->value) - (x->value < y->value);
}

static void sort_fields(struct fields *fields)
{
	if (fields->n)
		qsort(fields->items, fields->n, sizeof(*fields->items), by_key);
}

/*
 * Add sorted fields, from i on, of one module: for each key an array of its values, in
 * their order. Returns where the next module begins.
 */
static size_t add_fields(cJSON *item, const struct fields *fields, size_t i)
{
	cJSON *info = json_add_child(item, "modinfo"), *values = NULL;
	const struct field *last = NULL;

	for (; i < fields->n; i++) {
		const struct field *field = &fields->items[i];

		if (last && strcmp(last->module, field->module) != 0)
			break;
		if (!last || strcmp(last->key, field->key) != 0)
			values = json_add_array(info, field->key);
		json_add_item(values, field->value);
		last = field;
	}
	return i;
}

static void free_fields(struct fields *fields)
{
	free(fields->items);
	arena_free(&fields->arena);
}

static void take_module(struct fields *fields, const struct module *module)
{
	const struct modinfo_field *field = module->info.fields;

	for (size_t i = 0; i < module->info.n; i++, field++)
		take_field(fields, "", field->key, strlen(field->key), field->value);
	sort_fields(fields);
}

static void write_modules(const struct report *report)
{
	const struct plan *plan = report->plan;
	size_t next = 0; /* finding */
	struct causes causes;

	fputs(",\"modules\":[", stdout);
	causes_make(&causes, plan);
	for (size_t i = 0; i < plan->n_modules; i++) {
		const struct plan_module *module = &plan->modules[i];
		CLEANUP_FREE char *path = module_join(plan->dir, module->path);
		cJSON *item = cJSON_CreateObject();
		struct fields fields = { 0 };

		json_add_text(item, "name", module->name);
		json_add_text(item, "path", path);
		if (ENABLED(FEATURE_OVERLAY) && module->overlay)
			json_add_text(item, "overlay", module->overlay);
		json_add_number(item, "size", module->size);
		if (module->memory)
			json_add_number(item, "memory", module->memory);
		add_edges(item, plan, &causes, i);
		if (ENABLED(FEATURE_PROOF) && report->proof)
			add_verdict(item, report->proof, i, &next);
		if (report->all) {
			take_module(&fields,
				    modtree_met(report->tree->modules, module->name));
			add_fields(item, &fields, 0);
		}
		json_write_part(item, i ? ",{" : "{", "}");
		free_fields(&fields);
	}
	causes_free(&causes);
	putchar(']');
}

/* Add a name that was looked up, and the module or list that asked for it. */
static void add_asked(cJSON *names, const struct plan_name *name, const char *builtin)
{
	cJSON *item = json_add_object(names);

	if (builtin)
		json_add_text(item, "name", builtin);
	json_add_text(item, "asked", name->name);
	json_add_text(item, "kind", edge_kind(name->edge));
	json_add_text(item, "from", name->by);
}

static void add_builtins(cJSON *object, const struct plan *plan)
{
	cJSON *names = json_add_array(object, "builtin");

	for (size_t i = 0; i < plan->n_names; i++)
		for (size_t j = 0; j < plan->names[i].n_builtins; j++)
			add_asked(names, &plan->names[i], plan->names[i].builtins[j]);
}

/* List the names with a given answer. */
static void add_names(cJSON *object, const char *key, const struct plan *plan,
		      enum answer answer)
{
	cJSON *names = json_add_array(object, key);

	for (size_t i = 0; i < plan->n_names; i++) {
		const struct plan_name *name = &plan->names[i];

		/* Unanswered modaliases are common, and "requests" shows them already. */
		if (name->answer == answer && !(name->literal && answer == ANSWER_NONE))
			add_asked(names, name, NULL);
	}
}

static void add_firmware(cJSON *object, const struct firmware_list *list)
{
	cJSON *array = json_add_array(object, "firmware");

	for (size_t i = 0; i < list->n; i++) {
		cJSON *item = json_add_object(array);

		json_add_text(item, "name", list->items[i].name);
		json_add_text(item, "module", list->items[i].module);
		json_add(item, "builtin", cJSON_CreateBool(list->items[i].builtin));
		json_add_text(item, "path", list->items[i].path);
	}
}

/* Write the fields of built-in modules: MODULE.KEY=VALUE in modules.builtin.modinfo. */
static void write_builtins(const struct report *report)
{
	const struct builtins *b = &report->tree->builtins;
	struct fields fields = { 0 };
	size_t i;

	for (i = 0; i < b->modinfo_size; i += strlen(b->modinfo + i) + 1) {
		const char *entry = b->modinfo + i;
		size_t len = strcspn(entry, ".");
		const char *dot = entry + len, *equals = strchr(dot, '=');

		if (equals && (report->all_builtins ||
			       plan_requests_builtin(report->plan, entry, len)))
			take_field(&fields, arena_strndup(&fields.arena, entry, len),
				   dot + 1, (size_t)(equals - dot - 1), equals + 1);
	}
	sort_fields(&fields);
	fputs(",\"builtin_modules\":[", stdout);
	for (i = 0; i < fields.n;) {
		cJSON *item = cJSON_CreateObject();
		const char *begin = i ? ",{" : "{";

		json_add_text(item, "name", fields.items[i].module);
		i = add_fields(item, &fields, i);
		json_write_part(item, begin, "}");
	}
	putchar(']');
	free_fields(&fields);
}

/* The part before the modules. */
static cJSON *describe(const struct plan *plan)
{
	cJSON *object = cJSON_CreateObject(), *requests;

	json_add_number(object, "schema", SCHEMA);
	json_add_text(object, "kernel", plan->version);
	json_add_text(object, "directory", plan->dir);
	if (plan->remark)
		json_add_text(object, "remark", plan->remark);
	json_add_number(object, "size", plan->bytes);
	requests = json_add_array(object, "requests");
	for (size_t i = 0; i < plan->n_requests; i++)
		add_request(requests, plan, &plan->names[i]);
	return object;
}

/* The part after them. */
static cJSON *describe_rest(const struct report *report)
{
	const struct plan *plan = report->plan;
	cJSON *object = cJSON_CreateObject();

	add_builtins(object, plan);
	add_names(object, "commands", plan, ANSWER_COMMAND);
	add_names(object, "missing", plan, ANSWER_NONE);
	if (report->firmware)
		add_firmware(object, report->firmware);
	if (ENABLED(FEATURE_PROOF) && report->proof)
		add_proof(object, report->proof);
	return object;
}

void report_json(const struct report *report)
{
	json_begin();
	json_write_part(describe(report->plan), "{", "");
	write_modules(report);
	json_write_part(describe_rest(report), ",", "");
	if (report->all)
		write_builtins(report);
	puts("}");
}
