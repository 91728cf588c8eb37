// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks of lists that need no kernel: bytes, comments, duplicates, paths, empty lists.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/path.h"
#include "base/text.h"
#include "lint/lintchecks.h"
#include "module/names.h"
#include "plan/selection.h"

/* Report the first control character and the first byte that is not UTF-8. */
static void check_bytes(struct lint *lint, struct lint_line *line, size_t len)
{
	bool control = false, foreign = false;
	size_t i, length;

	for (i = 0; i < len; i += length ? length : 1) {
		const char *s = line->text + i;

		length = text_character(s);
		if (!length && !foreign)
			lint_add(lint, line, i, LINT_NOT_UTF8, NULL, NULL,
				 "byte \\x%02x is not UTF-8", (unsigned char)*s);
		foreign |= !length;
		if (!length || control || *s == '\t' || !text_is_control(s))
			continue;
		lint_add(lint, line, i, LINT_CONTROL_CHARACTER, NULL, NULL,
			 "control character \\x%02x", (unsigned char)s[length - 1]);
		control = true;
	}
}

/* Find the name in a line.  A line with a '#' after the name requests nothing. */
static void take_name(struct lint *lint, struct lint_line *line)
{
	struct lint_finding *finding;
	size_t len = line->len, before;
	const char *hash;

	line->at = list_name(line->text, &len);
	if (!len)
		return;
	hash = memchr(line->text + line->at, '#', len);
	if (!hash) {
		line->name = arena_strndup(&lint->arena, line->text + line->at, len);
		return;
	}
	before = (size_t)(hash - line->text);
	finding = lint_add(lint, line, before, LINT_INLINE_COMMENT, NULL, NULL,
			   "a comment needs a line of its own");
	while (before && strchr(" \t", line->text[before - 1]))
		before--;
	if (finding)
		finding->fix =
			arena_printf(&lint->arena, "%.*s\n%.*s%s",
				     (int)(line->len - (size_t)(hash - line->text)), hash,
				     (int)before, line->text,
				     line->text[line->len - 1] == '\r' ? "\r" : "");
}

static void check_trailing(struct lint *lint, struct lint_line *line, size_t len)
{
	struct lint_finding *finding;
	size_t end = len;

	while (end && strchr(" \t", line->text[end - 1]))
		end--;
	if (end == len)
		return;
	finding = lint_add(lint, line, end, LINT_TRAILING_BLANK, NULL, NULL,
			   "spaces or tabs at the end of the line");
	if (finding)
		finding->fix = arena_printf(&lint->arena, "%.*s%s", (int)end, line->text,
					    len < line->len ? "\r" : "");
}

void lint_check_text(struct lint *lint, struct lint_file *list)
{
	struct lint_line *first = NULL;
	size_t n = 0, i;

	for (i = 0; i < list->n; i++) {
		struct lint_line *line = &list->lines[i];
		size_t len = line->len;

		if (len > LIST_MAX_LINE) {
			lint_add(lint, line, 0, LINT_LONG_LINE, NULL, NULL,
				 "the line has %zu bytes; the maximum is %d", len,
				 LIST_MAX_LINE);
			continue;
		}
		if (len && line->text[len - 1] == '\r') {
			len--;
			n++;
			if (!first)
				first = line;
		}
		check_trailing(lint, line, len);
		check_bytes(lint, line, len);
		take_name(lint, line);
	}
	if (first)
		list->crlf = lint_add(lint, first, first->len - 1, LINT_CRLF, NULL, NULL,
				      "%zu of %zu lines end with CRLF", n, list->n);
}

/* A name in the form used to compare it with others. */
struct key {
	const char *text;
	struct lint_asked *asked;
	UT_hash_handle hh;
};

static const char *key_text(struct lint *lint, const struct request *request)
{
	const char *name = request->name + strspn(request->name, "/");

	if (!selection_is_set(request->name))
		name = normalize_request(&lint->arena, request->name);
	return arena_printf(&lint->arena, "%s%s", request->exclude ? "!" : "",
			    name ? name : request->name);
}

static void add_duplicate(struct lint *lint, struct lint_asked *asked,
			  const struct lint_asked *other)
{
	struct lint_line *line = asked->line;
	CLEANUP_FREE char *place = lint_place(other->line);
	struct lint_finding *finding;

	line->duplicate = true;
	finding = lint_add(lint, line, line->at, LINT_DUPLICATE, line->name, NULL,
			   "already in %s%s%s", place,
			   strcmp(line->name, other->line->name) != 0 ? ", as " : "",
			   strcmp(line->name, other->line->name) != 0 ?
				   other->line->name :
				   "");
	if (finding)
		finding->drops = line->file == other->line->file && !line->ignored;
}

/* Find repeated names.  Of NAME and NAME?, the optional one is the duplicate. */
static void find_duplicates(struct lint *lint)
{
	struct key *keys = xcalloc(lint->wanted.n, sizeof(*keys)), *known = NULL, *found;

	for (size_t i = 0; i < lint->wanted.n; i++) {
		struct lint_asked *asked = &lint->asked[i];

		keys[i] = (struct key){ key_text(lint, asked->request), asked, { 0 } };
		HASH_FIND_STR(known, keys[i].text, found);
		if (!found) {
			HASH_ADD_KEYPTR(hh, known, keys[i].text, strlen(keys[i].text),
					&keys[i]);
		} else if (found->asked->request->optional && !asked->request->optional) {
			add_duplicate(lint, found->asked, asked);
			found->asked = asked;
		} else {
			add_duplicate(lint, asked, found->asked);
		}
	}
	HASH_CLEAR(hh, known);
	free(keys);
}

static void check_path(struct lint *lint, const struct lint_asked *asked)
{
	const char *name = asked->request->name, *base = path_base(name);
	struct lint_line *line = asked->line;
	size_t stem = module_stem(base), len = strlen(name), at;
	struct lint_finding *finding;

	if (!stem || selection_is_set(name))
		return;
	at = line->at + (size_t)(strstr(line->name, name) - line->name);
	finding = lint_add(lint, line, at, LINT_PATH, line->name, NULL,
			   "a %s; write %.*s", base == name ? "file name" : "path",
			   (int)stem, base);
	if (finding)
		finding->fix = arena_printf(&lint->arena, "%.*s%.*s%.*s", (int)at,
					    line->text, (int)stem, base,
					    (int)(line->len - at - len),
					    line->text + at + len);
}

static bool has_rejected(const struct lint_file *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (lint_found(&list->lines[i], LINT_INLINE_COMMENT) ||
		    list->lines[i].len > LIST_MAX_LINE)
			return true;
	return false;
}

/* Find empty lists.  A list of exclusions is fine if another list requests something. */
static void check_empty(struct lint *lint)
{
	size_t requested = 0, i, j = 0;

	for (i = 0; i < lint->wanted.n; i++)
		requested += !lint->wanted.items[i].exclude;
	for (i = 0; i < lint->n_lists; i++) {
		struct lint_file *list = &lint->files[i];
		size_t first = j;

		while (j < lint->wanted.n && lint->asked[j].line->file == list)
			j++;
		if ((j > first && requested) || has_rejected(list))
			continue;
		lint_add(lint, &list->lines[0], 0, LINT_EMPTY_LIST, NULL, NULL, "%s",
			 j > first ? "the list only excludes modules" :
				     "the list names no module");
	}
}

void lint_check_lists(struct lint *lint)
{
	find_duplicates(lint);
	for (size_t i = 0; i < lint->wanted.n; i++)
		check_path(lint, &lint->asked[i]);
	check_empty(lint);
}
