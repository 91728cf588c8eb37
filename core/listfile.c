// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of modules. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "listfile.h"
#include "message.h"
#include "rootfs.h"

enum { MAX_LINE = 4096 }; /* bytes: longer than any alias */

static const char BLANKS[] = " \t\r\v\f";

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
	request.origin = arena_strdup(&list->arena, origin);
	list->items = grow(list->items, list->n, &list->capacity, sizeof(*list->items));
	list->items[list->n++] = request;
}

void request_add_literal(struct request_list *list, const char *alias, const char *origin)
{
	list->items = grow(list->items, list->n, &list->capacity, sizeof(*list->items));
	list->items[list->n++] = (struct request){
		.name = arena_strdup(&list->arena, alias),
		.origin = arena_strdup(&list->arena, origin),
		.optional = true,
		.literal = true,
	};
}

void request_list_free(struct request_list *list)
{
	free(list->items);
	arena_free(&list->arena);
	*list = (struct request_list){ 0 };
}

/* Take one line of len bytes, which it may change.  Returns 0, or -1, reported. */
static int take_line(struct request_list *list, char *line, size_t len, const char *path,
		     unsigned number)
{
	CLEANUP_FREE char *origin = NULL;

	if (memchr(line, '\0', len)) {
		error(STATUS_USAGE, "%s:%u: a NUL byte: this is not a list of modules", path,
		      number);
		return -1;
	}
	if (len > MAX_LINE) {
		error(STATUS_USAGE, "%s:%u: the line is longer than %d bytes: this is not a list "
				    "of modules",
		      path, number, MAX_LINE);
		return -1;
	}
	while (len > 0 && strchr(BLANKS, line[len - 1]))
		len--;
	line[len] = '\0';
	line += strspn(line, BLANKS);
	if (line[0] == '\0' || line[0] == '#')
		return 0;
	origin = xasprintf("%s:%u", path, number);
	request_add(list, line, origin);
	return 0;
}

int listfile_read(struct request_list *list, const char *path)
{
	bool standard_input = strcmp(path, "-") == 0;
	const char *shown = standard_input ? "standard input" : path;
	CLEANUP_FD int fd = standard_input ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	CLEANUP_FREE char *data = NULL;
	unsigned number = 0;
	char *line;
	size_t size = 0;

	if (standard_input || fd >= 0)
		data = read_whole(standard_input ? STDIN_FILENO : fd, &size);
	if (!data) {
		error(STATUS_IO, "cannot read the list %s: %s", shown, strerror(errno));
		return -1;
	}
	line = data;
	if (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
		line += 3; /* the byte order mark of some editors */
	while (line < data + size) {
		char *end = memchr(line, '\n', (size_t)(data + size - line));

		if (!end)
			end = data + size;
		if (take_line(list, line, (size_t)(end - line), shown, ++number) < 0)
			return -1;
		line = end + 1;
	}
	return 0;
}
