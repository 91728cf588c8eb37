// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One page on an image. Names in it pass through clean_text(), so that they cannot send
 * control characters to a terminal.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "initcheck/initreport.h"
#include "initcompare.h"

enum {
	MAX_ITEMS = 5,	  /* of one finding or note */
	MAX_FINDINGS = 8, /* of one rule */
	MAX_LARGEST = 10, /* files, and changes of each sort */
};

static void put(const char *text)
{
	CLEANUP_FREE char *clean = clean_text(text, false);

	fputs(clean, stdout);
}

/* Bytes, right-aligned in a column of 7. */
static void put_size(uint64_t bytes)
{
	char text[SIZE_TEXT];

	size_text(text, bytes);
	printf("%7s", text);
}

/* -- the image ---------------------------------------------------------------------- */

static void put_segments(const struct init_image *image)
{
	const struct image_listing *list = &image->listing;

	for (size_t i = 0; i < list->n_segments; i++) {
		const struct image_segment *segment = &list->segments[i];

		printf("  segment %-3zu %-6s", i + 1, segment->codec);
		put_size(segment->size);
		if (segment->decoded != segment->size) {
			char text[SIZE_TEXT];

			size_text(text, segment->decoded);
			printf(", %s unpacked", text);
		}
		putchar('\n');
	}
}

static void put_image(const struct init_image *image)
{
	put(image->path);
	printf(": %" PRIu64 " bytes%s\n", image->listing.size,
	       image->directory ? " in a directory" : "");
	put_segments(image);
}

static void put_kernels(const struct initcheck *check)
{
	size_t modules;

	for (size_t i = 0; i < check->n_kernels; i++) {
		const struct init_kernel *kernel = &check->kernels[i];

		modules = kernel->n + kernel->n_damaged;
		printf("%s", i ? "" : "\n");
		printf("  kernel %-24s %5zu module%s", kernel->version, modules,
		       modules == 1 ? " " : "s");
		put_size(kernel->bytes);
		putchar('\n');
	}
	if (check->modprobe.path)
		printf("  modprobe %s (%s)\n",
		       check->modprobe.name ? check->modprobe.name : "of unknown make",
		       check->modprobe.path);
}

static void put_sums(const struct init_image *image)
{
	static const char *const names[INIT_KINDS] = {
		[INIT_MODULE] = "modules",
		[INIT_FIRMWARE] = "firmware",
		[INIT_REST] = "the rest",
	};

	putchar('\n');
	for (int i = 0; i < INIT_KINDS; i++) {
		printf("  %-8s", names[i]);
		put_size(image->sums[i].bytes);
		printf(" %6zu file%s\n", image->sums[i].files,
		       image->sums[i].files == 1 ? "" : "s");
	}
}

/* -- findings and notes ------------------------------------------------------------- */

static void put_finding(const struct initcheck *check, const struct init_finding *finding)
{
	CLEANUP_FREE char *text = init_finding_text(finding, MAX_ITEMS);

	fputs("    ", stdout);
	if (finding->path) {
		put(finding->path);
		fputs(": ", stdout);
	} else if (finding->kernel && check->n_kernels > 1) {
		printf("%s: ", finding->kernel);
	}
	put(text);
	putchar('\n');
}

static size_t count_rule(const struct initcheck *check, size_t first)
{
	size_t n = 1;

	while (first + n < check->n_findings &&
	       check->findings[first + n].rule == check->findings[first].rule)
		n++;
	return n;
}

static void put_findings(const struct initcheck *check)
{
	size_t n;

	if (check->n_findings)
		printf("\n%zu finding%s\n", check->n_findings,
		       check->n_findings == 1 ? "" : "s");
	else
		puts("\nno findings");
	for (size_t i = 0; i < check->n_findings; i += n) {
		const struct init_rule *rule = &init_rules[check->findings[i].rule];

		n = count_rule(check, i);
		printf("  %s: %s\n", rule->id, rule->title);
		for (size_t k = 0; k < n && k < MAX_FINDINGS; k++)
			put_finding(check, &check->findings[i + k]);
		if (n > MAX_FINDINGS)
			printf("    and %zu more (all: -o json)\n", n - MAX_FINDINGS);
		printf("    > %s\n", rule->remedy);
	}
}

static void put_notes(const struct initcheck *check)
{
	if (check->n_notes)
		printf("\n%zu note%s\n", check->n_notes, check->n_notes == 1 ? "" : "s");
	for (size_t i = 0; i < check->n_notes; i++) {
		const struct init_note *note = &check->notes[i];
		CLEANUP_FREE char *text = init_note_text(note, MAX_ITEMS);

		fputs("  ", stdout);
		if (note->kernel && check->n_kernels > 1)
			printf("%s: ", note->kernel);
		put(text);
		putchar('\n');
	}
}

static void put_largest(const struct init_image *image)
{
	const struct init_file *largest[MAX_LARGEST];
	size_t n = init_image_largest(image, largest, MAX_LARGEST);

	if (n)
		puts("\nlargest files");
	for (size_t i = 0; i < n; i++) {
		put_size(largest[i]->size);
		fputs("  ", stdout);
		put(largest[i]->path);
		putchar('\n');
	}
}

/* -- --against ---------------------------------------------------------------------- */

enum sort { ADDED, REMOVED, GREW, SHRANK, SORTS };

static enum sort sort_of(const struct init_change *change)
{
	if (!change->before)
		return ADDED;
	if (!change->after)
		return REMOVED;
	return change->after_bytes > change->before_bytes ? GREW : SHRANK;
}

static void put_change(uint64_t before, uint64_t after)
{
	char text[SIZE_TEXT], signed_text[SIZE_TEXT + 1];

	size_text(text, after > before ? after - before : before - after);
	snprintf(signed_text, sizeof(signed_text), "%c%s", after >= before ? '+' : '-',
		 text);
	printf("%8s  ", signed_text);
}

static void put_sort(const struct init_comparison *c, enum sort sort, bool modules)
{
	static const char *const names[SORTS] = { "added", "removed", "grew", "shrank" };
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += sort_of(&c->changes[i]) == sort &&
		     (c->changes[i].kind == INIT_MODULE) == modules;
	if (!n)
		return;
	printf("  %zu %s%s %s\n", n, modules ? "module" : "other file", n == 1 ? "" : "s",
	       names[sort]);
	for (size_t i = 0, shown = 0; i < c->n && shown < MAX_LARGEST; i++) {
		const struct init_change *change = &c->changes[i];

		if (sort_of(change) != sort || (change->kind == INIT_MODULE) != modules)
			continue;
		put_change(change->before_bytes, change->after_bytes);
		put(change->key);
		putchar('\n');
		shown++;
	}
	if (n > MAX_LARGEST)
		printf("          and %zu more\n", n - MAX_LARGEST);
}

static void put_directories(const struct init_comparison *c)
{
	if (c->n_directories)
		puts("  directories");
	for (size_t i = 0; i < c->n_directories && i < MAX_LARGEST; i++) {
		put_change(c->directories[i].before, c->directories[i].after);
		put(*c->directories[i].path ? c->directories[i].path : "/");
		putchar('\n');
	}
	if (c->n_directories > MAX_LARGEST)
		printf("          and %zu more\n", c->n_directories - MAX_LARGEST);
}

static void put_comparison(const struct initcheck *check)
{
	struct init_comparison c;

	init_compare(&c, &check->other, &check->image);
	fputs("\nagainst ", stdout);
	put(check->other.path);
	putchar('\n');
	if (!c.n)
		puts("  the same files, of the same sizes");
	for (int sort = 0; sort < SORTS; sort++) {
		put_sort(&c, sort, true);
		put_sort(&c, sort, false);
	}
	put_directories(&c);
	init_comparison_free(&c);
}

void init_report_text(const struct initcheck *check)
{
	put_image(&check->image);
	put_kernels(check);
	put_sums(&check->image);
	put_findings(check);
	put_notes(check);
	put_largest(&check->image);
	if (check->has_other)
		put_comparison(check);
}
