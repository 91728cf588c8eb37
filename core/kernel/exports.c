// SPDX-License-Identifier: GPL-2.0-or-later
/* A kernel's exports: a table that is sorted once, then searched. */
#include <stdlib.h>
#include <string.h>

#include "kernel/exports.h"

/* A kernel has 12,000 to 25,000 exports, with names of half a megabyte. */
enum { EXPORTS_MAX = 1 << 18, BYTES_MAX = 32 << 20 };

static int compare(const void *a, const void *b)
{
	const struct kernel_export *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int compare_name(const void *name, const void *item)
{
	const struct kernel_export *export = item;

	return strcmp(name, export->name);
}

const struct kernel_export *exports_find(const struct kernel_exports *exports,
					 const char *name)
{
	if (!exports->n)
		return NULL;
	return bsearch(name, exports->items, exports->n, sizeof(*exports->items),
		       compare_name);
}

static const char *copy(struct kernel_exports *exports, struct arena *arena,
			const char *text)
{
	size_t n = strlen(text);

	exports->bytes += n + 1;
	return n ? arena_strndup(arena, text, n) : "";
}

int exports_add(struct kernel_exports *exports, struct arena *arena,
		const struct kernel_export *item)
{
	struct kernel_export *added;

	if (exports->n >= EXPORTS_MAX || exports->bytes >= BYTES_MAX)
		return -1;
	exports->items = grow(exports->items, exports->n, &exports->capacity,
			      sizeof(*exports->items));
	added = &exports->items[exports->n++];
	*added = *item;
	added->name = copy(exports, arena, item->name);
	added->namespace = copy(exports, arena, item->namespace);
	return 0;
}

static bool is_same(const struct kernel_export *a, const struct kernel_export *b)
{
	return a->crc == b->crc && a->gpl == b->gpl &&
	       strcmp(a->namespace, b->namespace) == 0;
}

int exports_sort(struct kernel_exports *exports)
{
	size_t n = 0;

	if (exports->n)
		qsort(exports->items, exports->n, sizeof(*exports->items), compare);
	for (size_t i = 0; i < exports->n; i++) {
		const struct kernel_export *item = &exports->items[i];

		if (n && compare(&exports->items[n - 1], item) == 0) {
			if (!is_same(&exports->items[n - 1], item))
				return -1;
			continue;
		}
		exports->items[n++] = *item;
	}
	exports->n = n;
	return 0;
}

void exports_free(struct kernel_exports *exports)
{
	free(exports->items);
	*exports = (struct kernel_exports){ 0 };
}
