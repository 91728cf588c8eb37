// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Shell patterns for modules: for their names or, if a pattern contains a '/', for their
 * paths. '-' and '_' are the same in both, as they are for libkmod.
 */
#include <fnmatch.h>
#include <string.h>

#include "base/util.h"
#include "module/names.h"
#include "module/pattern.h"

/* The end of a bracket expression, behind its ']', or NULL: it has none. */
static char *normalize_bracket(char *p)
{
	char *first;

	p++;
	p += *p == '!' || *p == '^';
	first = p;
	p += *p == ']';
	for (; *p && *p != ']'; p++) {
		if (*p == '[' && p[1] && strchr(":.=", p[1])) {
			const char end[] = { p[1], ']', '\0' };

			p = strstr(p + 2, end);
			if (!p)
				return NULL;
			p++;
		} else if (*p == '-' && (p == first || p[1] == ']')) {
			*p = '_'; /* itself, not a range */
		}
	}
	return *p ? p + 1 : NULL;
}

/* Behind "/" and "./" at the beginning of a path. */
static const char *skip_dots(const char *path)
{
	path += strspn(path, "/");
	while (path[0] == '.' && path[1] == '/')
		path += 1 + strspn(path + 1, "/");
	return path;
}

/* A path pattern is for the path without its suffix. */
static void normalize_path(char *pattern)
{
	const char *path = skip_dots(pattern);
	char *suffix;

	memmove(pattern, path, strlen(path) + 1);
	suffix = strrchr(pattern, '/');
	suffix = suffix ? strstr(suffix, ".ko") : NULL;
	if (suffix)
		*suffix = '\0';
}

bool pattern_is_path(const char *pattern)
{
	return strchr(pattern, '/') != NULL;
}

bool pattern_normalize(char *pattern)
{
	char *p = pattern;

	if (pattern_is_path(pattern))
		normalize_path(pattern);
	while (*p) {
		if (*p == '[') {
			p = normalize_bracket(p);
			if (!p)
				return false;
			continue;
		}
		if (*p == '-')
			*p = '_';
		p++;
	}
	return true;
}

/* The path without its leading kernel/, or NULL. */
static const char *below_kernel(const char *path)
{
	static const char kernel[] = "kernel/";

	return strncmp(path, kernel, sizeof(kernel) - 1) == 0 ?
		       path + sizeof(kernel) - 1 :
		       NULL;
}

bool pattern_matches_path(const char *pattern, const char *path, size_t len)
{
	CLEANUP_FREE char *copy =
		xasprintf("%.*s", (int)(len - module_suffix(path, len)), path);
	const char *stem = skip_dots(copy), *below;

	normalize_name(copy);
	below = below_kernel(stem);
	return fnmatch(pattern, stem, FNM_PATHNAME) == 0 ||
	       (below && fnmatch(pattern, below, FNM_PATHNAME) == 0);
}

static bool begins_with(const char *path, size_t len, const char *start)
{
	size_t n = strlen(start);

	return len >= n && memcmp(path, start, n) == 0;
}

/* Without a copy: modorder-filter asks this of every line. */
bool directory_has_path(const char *directory, const char *path, size_t len)
{
	static const char kernel[] = "kernel/";
	size_t skip = 0;

	while (skip < len && (path[skip] == '/' || (path[skip] == '.' && skip + 1 < len &&
						    path[skip + 1] == '/')))
		skip++;
	path += skip;
	len -= skip;
	directory = skip_dots(directory);
	if (begins_with(path, len, directory))
		return true;
	skip = sizeof(kernel) - 1;
	return begins_with(path, len, kernel) &&
	       begins_with(path + skip, len - skip, directory);
}
