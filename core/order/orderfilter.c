// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Compare a modules.order with a set of modules.  Lines stream through; only the set is
 * held in memory.
 */
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "order/orderfilter.h"
#include "order/orderlines.h"

static int cannot_write(const struct order_filter *f)
{
	/* A message may have flushed it: that failure's errno is kept. */
	if (f->out == stdout)
		return output_finish();
	error(STATUS_IO, "cannot write %s: %m", f->to);
	return -1;
}

/* An unterminated line gets its newline only when another line follows. */
static int filter_put(struct order_filter *f, const char *text, size_t len, bool ended)
{
	if (f->unended)
		putc('\n', f->out);
	f->unended = !ended && !f->nul;
	fwrite(text, 1, len, f->out);
	if (!f->unended)
		putc(f->nul ? '\0' : '\n', f->out);
	return ferror(f->out) ? cannot_write(f) : 0;
}

static int put_line(struct order_filter *f, const struct order_line *line)
{
	size_t len = line->length;

	if (!f->normalize)
		return filter_put(f, line->text, len, line->ended);
	if (len > 0 && line->text[len - 1] == '\r')
		len--;
	if (nameset_find(&f->written, line->text, len))
		return 0;
	nameset_add_line(&f->written, line->text, len);
	return filter_put(f, line->text, len, true);
}

static int filter_take_line(void *context, const struct order_line *line)
{
	struct order_filter *f = context;
	const struct member *member = nameset_find(&f->set, line->text, line->length);

	switch (f->task) {
	case ORDER_KEEP:
		return member ? put_line(f, line) : 0;
	case ORDER_DROP:
		return member ? 0 : put_line(f, line);
	case ORDER_SORT:
		if (member && member->met == 1)
			return filter_put(f, member->written, strlen(member->written),
					  true);
		break;
	case ORDER_CHECK:
		if (!member)
			error(STATUS_MISSING, "%s:%zu: %.*s is not in the set", f->label,
			      line->number, (int)line->length, line->text);
		break;
	case ORDER_MISSING:
		break;
	}
	return 0;
}

int order_filter_read(struct order_filter *f, int fd, const char *label)
{
	f->label = label;
	f->written.by = BY_PATH;
	return order_lines(fd, label, filter_take_line, f);
}

static int by_path(const void *a, const void *b)
{
	const struct member *x = *(const struct member *const *)a;
	const struct member *y = *(const struct member *const *)b;

	return strcmp(x->written, y->written);
}

/* The members that no line named, sorted by path.  The caller frees the array. */
static const struct member **list_missing(struct nameset *set, size_t *n)
{
	const struct member **missing = xcalloc(set->n, sizeof(*missing));
	size_t i;

	nameset_exclude(set);
	for (*n = 0, i = 0; i < set->n; i++) {
		const struct member *member = &set->members[i];

		if (!member->met && !member->excluded && !member->optional)
			missing[(*n)++] = member;
	}
	if (*n)
		qsort(missing, *n, sizeof(*missing), by_path);
	return missing;
}

/* ORDER_SORT writes missing modules too, but not patterns, which name no module. */
static int put_missing(struct order_filter *f, const struct member *member)
{
	if (f->task == ORDER_CHECK)
		error(STATUS_MISSING, "%s: %s is not in %s", member->origin,
		      member->written, f->label);
	else if (f->task == ORDER_MISSING || member->selector == SELECT_NAME)
		return filter_put(f, member->written, strlen(member->written), true);
	return 0;
}

int order_filter_finish(struct order_filter *f)
{
	CLEANUP_FREE const struct member **missing = NULL;
	size_t n = 0, i;

	if (f->task != ORDER_KEEP && f->task != ORDER_DROP)
		missing = list_missing(&f->set, &n);
	for (i = 0; i < n; i++)
		if (put_missing(f, missing[i]) < 0)
			return -1;
	if (n && f->task == ORDER_SORT)
		warning("%s lacks %zu of the set, such as %s; list them with --missing",
			f->label, n, missing[0]->written);
	return fflush(f->out) == 0 && !ferror(f->out) ? 0 : cannot_write(f);
}

void order_filter_free(struct order_filter *f)
{
	nameset_free(&f->set);
	nameset_free(&f->written);
}
