// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of modules, and other lists that are written the same way. */
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

void request_list_free(struct request_list *list)
{
	free(list->items);
	arena_free(&list->arena);
	*list = (struct request_list){ 0 };
}

/* Lines on their way to whoever wants them. */
struct reader {
	const char *path, *what;
	void (*take)(void *context, const char *name, const char *origin);
	void *context;
};

/* Take one line of len bytes, which it may change.  Returns 0, or -1, reported. */
static int take_line(const struct reader *reader, char *line, size_t len, unsigned number)
{
	CLEANUP_FREE char *origin = NULL;

	if (memchr(line, '\0', len)) {
		error(STATUS_USAGE, "%s:%u: a NUL byte: this is not a list of %s",
		      reader->path, number, reader->what);
		return -1;
	}
	if (len > MAX_LINE) {
		error(STATUS_USAGE,
		      "%s:%u: the line is longer than %d bytes: this is not a list of %s",
		      reader->path, number, MAX_LINE, reader->what);
		return -1;
	}
	while (len > 0 && strchr(BLANKS, line[len - 1]))
		len--;
	line[len] = '\0';
	line += strspn(line, BLANKS);
	if (line[0] == '\0' || line[0] == '#')
		return 0;
	origin = xasprintf("%s:%u", reader->path, number);
	reader->take(reader->context, line, origin);
	return 0;
}

int listfile_lines(const char *path, const char *what,
		   void (*take)(void *context, const char *name, const char *origin),
		   void *context)
{
	bool standard_input = strcmp(path, "-") == 0;
	const struct reader reader = { standard_input ? "standard input" : path, what,
				       take, context };
	CLEANUP_FD int fd = standard_input ? -1 :
					     open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	CLEANUP_FREE char *data = NULL;
	unsigned number = 0;
	char *line;
	size_t size = 0;

	if (standard_input || fd >= 0)
		data = read_whole(standard_input ? STDIN_FILENO : fd, &size);
	if (!data) {
		error(STATUS_IO, "cannot read the list %s: %s", reader.path,
		      strerror(errno));
		return -1;
	}
	line = data;
	if (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
		line += 3; /* the byte order mark of some editors */
	while (line < data + size) {
		char *end = memchr(line, '\n', (size_t)(data + size - line));

		if (!end)
			end = data + size;
		if (take_line(&reader, line, (size_t)(end - line), ++number) < 0)
			return -1;
		line = end + 1;
	}
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
