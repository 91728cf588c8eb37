// SPDX-License-Identifier: GPL-2.0-or-later
/* Rows of modules.dep for modules that DEST calls otherwise than SOURCE. */
#include <string.h>

#include "bytes.h"
#include "indexrename.h"

void renames_collect(struct renames *renames, const struct image *image, size_t kernel,
		     const char *top)
{
	size_t below = strlen(top) + 1, i;

	*renames = (struct renames){ 0 };
	for (i = 0; i < image->n; i++) {
		const struct image_file *file = &image->files[i];
		struct rename *rename;

		if (file->kernel != kernel || !file->from ||
		    strcmp(file->from, file->path) == 0)
			continue;
		rename = arena_alloc(&renames->arena, sizeof(*rename));
		*rename = (struct rename){ .from = file->from + below,
					   .to = file->path + below };
		HASH_ADD_KEYPTR(hh, renames->by_from, rename->from, strlen(rename->from),
				rename);
	}
}

void renames_free(struct renames *renames)
{
	HASH_CLEAR(hh, renames->by_from);
	arena_free(&renames->arena);
}

/* "PATH: DEPENDENCY...": every word is a path, which holds neither blank nor ':'. */
static const char *rename_row(struct arena *arena, const char *row,
			      const struct renames *renames)
{
	static const char ends[] = ": ";
	struct bytes_out out = { 0 };
	const char *renamed;

	while (*row) {
		size_t len = strcspn(row, ends), end = strspn(row + len, ends);
		struct rename *rename;

		HASH_FIND(hh, renames->by_from, row, len, rename);
		if (rename)
			bytes_add_text(&out, rename->to);
		else
			bytes_add(&out, row, len);
		bytes_add(&out, row + len, end);
		row += len + end;
	}
	renamed = arena_strndup(arena, out.data ? out.data : "", out.size);
	bytes_free(&out);
	return renamed;
}

void index_rename(struct index_facts *facts, const struct renames *renames)
{
	size_t i;

	for (i = 0; renames->by_from && i < facts->n; i++)
		facts->modules[i].row =
			rename_row(&facts->arena, facts->modules[i].row, renames);
}
