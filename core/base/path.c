// SPDX-License-Identifier: GPL-2.0-or-later
/* Operations on paths as text. */
#include <string.h>

#include "base/path.h"

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *path_trim(struct arena *arena, const char *path)
{
	char *trimmed = arena_strdup(arena, path), *end = trimmed;
	size_t len;

	for (path += strspn(path, "/"); *path; path += len + strspn(path + len, "/")) {
		len = strcspn(path, "/");
		if (len == 1 && *path == '.')
			continue;
		if (end > trimmed)
			*end++ = '/';
		memcpy(end, path, len);
		end += len;
	}
	*end = '\0';
	return trimmed;
}

const char *path_relative(struct arena *arena, const char *from, const char *to)
{
	const char *text = "";
	size_t same = 0, i;

	for (i = 0; from[i] && from[i] == to[i]; i++)
		if (from[i] == '/')
			same = i + 1;
	for (from += same; (from = strchr(from, '/')); from++)
		text = arena_printf(arena, "../%s", text);
	return arena_printf(arena, "%s%s", text, to + same);
}

bool is_path_below(const char *path)
{
	const char *p;

	if (path[0] == '/' || path[0] == '\0')
		return false;
	for (p = path; p; p = strchr(p, '/')) {
		p += *p == '/';
		if (p[0] == '.' && p[1] == '.' && (p[2] == '/' || p[2] == '\0'))
			return false;
	}
	return true;
}
