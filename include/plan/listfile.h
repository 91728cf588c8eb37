/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_LISTFILE_H
#define MODBOX_LISTFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"

/* A name that the user asked for, and where: "--module" or "list:7". */
struct request {
	const char *name; /* as written, without blanks around it and the marks below */
	const char *origin;
	bool exclude;  /* !NAME */
	bool optional; /* NAME? */
	bool literal;  /* a modalias, or a module's path, as it stands: no pattern */
};

/* Requests in the order given.  The list owns its strings. */
struct request_list {
	struct arena arena;
	struct request *items;
	size_t n, capacity;
};

/*
 * Add a request, written in the syntax of lists (modbox-list(5), FEATURE_LIST_SYNTAX).
 * name and origin are copied.
 */
void request_add(struct request_list *list, const char *name, const char *origin);

/* Add a modalias that may be answered by nothing, and has no syntax. */
void request_add_literal(struct request_list *list, const char *alias,
			 const char *origin);

/* Add a module that is known to be there, by its path or name, which has no syntax. */
void request_add_known(struct request_list *list, const char *path, const char *origin);
void request_list_free(struct request_list *list);

/*
 * Add the names of a list file ("-": standard input): one a line, blanks around it
 * and CRLF ignored, empty lines and lines that begin with '#' skipped.
 *
 * Returns 0, or -1, reported: it cannot be read (status 4); it is binary, or holds a
 * line over 4 KiB (status 2).
 */
int listfile_read(struct request_list *list, const char *path);

/*
 * Read a file of lines as listfile_read() does, and hand each name to take with its
 * origin, FILE:LINE; both are borrowed.  what is in the list, for messages: "modules".
 */
int listfile_lines(const char *path, const char *what,
		   void (*take)(void *context, const char *name, const char *origin),
		   void *context);

/*
 * For who needs a list's text itself.
 */
enum { LIST_MAX_LINE = 4096 }; /* bytes: longer than any alias */

/*
 * Read a list ("-": standard input).  *size gets its bytes; a NUL is put behind them.
 * Returns memory that the caller frees, or NULL, reported (status 4).
 */
char *list_read(const char *path, size_t *size);

/* A list's path as messages name it. */
const char *list_shown(const char *path);

/* A walk over the lines of a text, which is borrowed. */
struct list_lines {
	const char *next, *end; /* what is left */
	const char *line;	/* the current one, */
	size_t len;		/* without its newline, */
	bool ended;		/* if it has one */
	unsigned number;
};

/* Begin, behind a byte order mark. */
void list_lines_begin(struct list_lines *lines, const char *text, size_t size);
bool list_lines_next(struct list_lines *lines);

/* Report a NUL byte in the current line (status 2).  Returns 0, or -1. */
int list_check(const struct list_lines *lines, const char *path, const char *what);

/*
 * Where the name in a line of *len bytes begins.  *len becomes its length: 0 where the
 * line is empty or a comment.
 */
size_t list_name(const char *line, size_t *len);

#endif
