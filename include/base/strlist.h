/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_STRLIST_H
#define MODBOX_STRLIST_H

#include <stdbool.h>
#include <stddef.h>

/* A list of borrowed strings, for example the arguments of a repeatable option. */
struct string_list {
	const char **items;
	size_t n, capacity;
};

void string_list_add(struct string_list *list, const char *item);
bool string_list_has(const struct string_list *list, const char *item);

/* Sort it by bytes. */
void string_list_sort(struct string_list *list);

/* Compare two pointers to strings, for qsort(3) and bsearch(3). */
int compare_strings(const void *a, const void *b);

void string_list_free(struct string_list *list);

#endif
