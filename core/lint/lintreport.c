// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Findings as text.  Text from files passes through clean_text(), so that it cannot send
 * control characters to a terminal.
 */
#include <stdio.h>

#include "base/text.h"
#include "lint/lintreport.h"

enum {
	EXCERPT = 100, /* characters of a line to show, */
	BEFORE = 60,   /* at most so many of them before the finding */
};

/* Print the part of a line around an offset, and a '^' below it. */
static void put_excerpt(const struct lint_line *line, size_t at)
{
	const char *s = line->text, *end = line->text + line->len;
	unsigned column = lint_column(line, at), skip, i;
	CLEANUP_FREE char *text = NULL, *clean = NULL;
	const char *first;
	size_t length;

	skip = column > BEFORE ? column - BEFORE : 0;
	for (i = 0; s < end && i < skip; i++, s += length ? length : 1)
		length = text_character(s);
	first = s;
	for (i = 0; s < end && i < EXCERPT; i++, s += length ? length : 1)
		length = text_character(s);
	text = xasprintf("%.*s", (int)(s - first), first);
	clean = clean_text(text, false);
	printf("    %s\n    %*s^\n", clean, (int)(column - 1 - skip), "");
}

void lint_report_text(const struct lint *lint, bool excerpts)
{
	const struct lint_finding *finding;
	size_t i, j;

	for (i = 0; i < lint->n_files; i++) {
		const struct lint_file *file = &lint->files[i];
		CLEANUP_FREE char *name = clean_text(file->name, false);

		for (j = 0; j < file->n; j++) {
			const struct lint_line *line = &file->lines[j];

			for (finding = line->findings; finding; finding = finding->next) {
				const struct lint_rule *rule = &lint_rules[finding->rule];
				CLEANUP_FREE char *message = lint_message(finding);
				CLEANUP_FREE char *clean = clean_text(message, false);

				printf("%s:%u:%u: %s: %s [%s]\n", name, line->number,
				       lint_column(line, finding->at),
				       lint_severities[finding->severity], clean,
				       rule->id);
				if (excerpts)
					put_excerpt(line, finding->at);
			}
		}
	}
}

void lint_list_rules(void)
{
	for (size_t i = 0; i < LINT_RULES; i++)
		printf("%-20s %-8s %s%s\n", lint_rules[i].id,
		       lint_severities[lint_rules[i].severity], lint_rules[i].title,
		       lint_rules[i].fixed ? " (--fix)" : "");
}

void lint_explain(enum lint_rule_number number)
{
	const struct lint_rule *rule = &lint_rules[number];

	printf("%s (%s%s): %s.\n\n%s\n", rule->id, lint_severities[rule->severity],
	       rule->fixed ? ", fixed by --fix" : "", rule->title, rule->advice);
}
