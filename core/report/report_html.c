// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One web page that needs nothing else: a plain table of everything, and scripts that
 * make it sortable and draw the map and the tree from a block of JSON.  All that came
 * from SOURCE or the command line is text: html_put() escapes it in HTML, html_data() in
 * JSON; and the page's policy allows no script but its own.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "html.h"
#include "plan/bfs.h"
#include "report/report.h"

void html_put(const char *text)
{
	CLEANUP_FREE char *clean = clean_text(text, false);

	for (const char *p = clean; *p; p++) {
		switch (*p) {
		case '&':
			fputs("&amp;", stdout);
			break;
		case '<':
			fputs("&lt;", stdout);
			break;
		case '>':
			fputs("&gt;", stdout);
			break;
		case '"':
			fputs("&quot;", stdout);
			break;
		case '\'':
			fputs("&#39;", stdout);
			break;
		default:
			putchar(*p);
		}
	}
}

void html_put_number(uint64_t number)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%" PRIu64, number);

	for (int i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			putchar(',');
		putchar(digits[i]);
	}
}

static void put_title(const struct html *html)
{
	const struct plan *plan = html->report->plan;

	html_put(strcmp(plan->version, ".") == 0 ? plan->dir : plan->version);
}

static void put_directory(const struct html *html)
{
	html_put(html->report->plan->dir);
}

/* Print a fact of the summary: its number and, after a comma, a size. */
static void put_fact(const char *label, uint64_t number, const uint64_t *bytes)
{
	char size[SIZE_TEXT];

	printf("<li><b>");
	html_put_number(number);
	printf("</b> %s", label);
	if (!bytes)
		return;
	size_text(size, *bytes);
	printf(", <b>%s</b>", size);
}

static void put_firmware_fact(const struct firmware_list *list)
{
	uint64_t bytes = 0;
	size_t found = 0;

	for (size_t i = 0; i < list->n; i++) {
		found += list->items[i].path != NULL;
		bytes += list->items[i].path ? list->items[i].size : 0;
	}
	put_fact("files of firmware", found, &bytes);
	if (found < list->n)
		put_fact("not found", list->n - found, NULL);
}

static void put_summary(const struct html *html)
{
	const struct plan *plan = html->report->plan;
	const struct proof *proof = html->report->proof;
	size_t counts[REFUSED + 1] = { 0 };
	char memory[SIZE_TEXT];

	put_fact(plan->n_modules == 1 ? "module" : "modules", plan->n_modules,
		 &plan->bytes);
	size_text(memory, html->sizes.all.memory);
	printf("<li><b>%s</b> of memory after loading", memory);
	if (plan->n_builtin)
		put_fact("built in", plan->n_builtin, NULL);
	if (html->report->firmware)
		put_firmware_fact(html->report->firmware);
	if (!ENABLED(FEATURE_PROOF) || !proof)
		return;
	for (size_t i = 0; i < plan->n_modules; i++)
		counts[proof->verdicts[i]]++;
	for (unsigned i = PROVED; i <= REFUSED; i++)
		put_fact(proof_verdict_name(i), counts[i], NULL);
}

static const struct part {
	const char *name;
	void (*put)(const struct html *html);
} parts[] = {
	{ "title", put_title },	       { "directory", put_directory },
	{ "summary", put_summary },    { "notes", html_notes },
	{ "requests", html_requests }, { "modules", html_modules },
	{ "firmware", html_firmware }, { "data", html_data },
};

static void put_page(const struct html *html)
{
	static const char mark[] = "<!--@";
	const char *from = report_page, *found;

	while ((found = strstr(from, mark))) {
		size_t length = strcspn(found + strlen(mark), "-");

		fwrite(from, 1, (size_t)(found - from), stdout);
		found += strlen(mark);
		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
			if (strlen(parts[i].name) == length &&
			    strncmp(parts[i].name, found, length) == 0)
				parts[i].put(html);
		from = found + length + strlen("-->");
	}
	fputs(from, stdout);
}

/* Set brought_by: walk from each request in turn to what none before it reached. */
static void find_requests(struct html *html)
{
	const struct plan *plan = html->report->plan;
	CLEANUP_FREE size_t *stack = xcalloc(plan->n_modules, sizeof(*stack));
	size_t *by = xcalloc(plan->n_modules, sizeof(*by));
	struct adjacency needs;
	size_t depth = 0;

	for (size_t i = 0; i < plan->n_modules; i++)
		by[i] = SIZE_MAX;
	adjacency_make(&needs, plan, false);
	for (size_t i = 0; i < plan->n_requests; i++) {
		for (size_t j = 0; j < plan->names[i].n_modules; j++) {
			size_t module = plan->names[i].modules[j];

			if (by[module] == SIZE_MAX)
				stack[depth++] = module;
			by[module] = by[module] == SIZE_MAX ? i : by[module];
		}
		while (depth) {
			size_t module = stack[--depth];

			for (size_t j = needs.first[module]; j < needs.first[module + 1];
			     j++) {
				size_t to = plan->edges[needs.list[j]].to;

				if (by[to] != SIZE_MAX)
					continue;
				by[to] = i;
				stack[depth++] = to;
			}
		}
	}
	adjacency_free(&needs);
	html->brought_by = by;
}

void report_html(const struct report *report)
{
	struct html html = { .report = report };

	sizes_make(&html.sizes, report->plan);
	alone_make(&html.alone, report->plan);
	find_requests(&html);
	put_page(&html);
	sizes_free(&html.sizes);
	alone_free(&html.alone);
	free(html.brought_by);
}
