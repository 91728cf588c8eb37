// SPDX-License-Identifier: GPL-2.0-or-later
/* Compare two manifests, to show what a kernel update changes. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/path.h"
#include "base/text.h"
#include "base/util.h"
#include "copy/manifestcheck.h"
#include "module/names.h"
#include "tree/builtin.h"

/* A row and the key to compare it by. */
struct entry {
	const char *key;
	const struct manifest_row *row;
	size_t kernel; /* index in now->kernels of its kernel or that kernel's successor;
			  or NONE */
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
	size_t *partners; /* per kernel of now: its predecessor in before, or NONE */
	bool is_merged;	  /* one has its files in lib, the other in usr/lib */
	size_t added, removed, changed;
};

static bool is_taken(const struct check *c, size_t partner)
{
	for (size_t i = 0; i < c->now->kernels.n; i++)
		if (c->partners[i] == partner)
			return true;
	return false;
}

typedef bool match_fn(const char *before, const char *now);

static bool is_same_path(const char *before, const char *now)
{
	return strcmp(before, now) == 0;
}

static bool is_same_version(const char *before, const char *now)
{
	return strcmp(path_base(before), path_base(now)) == 0;
}

static bool is_any(const char *before, const char *now)
{
	(void)before;
	(void)now;
	return true;
}

/*
 * Match each kernel with one in the same place, else of the same version, else the
 * first left.
 */
static void find_partners(struct check *c)
{
	static match_fn *const matches[] = { is_same_path, is_same_version, is_any };
	const struct string_list *now = &c->now->kernels, *before = &c->before->kernels;
	size_t i, k, m;

	c->partners = arena_alloc(&c->arena, now->n * sizeof(*c->partners));
	for (i = 0; i < now->n; i++)
		c->partners[i] = NONE;
	for (m = 0; m < sizeof(matches) / sizeof(matches[0]); m++)
		for (i = 0; i < now->n; i++)
			for (k = 0; c->partners[i] == NONE && k < before->n; k++)
				if (!is_taken(c, k) &&
				    matches[m](before->items[k], now->items[i]))
					c->partners[i] = k;
}

/* The part of path below a kernel's module directory, or NULL. */
static const char *below(const char *path, const char *kernel)
{
	size_t len = strlen(kernel);

	return strncmp(path, kernel, len) == 0 && path[len] == '/' ? path + len + 1 :
								     NULL;
}

/* The kernel of now whose module directory, now or before, contains the row; or NONE. */
static size_t kernel_of(const struct check *c, bool is_now,
			const struct manifest_row *row, const char **rest)
{
	for (size_t i = 0; i < c->now->kernels.n; i++) {
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

/* Whether a kernel and its predecessor match; true without a predecessor. */
static bool is_matched(const struct check *c, size_t kernel, match_fn *match)
{
	return kernel == NONE || c->partners[kernel] == NONE ||
	       match(c->before->kernels.items[c->partners[kernel]],
		     c->now->kernels.items[kernel]);
}

static void tell_other_versions(const struct check *c)
{
	for (size_t i = 0; i < c->now->kernels.n; i++)
		if (!is_matched(c, i, is_same_version))
			notice("%s is now %s; comparing modules by name",
			       c->before->kernels.items[c->partners[i]],
			       c->now->kernels.items[i]);
}

static bool has_lib(const struct manifest *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (below(m->rows[i].path, "lib"))
			return true;
	return false;
}

/*
 * The key for comparing a row: its path; for a kernel in another directory, the path
 * below that; for a module of another version, its name.  Keys other than paths start
 * with a newline, which no path does.
 */
static const char *key_of(struct check *c, bool is_now, const struct manifest_row *row,
			  size_t *kernel)
{
	const char *rest;

	*kernel = kernel_of(c, is_now, row, &rest);
	if (*kernel == NONE && c->is_merged && below(row->path, "lib"))
		return arena_printf(&c->arena, "usr/%s", row->path);
	if (is_matched(c, *kernel, is_same_path))
		return row->path;
	if (!is_matched(c, *kernel, is_same_version) && module_stem(path_base(rest)))
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

	for (size_t i = 0; i < m->n; i++) {
		struct entry *entry = &entries.items[entries.n];

		if (strcmp(m->rows[i].reason, FILE_GENERATED) == 0)
			continue;
		entry->row = &m->rows[i];
		entry->key = key_of(c, is_now, entry->row, &entry->kernel);
		entries.n++;
	}
	qsort(entries.items, entries.n, sizeof(struct entry), compare_keys);
	return entries;
}

/* Manifest text is untrusted, so clean it for the terminal. */
static void show_difference(const char *what, const char *path, const char *reason)
{
	CLEANUP_FREE char *line = xasprintf("%s %s (%s)", what, path, reason);
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
	show_difference("changed", now->path, how ? how : "other contents");
}

static void tell_new(struct check *c, const struct manifest_row *row)
{
	c->added++;
	show_difference("added", row->path, row->reason);
}

static void tell_gone(struct check *c, const struct entry *entry)
{
	const char *path = entry->row->path;

	if (entry->kernel != NONE && module_stem(path_base(path)) &&
	    builtin_has(&c->trees[entry->kernel]->builtins,
			module_name(&c->arena, path))) {
		notice("%s: now built in", path);
		return;
	}
	c->removed++;
	show_difference("removed", path, entry->row->reason);
}

/*
 * A duplicate path, as after merging files, makes the comparison meaningless.  Returns
 * true (reported) if there is one.
 */
static bool is_ambiguous(const struct entries *entries, const char *label)
{
	for (size_t i = 1; i < entries->n; i++) {
		const struct entry *entry = &entries->items[i];

		if (compare_keys(entry - 1, entry) != 0)
			continue;
		error(STATUS_USAGE, "%s: %s is listed twice; make the manifest again",
		      label, entry->row->path);
		return true;
	}
	return false;
}

/* Walk both sorted lists in parallel. */
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
		else if (is_matched(c, now.items[k].kernel, is_same_version))
			compare(c, before.items[i].row, now.items[k].row);
		i += order <= 0;
		k += order >= 0;
	}
}

int manifest_check(const struct manifest *before, const char *label,
		   const struct manifest *now, const struct modtree *const *trees)
{
	struct check c = { .before = before, .now = now, .trees = trees };
	struct entries rows;
	bool same = false;

	find_partners(&c);
	tell_other_versions(&c);
	/* In archives, SOURCE's lib goes to usr/lib. */
	c.is_merged = !has_lib(before) || !has_lib(now);
	rows = sort_rows(&c, false);
	if (!is_ambiguous(&rows, label)) {
		compare_all(&c, rows, sort_rows(&c, true));
		same = c.added + c.removed + c.changed == 0;
	}
	if (c.added + c.removed + c.changed)
		error(STATUS_MISSING, "%s: %zu added, %zu removed, %zu changed", label,
		      c.added, c.removed, c.changed);
	arena_free(&c.arena);
	return same ? 0 : -1;
}
