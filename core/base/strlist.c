// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of strings. */
#include <stdlib.h>
#include <string.h>

#include "base/strlist.h"
#include "base/util.h"

void string_list_add(struct string_list *list, const char *item)
{
	list->items = grow(list->items, list->n, &list->capacity, sizeof(*list->items));
	list->items[list->n++] = item;
}

bool string_list_has(const struct string_list *list, const char *item)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->items[i], item) == 0)
			return true;
	return false;
}

int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void string_list_sort(struct string_list *list)
{
	if (list->n)
		qsort(list->items, list->n, sizeof(*list->items), compare_strings);
}

void string_list_free(struct string_list *list)
{
	free(list->items);
	*list = (struct string_list){ 0 };
}
