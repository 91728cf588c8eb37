/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_PATH_H
#define MODBOX_PATH_H

#include <stdbool.h>

#include "base/util.h"

/* The last component of a path. */
const char *path_base(const char *path);

/*
 * A path with one slash between components, none at its ends, and no component ".": ""
 * is where it begins.  It is arena's.
 */
char *path_trim(struct arena *arena, const char *path);

/* True where a path stays below where it begins: not absolute, not "", no "..". */
bool is_path_below(const char *path);

#endif
