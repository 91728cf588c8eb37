// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of dependencies: rows of modules.dep, and depends= fields. */
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

bool list_has(const char *list, const char *name, char separator)
{
	const char *path;
	size_t len;

	while ((len = list_next(&list, &path, separator)))
		if (is_path_of(path, len, name))
			return true;
	return false;
}

bool row_has(const char *row, const char *name)
{
	return list_has(row, name, ' ');
}

size_t row_count(const char *row)
{
	const char *path;
	size_t n = 0;

	while (row_next(&row, &path))
		n++;
	return n;
}
