// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The statements of modprobe.d.  Lines are joined and split exactly as libkmod does
 * (conf/modconf.h); only complete statements are kept for the other checks.
 */
#include <string.h>

#include "lint/lintchecks.h"

bool lint_is(const struct lint_statement *statement, const char *keyword)
{
	return strcmp(statement->words.keyword, keyword) == 0;
}

static size_t begin_of(const struct lint_line *line)
{
	size_t at = 0;

	while (at < line->len && strchr(" \t\r\v\f", line->text[at]))
		at++;
	return at;
}

/* True if a statement is complete; adds a finding otherwise. */
static bool check_words(struct lint *lint, const struct lint_statement *statement)
{
	static const char *const keywords[] = { "alias",   "blacklist", "options",
						"install", "remove",	"softdep",
						"weakdep" };
	const struct conf_statement *words = &statement->words;
	size_t i;

	for (i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (lint_is(statement, keywords[i]))
			break;
	if (i == sizeof(keywords) / sizeof(*keywords))
		lint_add(lint, statement->line, statement->at, LINT_UNKNOWN_KEYWORD,
			 words->keyword, NULL, "not a modprobe.d keyword");
	else if (!words->name || (lint_is(statement, "alias") && !statement->target) ||
		 (!lint_is(statement, "blacklist") && !words->words))
		LINT_ADD(lint, statement, LINT_CONF_SYNTAX, NULL, "incomplete");
	else
		return true;
	return false;
}

static void add_statement(struct lint *lint, struct lint_line *line, char *text)
{
	struct lint_statement statement = { .line = line, .at = begin_of(line) };
	const struct conf_statement *words = &statement.words;

	if (!modconf_statement(text, &statement.words))
		return;
	statement.subject = words->keyword;
	if (words->name)
		statement.subject =
			arena_printf(&lint->arena, "%s %s", words->keyword, words->name);
	if (lint_is(&statement, "alias"))
		statement.target = modconf_target(&statement.words);
	if (!check_words(lint, &statement))
		return;
	lint->statements = grow(lint->statements, lint->n_statements,
				&lint->statements_capacity, sizeof(*lint->statements));
	lint->statements[lint->n_statements++] = statement;
}

static void read_file(struct lint *lint, struct lint_file *file,
		      const struct conf_text *conf)
{
	struct conf_lines lines = { .conf = conf };
	char *text;

	for (size_t i = 0; i < file->n; i++) {
		struct lint_line *line = &file->lines[i];
		const char *nul = memchr(line->text, '\0', line->len);

		if (nul)
			lint_add(lint, line, (size_t)(nul - line->text), LINT_CONF_SYNTAX,
				 NULL, NULL, "libkmod stops reading at this NUL byte");
		else if (line->len > LIST_MAX_LINE)
			lint_add(lint, line, 0, LINT_LONG_LINE, NULL, NULL,
				 "the line has %zu bytes", line->len);
	}
	while ((text = conf_next_line(&lines))) {
		if (lines.dangling) {
			struct lint_line *line = &file->lines[lines.dangling - 1];

			lint_add(lint, line, line->len ? line->len - 1 : 0,
				 LINT_DANGLING_LINE, NULL, NULL,
				 "nothing follows the backslash");
		}
		add_statement(lint, &file->lines[lines.number - 1],
			      arena_strdup(&lint->arena, text));
	}
}

void lint_read_conf(struct lint *lint)
{
	for (size_t i = 0; i < lint->conf.n; i++)
		read_file(lint, &lint->files[lint->n_lists + i], &lint->conf.items[i]);
}
