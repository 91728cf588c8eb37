// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * --fix and --diff.
 *
 * A finding carries the fix for its line.  One fix can expose another (moving a comment
 * uncovers a name, which may be a duplicate), so each round applies one fix per line and
 * the lists are checked again, until nothing changes.  Each new line records the line of
 * the file it came from, so the diff needs no search.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/path.h"
#include "fs/copy.h"
#include "lint/lintfix.h"

enum { CONTEXT = 3 }; /* unchanged lines around a change, as diff -u has */

/* The new lines of a list. */
struct draft_lines {
	struct lint_file *list;
	struct lint_line *items;
	size_t n, capacity;
	bool changed;
};

/* Size of the list's byte order mark, in bytes. */
static size_t mark_size(const struct lint_file *list)
{
	const struct lint_line *first = list->old ? list->old : list->lines;

	return (size_t)(first->text - list->data);
}

static void add_line(struct draft_lines *lines, const struct lint_line *from,
		     const char *text, size_t len, bool ended)
{
	if (lines->list->crlf && len && text[len - 1] == '\r') {
		len--;
		lines->changed = true;
	}
	lines->items =
		grow(lines->items, lines->n, &lines->capacity, sizeof(*lines->items));
	lines->items[lines->n] = (struct lint_line){
		.file = lines->list,
		.text = text,
		.len = len,
		.ended = ended,
		.number = (unsigned)lines->n + 1,
		.origin = from->origin,
	};
	lines->n++;
}

static void fix_line(struct lint *lint, struct draft_lines *lines,
		     const struct lint_line *line)
{
	const struct lint_finding *finding = line->findings;
	const char *text, *newline;

	/* Never delete the first line if a byte order mark precedes it. */
	while (finding && !finding->fix &&
	       !(finding->drops && (line->number > 1 || !mark_size(lines->list))))
		finding = finding->next;
	if (!finding) {
		add_line(lines, line, line->text, line->len, line->ended);
		return;
	}
	lines->changed = true;
	if (!finding->fix)
		return;
	text = arena_strdup(&lint->kept, finding->fix);
	newline = strchr(text, '\n');
	if (newline) {
		add_line(lines, line, text, (size_t)(newline - text), true);
		text = newline + 1;
	}
	add_line(lines, line, text, strlen(text), line->ended);
}

static bool fix_list(struct lint *lint, struct lint_file *list)
{
	struct draft_lines lines = { .list = list };

	for (size_t i = 0; i < list->n; i++)
		fix_line(lint, &lines, &list->lines[i]);
	if (!lines.changed) {
		free(lines.items);
		return false;
	}
	if (list->old) {
		free(list->lines);
	} else {
		list->old = list->lines;
		list->n_old = list->n;
	}
	list->lines = lines.items;
	list->n = lines.n;
	return true;
}

bool lint_fix(struct lint *lint)
{
	bool changed = false;

	for (size_t i = 0; i < lint->n_lists; i++)
		changed |= fix_list(lint, &lint->files[i]);
	return changed;
}

/* -- the diff ---------------------------------------------------------------------- */

/* Find the *n new lines that come from old line i.  Returns the index of the first. */
static size_t lines_of(const struct lint_file *list, size_t from, size_t i, size_t *n)
{
	size_t end;

	while (from < list->n && list->lines[from].origin < i)
		from++;
	for (end = from; end < list->n && list->lines[end].origin == i;)
		end++;
	*n = end - from;
	return from;
}

static bool is_changed(const struct lint_file *list, size_t from, size_t i)
{
	const struct lint_line *old = &list->old[i];
	size_t n;

	from = lines_of(list, from, i, &n);
	return n != 1 || old->len != list->lines[from].len ||
	       memcmp(old->text, list->lines[from].text, old->len) != 0;
}

static void put_line(char sign, const struct lint_file *list,
		     const struct lint_line *line)
{
	putchar(sign);
	if (line->number == 1)
		fwrite(list->data, 1, mark_size(list), stdout);
	fwrite(line->text, 1, line->len, stdout);
	fputs(line->ended ? "\n" : "\n\\ No newline at end of file\n", stdout);
}

/* Return the end of the hunk whose first change is at old line i. */
static size_t hunk_end(const struct lint_file *list, size_t from, size_t i)
{
	size_t last = i;

	for (; i < list->n_old && i - last <= (size_t)2 * CONTEXT; i++)
		if (is_changed(list, from, i))
			last = i;
	return last + 1 + CONTEXT < list->n_old ? last + 1 + CONTEXT : list->n_old;
}

/* Print a hunk: old lines from first up to end, new lines starting at from. */
static void put_hunk(const struct lint_file *list, size_t first, size_t end, size_t from)
{
	size_t after = from, i, j, n;

	for (i = first; i < end; i++)
		after = lines_of(list, after, i, &n) + n;
	printf("@@ -%zu,%zu +%zu,%zu @@\n", first + 1, end - first,
	       after > from ? from + 1 : from, after - from);
	for (i = first; i < end; i++) {
		bool changed = is_changed(list, from, i);

		from = lines_of(list, from, i, &n);
		put_line(changed ? '-' : ' ', list, &list->old[i]);
		for (j = 0; changed && j < n; j++)
			put_line('+', list, &list->lines[from + j]);
		from += n;
	}
}

static void put_diff(const struct lint_file *list)
{
	size_t from = 0, i, n;

	printf("--- %s\n+++ %s\n", list->path, list->path);
	for (i = 0; i < list->n_old; i++) {
		size_t first = i > CONTEXT ? i - CONTEXT : 0, end;

		if (!is_changed(list, from, i))
			continue;
		end = hunk_end(list, from, i);
		while (from && list->lines[from - 1].origin >= first)
			from--;
		from = lines_of(list, from, first, &n);
		put_hunk(list, first, end, from);
		i = end - 1;
		from = lines_of(list, from, i, &n);
	}
}

void lint_show_diff(const struct lint *lint)
{
	for (size_t i = 0; i < lint->n_lists; i++)
		if (lint->files[i].old)
			put_diff(&lint->files[i]);
}

/* -- writing ----------------------------------------------------------------------- */

/* Join the lines of a list, with its byte order mark.  The caller frees the text. */
static char *join(const struct lint_file *list, size_t *size)
{
	size_t mark = mark_size(list), i;
	char *text, *to;

	*size = mark;
	for (i = 0; i < list->n; i++)
		*size += list->lines[i].len + list->lines[i].ended;
	to = text = xmalloc(*size);
	memcpy(to, list->data, mark);
	to += mark;
	for (i = 0; i < list->n; i++) {
		memcpy(to, list->lines[i].text, list->lines[i].len);
		to += list->lines[i].len;
		if (list->lines[i].ended)
			*to++ = '\n';
	}
	return text;
}

/* Return the reason not to overwrite a list, or NULL. */
static const char *objection(const struct lint_file *list, int fd)
{
	const struct stat *was = &list->st;
	struct stat now;

	if (fd < 0 || fstat(fd, &now) < 0)
		return strerror(errno);
	if (!S_ISREG(now.st_mode))
		return "it is not a regular file; use --diff";
	if (now.st_ino != was->st_ino || now.st_size != was->st_size ||
	    now.st_mtim.tv_sec != was->st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != was->st_mtim.tv_nsec)
		return "it has changed since it was read; try again";
	if (now.st_uid != geteuid() && geteuid() != 0)
		return "it belongs to another user and would become yours; use --diff";
	return NULL;
}

/* Replace a list.  If its path is a symbolic link, replace the target instead. */
static int write_list(const struct lint_file *list)
{
	CLEANUP_FREE char *path = realpath(list->path, NULL);
	CLEANUP_FREE char *dir = NULL, *text = NULL;
	CLEANUP_FD int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;
	CLEANUP_FD int dir_fd = -1;
	const char *err = objection(list, fd);
	size_t size;

	if (!err) {
		dir = xasprintf("%.*s/", (int)(path_base(path) - path), path);
		dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (dir_fd < 0)
			err = strerror(errno);
	}
	if (err) {
		error(STATUS_IO, "cannot write %s: %s", list->path, err);
		return -1;
	}
	text = join(list, &size);
	return copy_replace(text, size, fd, dir_fd, path_base(path), list->path);
}

int lint_write(const struct lint *lint)
{
	for (size_t i = 0; i < lint->n_lists; i++)
		if (lint->files[i].old && write_list(&lint->files[i]) < 0)
			return -1;
	return 0;
}
