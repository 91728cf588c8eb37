// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Findings on lines.
 *
 * The checks report once per kernel; lint_add() merges reports with the same rule and
 * place, so a problem in several kernels is one finding that lists them.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "lint/lint.h"

bool lint_wants(const struct lint *lint, enum lint_rule_number rule)
{
	return !(lint->ignored >> rule & 1);
}

static bool same_subject(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/*
 * Find the link to the finding of a rule at a place, about a subject, or the link to
 * insert it at.
 */
static struct lint_finding **find_place(struct lint_line *line, size_t at,
					enum lint_rule_number rule, const char *subject)
{
	struct lint_finding **link = &line->findings, *finding;

	while ((finding = *link) != NULL &&
	       (finding->at < at ||
		(finding->at == at &&
		 (finding->rule < rule ||
		  (finding->rule == rule && !same_subject(finding->subject, subject))))))
		link = &finding->next;
	return link;
}

static void add_part(struct arena *arena, struct lint_finding *finding, const char *text,
		     const struct modtree *kernel)
{
	struct lint_part **part = &finding->parts;
	struct lint_kernel **last;

	while (*part && strcmp((*part)->text, text) != 0)
		part = &(*part)->next;
	if (!*part) {
		*part = arena_alloc(arena, sizeof(**part));
		**part = (struct lint_part){ .text = arena_strdup(arena, text) };
	}
	for (last = &(*part)->kernels; *last;)
		last = &(*last)->next;
	if (!kernel)
		return;
	*last = arena_alloc(arena, sizeof(**last));
	**last = (struct lint_kernel){ .version = kernel->version };
}

struct lint_finding *lint_add(struct lint *lint, struct lint_line *line, size_t at,
			      enum lint_rule_number rule, const char *subject,
			      const struct modtree *kernel, const char *format, ...)
{
	struct lint_finding **link, *finding;
	CLEANUP_FREE char *text = NULL;
	va_list args;

	if ((lint->ignored | line->ignored) >> rule & 1)
		return NULL;
	link = find_place(line, at, rule, subject);
	finding = *link;
	if (!finding || finding->at != at || finding->rule != rule ||
	    !same_subject(finding->subject, subject)) {
		finding = arena_alloc(&lint->arena, sizeof(*finding));
		*finding = (struct lint_finding){
			.rule = rule,
			.severity = lint_rules[rule].severity,
			.at = at,
			.subject = subject,
			.next = *link,
		};
		*link = finding;
	}
	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	add_part(&lint->arena, finding, text, kernel);
	return finding;
}

const struct lint_finding *lint_found(const struct lint_line *line,
				      enum lint_rule_number rule)
{
	const struct lint_finding *finding = line->findings;

	while (finding && finding->rule != rule)
		finding = finding->next;
	return finding;
}

static void append(char **text, const char *separator, const char *more)
{
	char *longer = xasprintf("%s%s%s", *text, separator, more);

	free(*text);
	*text = longer;
}

char *lint_message(const struct lint_finding *finding)
{
	const struct lint_part *part;
	char *text = xasprintf("%s%s", finding->subject ? finding->subject : "",
			       finding->subject ? ": " : "");

	for (part = finding->parts; part; part = part->next) {
		const struct lint_kernel *kernel;

		append(&text, part == finding->parts ? "" : ", ", part->text);
		for (kernel = part->kernels; kernel; kernel = kernel->next)
			append(&text,
			       kernel == part->kernels ? " " :
			       kernel->next	       ? ", " :
							 " and ",
			       kernel->version);
	}
	if (finding->hint)
		append(&text, "; ", finding->hint);
	return text;
}

unsigned lint_column(const struct lint_line *line, size_t at)
{
	unsigned column = 1;
	size_t i, length;

	for (i = 0; i < at; i += length ? length : 1, column++)
		length = text_character(line->text + i);
	return column;
}

char *lint_place(const struct lint_line *line)
{
	return xasprintf("%s:%u", line->file->name, line->number);
}
