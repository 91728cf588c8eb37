// SPDX-License-Identifier: GPL-2.0-or-later
/* The dependencies in a row of modules.dep. */
#include <string.h>

#include "module/names.h"
#include "tree/modrow.h"

size_t row_next(const char **row, const char **path)
{
	size_t len;

	*path = *row + strspn(*row, " ");
	len = row_path_length(*path);
	*row = *path + len;
	return len;
}

bool row_has(const char *row, const char *name)
{
	const char *path;
	size_t len;

	while ((len = row_next(&row, &path)))
		if (is_path_of(path, len, name))
			return true;
	return false;
}

size_t row_count(const char *row)
{
	const char *path;
	size_t n = 0;

	while (row_next(&row, &path))
		n++;
	return n;
}
