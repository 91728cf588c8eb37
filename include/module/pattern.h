/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_PATTERN_H
#define MODBOX_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a pattern is matched against paths: it contains a '/'. */
bool pattern_is_path(const char *pattern);

/*
 * Prepare a pattern: '-' becomes '_' where it stands for itself, in brackets too; a path
 * pattern loses "./" before it and .ko with what follows. Returns false if brackets do
 * not match.
 */
bool pattern_normalize(char *pattern);

/*
 * Whether such a pattern matches a module's path of len bytes below the module directory,
 * as fnmatch(3) with FNM_PATHNAME does, with or without a leading kernel/.
 */
bool pattern_matches_path(const char *pattern, const char *path, size_t len);

/*
 * Whether a path of len bytes is below a directory, which ends with '/' and need not
 * begin with kernel/.
 */
bool directory_has_path(const char *directory, const char *path, size_t len);

#endif
