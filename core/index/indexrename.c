// SPDX-License-Identifier: GPL-2.0-or-later
/* Rewrite rows of modules.dep for modules whose path in DEST differs from SOURCE's. */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "index/indexrename.h"

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct rename *)a)->from, ((const struct rename *)b)->from);
}

void renames_add(struct renames *renames, const char *from, const char *to)
{
	renames->items = grow(renames->items, renames->n, &renames->capacity,
			      sizeof(*renames->items));
	renames->items[renames->n++] = (struct rename){ from, to };
}

void renames_sort(struct renames *renames)
{
	if (renames->n)
		qsort(renames->items, renames->n, sizeof(*renames->items), compare);
}

void renames_free(struct renames *renames)
{
	free(renames->items);
}

/* "PATH: DEPENDENCY...": every word is a path, without blanks or ':'. */
static const char *rename_row(struct arena *arena, const char *row,
			      const struct renames *renames)
{
	static const char ends[] = ": ";
	struct strbuf out = { 0 };
	char *renamed;

	while (*row) {
		size_t len = strcspn(row, ends), end = strspn(row + len, ends);
		struct rename key = { .from = arena_strndup(arena, row, len) };
		const struct rename *found =
			bsearch(&key, renames->items, renames->n, sizeof(key), compare);

		strbuf_add_text(&out, found ? found->to : key.from);
		strbuf_add(&out, row + len, end);
		row += len + end;
	}
	renamed = arena_strndup(arena, out.data, out.size);
	strbuf_free(&out);
	return renamed;
}

void index_rename(struct index_data *facts, const struct renames *renames)
{
	for (size_t i = 0; renames->n && i < facts->n; i++)
		facts->modules[i].row =
			rename_row(&facts->arena, facts->modules[i].row, renames);
}
