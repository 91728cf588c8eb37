// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of modules, and other lists in the same format. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "config.h"
#include "fs/rootfs.h"
#include "plan/listfile.h"

static const char BLANKS[] = " \t\r\v\f";

static void append(struct request_list *list, struct request request, const char *origin)
{
	request.origin = arena_strdup(&list->arena, origin);
	list->items = grow(list->items, list->n, &list->capacity, sizeof(*list->items));
	list->items[list->n++] = request;
}

void request_add(struct request_list *list, const char *name, const char *origin)
{
	struct request request = { 0 };
	size_t len;

	if (ENABLED(FEATURE_LIST_SYNTAX) && name[0] == '!') {
		request.exclude = true;
		name += 1 + strspn(name + 1, BLANKS);
	}
	len = strlen(name);
	if (ENABLED(FEATURE_LIST_SYNTAX) && len > 1 && name[len - 1] == '?') {
		request.optional = true;
		len--;
	}
	request.name = arena_strndup(&list->arena, name, len);
	append(list, request, origin);
}

void request_add_literal(struct request_list *list, const char *alias, const char *origin)
{
	struct request request = {
		.name = arena_strdup(&list->arena, alias),
		.optional = true,
		.literal = true,
	};

	append(list, request, origin);
}

void request_add_known(struct request_list *list, const char *path, const char *origin)
{
	struct request request = {
		.name = arena_strdup(&list->arena, path),
		.literal = true,
	};

	append(list, request, origin);
}

bool request_list_selects(const struct request_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (!list->items[i].exclude)
			return true;
	return false;
}

void request_list_free(struct request_list *list)
{
	free(list->items);
	arena_free(&list->arena);
	*list = (struct request_list){ 0 };
}

void list_lines_begin(struct list_lines *lines, const char *text, size_t size)
{
	*lines = (struct list_lines){ .next = text, .end = text + size };
	if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		lines->next += 3; /* some editors write a byte order mark */
}

bool list_lines_next(struct list_lines *lines)
{
	size_t left = (size_t)(lines->end - lines->next);
	const char *newline = left ? memchr(lines->next, '\n', left) : NULL;

	if (!left)
		return false;
	lines->number++;
	lines->line = lines->next;
	lines->ended = newline != NULL;
	lines->len = newline ? (size_t)(newline - lines->line) : left;
	lines->next = newline ? newline + 1 : lines->end;
	return true;
}

static bool is_blank(char c)
{
	return c && strchr(BLANKS, c);
}

size_t list_name(const char *line, size_t *len)
{
	size_t at = 0;

	while (*len > 0 && is_blank(line[*len - 1]))
		--*len;
	while (at < *len && is_blank(line[at]))
		at++;
	*len = at < *len && (line[at] == '#' || line[at] == ';') ? 0 : *len - at;
	return at;
}

const char *list_shown(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

char *list_read(const char *path, size_t *size)
{
	bool standard_input = strcmp(path, "-") == 0;
	CLEANUP_FD int fd = standard_input ? -1 :
					     open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *data = NULL;

	if (standard_input || fd >= 0)
		data = read_whole(standard_input ? STDIN_FILENO : fd, size);
	if (!data)
		error(STATUS_IO, "cannot read list %s: %m", list_shown(path));
	return data;
}

int list_check(const struct list_lines *lines, const char *path, const char *kind)
{
	if (!memchr(lines->line, '\0', lines->len))
		return 0;
	error(STATUS_USAGE, "%s:%u: contains a NUL byte: not a list of %s",
	      list_shown(path), lines->number, kind);
	return -1;
}

/* The arguments of listfile_lines(). */
struct reader {
	const char *path, *kind;
	void (*take)(void *context, const char *name, const char *origin);
	void *context;
};

/* Take one line.  Returns 0, or -1, reported. */
static int add_list_line(const struct reader *reader, const struct list_lines *lines)
{
	CLEANUP_FREE char *origin = NULL, *name = NULL;
	size_t len = lines->len, at;

	if (list_check(lines, reader->path, reader->kind) < 0)
		return -1;
	if (len > LIST_MAX_LINE) {
		error(STATUS_USAGE, "%s:%u: line longer than %d bytes: not a list of %s",
		      list_shown(reader->path), lines->number, LIST_MAX_LINE,
		      reader->kind);
		return -1;
	}
	at = list_name(lines->line, &len);
	if (!len)
		return 0;
	name = xasprintf("%.*s", (int)len, lines->line + at);
	origin = xasprintf("%s:%u", list_shown(reader->path), lines->number);
	reader->take(reader->context, name, origin);
	return 0;
}

int listfile_lines(const char *path, const char *kind,
		   void (*take)(void *context, const char *name, const char *origin),
		   void *context)
{
	const struct reader reader = { path, kind, take, context };
	struct list_lines lines;
	size_t size;
	CLEANUP_FREE char *data = list_read(path, &size);

	if (!data)
		return -1;
	list_lines_begin(&lines, data, size);
	while (list_lines_next(&lines))
		if (add_list_line(&reader, &lines) < 0)
			return -1;
	return 0;
}

static void take_request(void *context, const char *name, const char *origin)
{
	request_add(context, name, origin);
}

int listfile_read(struct request_list *list, const char *path)
{
	return listfile_lines(path, "modules", take_request, list);
}
