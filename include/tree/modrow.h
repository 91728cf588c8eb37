/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODROW_H
#define MODBOX_MODROW_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Lists of dependencies. A row of modules.dep has all of them, direct and indirect, as
 * paths divided by blanks; a depends= field has names divided by commas.
 */

/*
 * Find the next path or name at or behind *list, and move *list past it. separator is a
 * blank or a comma. *path is not terminated. Returns its length, or 0 at the end.
 */
size_t list_next(const char **list, const char **path, char separator);
size_t row_next(const char **row, const char **path);

/* Whether a list has the module of a name (with underscores). */
bool list_has(const char *list, const char *name, char separator);
bool row_has(const char *row, const char *name);

size_t row_count(const char *row);

#endif
