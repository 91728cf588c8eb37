// SPDX-License-Identifier: GPL-2.0-or-later
/* The dependencies in a row of modules.dep. */
#include <string.h>

#include "module/names.h"
#include "tree/modrow.h"

size_t list_next(const char **list, const char **path, char separator)
{
	const char separators[] = { separator, '\0' };
	size_t len;

	*path = *list + strspn(*list, separators);
	len = separator == ' ' ? row_path_length(*path) : strcspn(*path, separators);
	*list = *path + len;
	return len;
}

size_t row_next(const char **row, const char **path)
{
	return list_next(row, path, ' ');
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
