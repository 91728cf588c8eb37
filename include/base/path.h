/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_PATH_H
#define MODBOX_PATH_H

#include <stdbool.h>

#include "base/util.h"

/* Return the last component of a path; points into it. */
const char *path_base(const char *path);

/*
 * Return a path with one slash between components, none at either end, and no "."
 * component; "." becomes "". Allocated in arena.
 */
char *path_trim(struct arena *arena, const char *path);

/*
 * Return the text of a link at from that leads to to; both are paths without links from
 * the same directory, or absolute. Allocated in arena.
 */
const char *path_relative(struct arena *arena, const char *from, const char *to);

/* Whether a path stays below its starting point: not absolute, not "", no "..". */
bool is_path_below(const char *path);

#endif
