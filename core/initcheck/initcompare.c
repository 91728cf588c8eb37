// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two images, compared by what a reader takes for the same file: below lib or usr/lib, of
 * this kernel's version or that, a module with or without its compression suffix.
 */
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "initcompare.h"
#include "module/names.h"

/* Components that a directory of a comparison has: lib/modules/kernel/fs. */
enum { DEPTH = 4 };

static const char *key_of(struct arena *arena, const struct init_file *file)
{
	const char *path = file->path, *below;
	size_t len;

	if (strncmp(path, "usr/", 4) == 0)
		path += 4;
	if (strncmp(path, "lib/modules/", 12) != 0)
		return path;
	below = strchr(path + 12, '/');
	if (!below)
		return path;
	len = strlen(below);
	if (file->kind == INIT_MODULE)
		len -= strlen(path_base(path)) - module_stem(path_base(path));
	return arena_printf(arena, "lib/modules%.*s%s", (int)len, below,
			    file->kind == INIT_MODULE ? ".ko" : "");
}

static int by_key(const void *a, const void *b)
{
	const struct init_change *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : x->before - y->before;
}

static uint64_t difference(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static int by_change(const void *a, const void *b)
{
	const struct init_change *x = a, *y = b;
	uint64_t x_bytes = difference(x->before_bytes, x->after_bytes),
		 y_bytes = difference(y->before_bytes, y->after_bytes);

	if (x_bytes != y_bytes)
		return x_bytes > y_bytes ? -1 : 1;
	return strcmp(x->key, y->key);
}

static int by_directory(const void *a, const void *b)
{
	const struct init_directory *x = a, *y = b;
	uint64_t x_bytes = difference(x->before, x->after),
		 y_bytes = difference(y->before, y->after);

	if (x_bytes != y_bytes)
		return x_bytes > y_bytes ? -1 : 1;
	return strcmp(x->path, y->path);
}

static void add_files(struct init_comparison *c, const struct init_image *image,
		      bool before)
{
	for (size_t i = 0; i < image->n; i++)
		c->changes[c->n++] = (struct init_change){
			.key = key_of(&c->arena, &image->files[i]),
			.kind = image->files[i].kind,
			.before = before,
			.after = !before,
			.before_bytes = before ? image->files[i].size : 0,
			.after_bytes = before ? 0 : image->files[i].size,
		};
}

/* Join the entries of one key: of several kernels, or of both images. */
static void join(struct init_comparison *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		struct init_change *last = n ? &c->changes[n - 1] : NULL;

		if (!last || strcmp(last->key, c->changes[i].key) != 0) {
			c->changes[n++] = c->changes[i];
			continue;
		}
		last->before |= c->changes[i].before;
		last->after |= c->changes[i].after;
		last->before_bytes += c->changes[i].before_bytes;
		last->after_bytes += c->changes[i].after_bytes;
	}
	c->n = n;
}

/* Bytes of a path up to its directory of DEPTH components at most. */
static size_t directory_length(const char *path)
{
	size_t len = 0;

	for (int i = 0; i < DEPTH; i++) {
		const char *slash = strchr(path + len + !!len, '/');

		if (!slash)
			break;
		len = (size_t)(slash - path);
	}
	return len;
}

/* The changes are sorted by key, so that a directory's files are together, mostly. */
static void add_directories(struct init_comparison *c)
{
	struct init_directory *last = NULL;

	c->directories = xcalloc(c->n + 1, sizeof(*c->directories));
	for (size_t i = 0; i < c->n; i++) {
		const struct init_change *change = &c->changes[i];
		size_t len = directory_length(change->key);

		if (!last || strlen(last->path) != len ||
		    memcmp(last->path, change->key, len) != 0) {
			last = &c->directories[c->n_directories++];
			last->path = arena_strndup(&c->arena, change->key, len);
		}
		last->before += change->before_bytes;
		last->after += change->after_bytes;
	}
}

static int by_path(const void *a, const void *b)
{
	const struct init_directory *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* Join directories of one path, and drop those that did not change. */
static void join_directories(struct init_comparison *c)
{
	struct init_directory *d = c->directories;
	size_t n = 0, changed = 0;

	if (c->n_directories)
		qsort(d, c->n_directories, sizeof(*d), by_path);
	for (size_t i = 0; i < c->n_directories; i++) {
		if (n && strcmp(d[n - 1].path, d[i].path) == 0) {
			d[n - 1].before += d[i].before;
			d[n - 1].after += d[i].after;
		} else {
			d[n++] = d[i];
		}
	}
	for (size_t i = 0; i < n; i++)
		if (d[i].before != d[i].after)
			d[changed++] = d[i];
	c->n_directories = changed;
	if (changed)
		qsort(d, changed, sizeof(*d), by_directory);
}

static void drop_same(struct init_comparison *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		if (!c->changes[i].before || !c->changes[i].after ||
		    c->changes[i].before_bytes != c->changes[i].after_bytes)
			c->changes[n++] = c->changes[i];
	c->n = n;
	if (n)
		qsort(c->changes, n, sizeof(*c->changes), by_change);
}

void init_compare(struct init_comparison *c, const struct init_image *before,
		  const struct init_image *after)
{
	*c = (struct init_comparison){ 0 };
	c->changes = xcalloc(before->n + after->n + 1, sizeof(*c->changes));
	add_files(c, before, true);
	add_files(c, after, false);
	if (c->n)
		qsort(c->changes, c->n, sizeof(*c->changes), by_key);
	join(c);
	add_directories(c);
	join_directories(c);
	drop_same(c);
}

void init_comparison_free(struct init_comparison *c)
{
	free(c->changes);
	free(c->directories);
	arena_free(&c->arena);
}
