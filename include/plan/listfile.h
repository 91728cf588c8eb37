/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_LISTFILE_H
#define MODBOX_LISTFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"

/* A name that the user requested, and where: "--module" or "list:7". */
struct request {
	const char *name; /* as written, without surrounding blanks and the marks below */
	const char *origin;
	bool exclude;  /* !NAME */
	bool optional; /* NAME? */
	bool literal;  /* a modalias or a module's path, taken literally: not a pattern */
};

/* Requests, in the order given. The list owns its strings. */
struct request_list {
	struct arena arena;
	struct request *items;
	size_t n, capacity;
};

/*
 * Add a request in list syntax (modbox-list(5), FEATURE_LIST_SYNTAX). name and origin are
 * copied.
 */
void request_add(struct request_list *list, const char *name, const char *origin);

/* Add a modalias, which need not match and is not parsed as list syntax. */
void request_add_literal(struct request_list *list, const char *alias,
			 const char *origin);

/* Add a module that is known to exist, by path or name; not parsed as list syntax. */
void request_add_known(struct request_list *list, const char *path, const char *origin);

/* Whether a list has more than exclusions. */
bool request_list_selects(const struct request_list *list);
void request_list_free(struct request_list *list);

/*
 * Add the names in a list file ("-": standard input), one per line. Surrounding blanks
 * and CRLF are ignored; empty lines and lines that begin with '#' or ';' are skipped.
 *
 * Returns 0, or -1 and reports it: the file cannot be read (status 4), is binary, or has
 * a line of more than LIST_MAX_LINE bytes (status 2).
 */
int listfile_read(struct request_list *list, const char *path);

/*
 * Read a list file as listfile_read() does and pass each name to take(), with its origin,
 * FILE:LINE; both are borrowed. kind names the contents in messages: "modules".
 * Returns 0, or -1 and reports it.
 */
int listfile_lines(const char *path, const char *kind,
		   void (*take)(void *context, const char *name, const char *origin),
		   void *context);

/* The rest is for callers that need a list's text itself. */
enum { LIST_MAX_LINE = 4096 }; /* bytes; longer than any alias */

/*
 * Read a list ("-": standard input). *size gets its size in bytes; a NUL follows them.
 * Returns memory that the caller frees, or NULL and reports it (status 4).
 */
char *list_read(const char *path, size_t *size);

/* Return a list's path as messages show it. */
const char *list_shown(const char *path);

/* An iterator over the lines of a text, which is borrowed. */
struct list_lines {
	const char *next, *end; /* the rest of the text */
	const char *line;	/* the current line */
	size_t len;		/* its bytes, without the newline */
	bool ended;		/* it has a newline */
	unsigned number;
};

/* Start before the first line; skips a byte order mark. */
void list_lines_begin(struct list_lines *lines, const char *text, size_t size);
bool list_lines_next(struct list_lines *lines);

/* Report a NUL byte in the current line (status 2). Returns 0, or -1 if there is one. */
int list_check(const struct list_lines *lines, const char *path, const char *kind);

/*
 * Return the offset of the name in a line of *len bytes. *len becomes the name's length:
 * 0 for an empty line or a comment.
 */
size_t list_name(const char *line, size_t *len);

#endif
