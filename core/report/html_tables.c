// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The plain tables of a page.  End tags that HTML does not need are left out: a whole
 * kernel has 30,000 cells.
 */
#include <stdio.h>
#include <string.h>

#include "html.h"
#include "report/report.h"

static void put_head(const char *const *columns)
{
	fputs("<thead><tr>", stdout);
	/* A column of numbers begins with '#'. */
	for (; *columns; columns++)
		printf("<th scope=col%s>%s", **columns == '#' ? " class=n" : "",
		       *columns + (**columns == '#'));
	fputs("</thead><tbody>\n", stdout);
}

static void put_cell(uint64_t number)
{
	fputs("<td>", stdout);
	html_put_number(number);
}

static void put_cost(const struct cost *cost)
{
	put_cell(cost->modules);
	put_cell(cost->bytes);
	put_cell(cost->memory);
}

/* Print the answer to a name, unless it is modules. */
static void put_answer(const struct plan_name *name)
{
	if (name->answer == ANSWER_NONE)
		fputs(", missing", stdout);
	else if (name->answer == ANSWER_COMMAND)
		fputs(", a modprobe.d command", stdout);
	else if (name->answer == ANSWER_MODULES && !name->n_modules)
		fputs(", excluded", stdout);
	for (size_t i = 0; i < name->n_builtins; i++) {
		fputs(i ? ", " : ", built in", stdout);
		if (strcmp(name->builtins[i], name->name) == 0)
			continue;
		fputs(i ? "as " : " as ", stdout);
		html_put(name->builtins[i]);
	}
}

void html_requests(const struct html *html)
{
	static const char *const columns[] = {
		"Request",     "From",		"#Modules saved",
		"#File saved", "#Memory saved", "#All modules",
		"#All files",  "#All memory",	NULL,
	};
	const struct plan *plan = html->report->plan;

	put_head(columns);
	for (size_t i = 0; i < plan->n_requests; i++) {
		const struct size_row *row = &html->sizes.rows[i];

		fputs("<tr><th scope=row>", stdout);
		html_put(row->name->name);
		fputs("<td>", stdout);
		html_put(row->name->by);
		put_answer(row->name);
		put_cost(&row->saved);
		put_cost(&row->total);
		putchar('\n');
	}
	fputs("</tbody>", stdout);
}

static void put_reason(const struct plan_module *module)
{
	printf("<td>%s ", edge_phrase(module->edge));
	html_put(module->by);
	if (!module->alias)
		return;
	fputs(", as ", stdout);
	html_put(module->alias);
}

static void put_request(const struct html *html, size_t module)
{
	size_t by = html->brought_by[module], users = html->sizes.users[module];

	fputs("<td>", stdout);
	if (by == SIZE_MAX)
		return;
	html_put(html->report->plan->names[by].name);
	if (users > 1)
		printf(" and %zu more", users - 1);
}

/* Print a module's verdict and, from *next on, which is advanced, the findings. */
static void put_verdict(const struct proof *proof, size_t module, size_t *next)
{
	enum proof_verdict verdict = proof->verdicts[module];
	const char *separator = ": ";

	printf("<td class=%s>%s", proof_verdict_name(verdict),
	       proof_verdict_name(verdict));
	for (; *next < proof->n_findings && proof->findings[*next].module == module;
	     ++*next) {
		CLEANUP_FREE char *text = proof_text(&proof->findings[*next]);

		fputs(separator, stdout);
		html_put(text);
		separator = "; ";
	}
}

void html_modules(const struct html *html)
{
	static const char *const columns[] = {
		"Module", "Why",  "Request", "#File", "#Memory",
		"#Alone", "Path", "Proof",   NULL,
	};
	static const char *const unproved[] = {
		"Module", "Why", "Request", "#File", "#Memory", "#Alone", "Path", NULL,
	};
	const struct plan *plan = html->report->plan;
	const struct proof *proof = html->report->proof;
	size_t next = 0; /* finding */

	put_head(ENABLED(FEATURE_PROOF) && proof ? columns : unproved);
	for (size_t i = 0; i < plan->n_modules; i++) {
		const struct plan_module *module = &plan->modules[i];

		fputs("<tr><th scope=row>", stdout);
		html_put(module->name);
		put_reason(module);
		put_request(html, i);
		put_cell(module->size);
		put_cell(module->memory);
		put_cell(html->alone.modules[i].bytes);
		fputs("<td>", stdout);
		html_put(module->path);
		if (ENABLED(FEATURE_OVERLAY) && module->overlay) {
			fputs(" of ", stdout);
			html_put(module->overlay);
		}
		if (ENABLED(FEATURE_PROOF) && proof)
			put_verdict(proof, i, &next);
		putchar('\n');
	}
	fputs("</tbody>", stdout);
}

void html_firmware(const struct html *html)
{
	static const char *const columns[] = { "Firmware", "For", "#File", "Path", NULL };
	const struct firmware_list *list = html->report->firmware;

	if (!list || !list->n)
		return;
	fputs("<section aria-labelledby=firmware-h><h2 id=firmware-h>Firmware</h2>"
	      "<div class=scroll tabindex=0 role=region aria-labelledby=firmware-h>"
	      "<table id=firmware aria-labelledby=firmware-h>",
	      stdout);
	put_head(columns);
	for (size_t i = 0; i < list->n; i++) {
		const struct firmware *item = &list->items[i];

		fputs("<tr><th scope=row>", stdout);
		html_put(item->name);
		fputs("<td>", stdout);
		html_put(firmware_origin(item));
		if (item->builtin)
			fputs(", built in", stdout);
		put_cell(item->path ? item->size : 0);
		fputs(item->path ? "<td>" : "<td class=missing>", stdout);
		html_put(item->path ? item->path : "missing");
		putchar('\n');
	}
	fputs("</tbody></table></div></section>", stdout);
}

static void put_missing(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_names; i++) {
		const struct plan_name *name = &plan->names[i];

		if (name->answer != ANSWER_NONE || name->literal)
			continue;
		fputs("<li>missing: <b>", stdout);
		html_put(name->name);
		printf("</b>, %s ", edge_phrase(name->edge));
		html_put(name->by);
		putchar('\n');
	}
}

static void put_unknown(const struct proof *proof)
{
	for (size_t i = 0; i < proof->n_unknowns; i++) {
		fputs("<li>not proved: ", stdout);
		html_put(proof->unknowns[i]);
		putchar('\n');
	}
	if (!proof->other)
		return;
	fputs("<li>the image is of the kernel ", stdout);
	html_put(proof->other);
	putchar('\n');
}

void html_notes(const struct html *html)
{
	const struct plan *plan = html->report->plan;

	fputs("<ul class=notes>", stdout);
	if (plan->remark) {
		fputs("<li>", stdout);
		html_put(plan->remark);
	}
	put_missing(plan);
	if (ENABLED(FEATURE_PROOF) && html->report->proof)
		put_unknown(html->report->proof);
	fputs("</ul>", stdout);
}
