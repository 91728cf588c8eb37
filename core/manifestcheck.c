// SPDX-License-Identifier: GPL-2.0-or-later
/* Two manifests compared: what an update of a kernel changes. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builtin.h"
#include "manifestcheck.h"
#include "message.h"
#include "names.h"
#include "text.h"
#include "util.h"

/* A row by what it is compared by. */
struct entry {
	const char *key;
	const struct manifest_row *row;
	size_t kernel; /* of now: the one that it is of, or in whose place; or NONE */
};

struct entries {
	struct entry *items; /* sorted by key */
	size_t n;
};

#define NONE SIZE_MAX

struct check {
	struct arena arena;
	const struct manifest *before, *now;
	const struct modtree *const *trees;
	size_t *partners; /* for each kernel of now the one of before, or NONE */
	size_t came, went, changed;
};

static bool is_taken(const struct check *c, size_t partner)
{
	size_t i;

	for (i = 0; i < c->now->kernels.n; i++)
		if (c->partners[i] == partner)
			return true;
	return false;
}

/* A kernel of the same name, else the first that has no partner yet. */
static void find_partners(struct check *c)
{
	const struct string_list *now = &c->now->kernels, *before = &c->before->kernels;
	size_t i, k;

	c->partners = arena_alloc(&c->arena, now->n * sizeof(*c->partners));
	for (i = 0; i < now->n; i++) {
		c->partners[i] = NONE;
		for (k = 0; k < before->n; k++)
			if (strcmp(now->items[i], before->items[k]) == 0)
				c->partners[i] = k;
	}
	for (i = 0; i < now->n; i++)
		for (k = 0; c->partners[i] == NONE && k < before->n; k++)
			if (!is_taken(c, k)) {
				c->partners[i] = k;
				notice("%s is %s now: modules are compared by their names",
				       before->items[k], now->items[i]);
			}
}

/* The path below a kernel's module directory, or NULL. */
static const char *below(const char *path, const char *kernel)
{
	size_t len = strlen(kernel);

	return strncmp(path, kernel, len) == 0 && path[len] == '/' ? path + len + 1 :
								     NULL;
}

/* The kernel of now that a row is of, by its module directory, now or before; or NONE. */
static size_t kernel_of(const struct check *c, bool is_now,
			const struct manifest_row *row, const char **rest)
{
	size_t i;

	for (i = 0; i < c->now->kernels.n; i++) {
		const char *dir = c->now->kernels.items[i];

		if (!is_now && c->partners[i] == NONE)
			continue;
		if (!is_now)
			dir = c->before->kernels.items[c->partners[i]];
		*rest = below(row->path, dir);
		if (*rest)
			return i;
	}
	return NONE;
}

/* Whether a kernel is in the place of one of another version. */
static bool is_other(const struct check *c, size_t kernel)
{
	return kernel != NONE && c->partners[kernel] != NONE &&
	       strcmp(c->now->kernels.items[kernel],
		      c->before->kernels.items[c->partners[kernel]]) != 0;
}

/* What a row is compared by: its path, or what no path is. */
static const char *key_of(struct check *c, bool is_now, const struct manifest_row *row,
			  size_t *kernel)
{
	const char *rest;

	*kernel = kernel_of(c, is_now, row, &rest);
	if (!is_other(c, *kernel))
		return row->path;
	if (module_stem(path_base(rest)))
		rest = module_name(&c->arena, rest);
	return arena_printf(&c->arena, "\n%zu %s", *kernel, rest);
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

static struct entries sort_rows(struct check *c, bool is_now)
{
	const struct manifest *m = is_now ? c->now : c->before;
	struct entries entries = {
		arena_alloc(&c->arena, (m->n + 1) * sizeof(struct entry)), 0
	};
	size_t i;

	for (i = 0; i < m->n; i++) {
		struct entry *entry = &entries.items[entries.n];

		if (strcmp(m->rows[i].why, IMAGE_MADE) == 0)
			continue;
		entry->row = &m->rows[i];
		entry->key = key_of(c, is_now, entry->row, &entry->kernel);
		entries.n++;
	}
	qsort(entries.items, entries.n, sizeof(struct entry), compare_keys);
	return entries;
}

/* What manifests say goes to a terminal. */
static void show(const char *what, const char *path, const char *why)
{
	CLEANUP_FREE char *line = xasprintf("%s %s (%s)", what, path, why);
	CLEANUP_FREE char *clean = clean_text(line, false);

	puts(clean);
}

static void compare(struct check *c, const struct manifest_row *before,
		    const struct manifest_row *now)
{
	CLEANUP_FREE char *how = NULL;

	if (strcmp(before->sha256, now->sha256) == 0 &&
	    strcmp(before->size, now->size) == 0)
		return;
	c->changed++;
	if (now->sha256[0] == '-' || before->sha256[0] == '-')
		how = xasprintf("%s, was %s", now->sha256, before->sha256);
	else if (strcmp(before->size, now->size) != 0)
		how = xasprintf("%s bytes, was %s", now->size, before->size);
	show("changed", now->path, how ? how : "other contents");
}

static void tell_new(struct check *c, const struct manifest_row *row)
{
	c->came++;
	show("came", row->path, row->why);
}

static void tell_gone(struct check *c, const struct entry *entry)
{
	const char *path = entry->row->path;

	if (entry->kernel != NONE && module_stem(path_base(path)) &&
	    builtin_has(&c->trees[entry->kernel]->builtins,
			module_name(&c->arena, path))) {
		notice("%s: it is built in now", path);
		return;
	}
	c->went++;
	show("went", path, entry->row->why);
}

/* A path that is there twice, as after a merge, says nothing.  Returns true, reported. */
static bool is_ambiguous(const struct entries *entries, const char *shown)
{
	size_t i;

	for (i = 1; i < entries->n; i++) {
		const struct entry *entry = &entries->items[i];

		if (compare_keys(entry - 1, entry) != 0)
			continue;
		error(STATUS_USAGE, "%s: %s is there twice: make this manifest anew",
		      shown, entry->row->path);
		return true;
	}
	return false;
}

/* Both are sorted: go through them side by side. */
static void compare_all(struct check *c, struct entries before, struct entries now)
{
	size_t i = 0, k = 0;

	while (i < before.n || k < now.n) {
		int order = i == before.n ? 1 :
			    k == now.n	  ? -1 :
					    compare_keys(&before.items[i], &now.items[k]);

		if (order < 0)
			tell_gone(c, &before.items[i]);
		else if (order > 0)
			tell_new(c, now.items[k].row);
		else if (!is_other(c, now.items[k].kernel))
			compare(c, before.items[i].row, now.items[k].row);
		i += order <= 0;
		k += order >= 0;
	}
}

int manifest_check(const struct manifest *before, const char *shown,
		   const struct manifest *now, const struct modtree *const *trees)
{
	struct check c = { .before = before, .now = now, .trees = trees };
	struct entries rows;
	bool same = false;

	find_partners(&c);
	rows = sort_rows(&c, false);
	if (!is_ambiguous(&rows, shown)) {
		compare_all(&c, rows, sort_rows(&c, true));
		same = c.came + c.went + c.changed == 0;
	}
	if (c.came + c.went + c.changed)
		error(STATUS_MISSING, "%s: %zu came, %zu went, %zu changed", shown,
		      c.came, c.went, c.changed);
	arena_free(&c.arena);
	return same ? 0 : -1;
}
