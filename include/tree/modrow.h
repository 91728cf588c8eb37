/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODROW_H
#define MODBOX_MODROW_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The dependencies in a row of modules.dep: all of them, direct and indirect, as paths
 * divided by blanks.
 */

/*
 * Find the next path at or behind *list, and move *list past it: in a row, divided by '
 * ', or in a depends= field, by ','. *path is not terminated. Returns its length, or 0 at
 * the end.
 */
size_t list_next(const char **list, const char **path, char separator);
size_t row_next(const char **row, const char **path);

/* Whether a row has the module of a name (with underscores). */
bool row_has(const char *row, const char *name);

size_t row_count(const char *row);

#endif
