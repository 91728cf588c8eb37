// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An image for programs: JSON with all that is known (docs/initcheck.schema.json), and
 * its findings as SARIF 2.1.0.
 */
#include <limits.h>
#include <string.h>

#include "base/sarif.h"
#include "initcheck/initreport.h"
#include "initcompare.h"

enum { LARGEST = 10 };

static void add_items(cJSON *object, const struct string_list *items)
{
	cJSON *array = json_add_array(object, "items");

	for (size_t i = 0; i < items->n; i++)
		json_add_item(array, items->items[i]);
}

static void add_segments(cJSON *object, const struct image_listing *listing)
{
	cJSON *array = json_add_array(object, "segments");

	for (size_t i = 0; i < listing->n_segments; i++) {
		const struct image_segment *segment = &listing->segments[i];
		cJSON *item = json_add_object(array);

		json_add_number(item, "offset", segment->offset);
		json_add_number(item, "bytes", segment->size);
		json_add_number(item, "unpacked", segment->decoded);
		json_add_text(item, "codec", segment->codec);
		json_add_text(item, "problem", segment->problem);
	}
}

static void add_kernels(cJSON *object, const struct initcheck *check)
{
	cJSON *array = json_add_array(object, "kernels");

	for (size_t i = 0; i < check->n_kernels; i++) {
		const struct init_kernel *kernel = &check->kernels[i];
		cJSON *item = json_add_object(array);

		json_add_text(item, "version", kernel->version);
		json_add_text(item, "directory", kernel->dir);
		json_add_number(item, "modules", (kernel->n + kernel->n_damaged));
		json_add_number(item, "bytes", kernel->bytes);
	}
}

static void add_modprobe(cJSON *object, const struct modprobe *modprobe)
{
	cJSON *item = modprobe->path ? cJSON_CreateObject() : cJSON_CreateNull();

	json_add(object, "modprobe", item);
	if (!modprobe->path)
		return;
	json_add_text(item, "path", modprobe->path);
	json_add_text(item, "name", modprobe->name);
}

static void add_sums(cJSON *object, const struct init_image *image)
{
	static const char *const names[INIT_KINDS] = {
		[INIT_MODULE] = "modules",
		[INIT_FIRMWARE] = "firmware",
		[INIT_REST] = "rest",
	};
	cJSON *sums = cJSON_CreateObject();

	json_add(object, "sums", sums);
	for (int i = 0; i < INIT_KINDS; i++) {
		cJSON *item = cJSON_CreateObject();

		json_add(sums, names[i], item);
		json_add_number(item, "files", image->sums[i].files);
		json_add_number(item, "bytes", image->sums[i].bytes);
	}
}

static void add_findings(cJSON *object, const struct initcheck *check)
{
	cJSON *array = json_add_array(object, "findings");

	for (size_t i = 0; i < check->n_findings; i++) {
		const struct init_finding *finding = &check->findings[i];
		CLEANUP_FREE char *text = init_finding_text(finding, SIZE_MAX);
		cJSON *item = json_add_object(array);

		json_add_text(item, "rule", init_rules[finding->rule].id);
		json_add_text(item, "kernel", finding->kernel);
		json_add_text(item, "path", finding->path);
		json_add_text(item, "message", text);
		add_items(item, &finding->items);
	}
}

static void add_notes(cJSON *object, const struct initcheck *check)
{
	cJSON *array = json_add_array(object, "notes");

	for (size_t i = 0; i < check->n_notes; i++) {
		const struct init_note *note = &check->notes[i];
		CLEANUP_FREE char *text = init_note_text(note, SIZE_MAX);
		cJSON *item = json_add_object(array);

		json_add_text(item, "kernel", note->kernel);
		json_add_text(item, "message", text);
		add_items(item, &note->items);
	}
}

static void add_largest(cJSON *object, const struct init_image *image)
{
	cJSON *array = json_add_array(object, "largest");
	const struct init_file *largest[LARGEST];
	size_t n = init_image_largest(image, largest, LARGEST);

	for (size_t i = 0; i < n; i++) {
		cJSON *item = json_add_object(array);

		json_add_text(item, "path", largest[i]->path);
		json_add_number(item, "bytes", largest[i]->size);
	}
}

static void add_bytes(cJSON *item, const char *key, bool there, uint64_t bytes)
{
	json_add(item, key,
		 there ? cJSON_CreateNumber((double)bytes) : cJSON_CreateNull());
}

static void add_comparison(cJSON *object, const struct initcheck *check)
{
	cJSON *against = check->has_other ? cJSON_CreateObject() : cJSON_CreateNull();
	cJSON *files, *directories;
	struct init_comparison c;

	json_add(object, "against", against);
	if (!check->has_other)
		return;
	init_compare(&c, &check->other, &check->image);
	json_add_text(against, "image", check->other.path);
	files = json_add_array(against, "files");
	for (size_t i = 0; i < c.n; i++) {
		const struct init_change *change = &c.changes[i];
		cJSON *item = json_add_object(files);

		json_add_text(item, "path", change->key);
		json_add(item, "module", cJSON_CreateBool(change->kind == INIT_MODULE));
		add_bytes(item, "before", change->before, change->before_bytes);
		add_bytes(item, "after", change->after, change->after_bytes);
	}
	directories = json_add_array(against, "directories");
	for (size_t i = 0; i < c.n_directories; i++) {
		cJSON *item = json_add_object(directories);

		json_add_text(item, "path", c.directories[i].path);
		json_add_number(item, "before", c.directories[i].before);
		json_add_number(item, "after", c.directories[i].after);
	}
	init_comparison_free(&c);
}

void init_report_json(const struct initcheck *check)
{
	cJSON *object;

	json_begin();
	object = cJSON_CreateObject();
	json_add_number(object, "schema", 1);
	json_add_text(object, "image", check->image.path);
	json_add_number(object, "bytes", check->image.listing.size);
	add_segments(object, &check->image.listing);
	add_kernels(object, check);
	add_modprobe(object, &check->modprobe);
	add_sums(object, &check->image);
	add_findings(object, check);
	add_notes(object, check);
	add_largest(object, &check->image);
	add_comparison(object, check);
	json_write(object);
}

void init_report_sarif(const struct initcheck *check)
{
	cJSON *log, *rules, *results;

	json_begin();
	log = sarif_begin("initcheck", &rules, &results);
	for (size_t i = 0; i < INIT_RULES; i++)
		sarif_rule(rules, init_rules[i].id, init_rules[i].title,
			   init_rules[i].remedy, "error");
	for (size_t i = 0; i < check->n_findings; i++) {
		const struct init_finding *finding = &check->findings[i];
		CLEANUP_FREE char *text = init_finding_text(finding, SIZE_MAX);
		CLEANUP_FREE char *path =
			finding->path ? path_join(check->image.path, finding->path) :
					xstrdup(check->image.path);

		sarif_result(results, init_rules[finding->rule].id, finding->rule,
			     "error", text, path, 0, 0);
	}
	json_write(log);
}
