// SPDX-License-Identifier: GPL-2.0-or-later
/* Module names, file names and aliases: normalising and comparing. */
#include <stdint.h>
#include <string.h>

#include "base/path.h"
#include "module/names.h"

enum { NAME_LIMIT = 64 }; /* longer names get no suggestions */

size_t module_suffix(const char *filename, size_t len)
{
	static const struct {
		char text[8];
		size_t len;
	} suffixes[] = {
		{ ".ko", 3 }, { ".ko.gz", 6 }, { ".ko.xz", 6 }, { ".ko.zst", 7 }
	};

	if (filename[0] == '.')
		return 0;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		size_t n = suffixes[i].len;

		if (len > n && memcmp(filename + len - n, suffixes[i].text, n) == 0)
			return n;
	}
	return 0;
}

size_t module_stem(const char *filename)
{
	size_t len = strlen(filename), suffix = module_suffix(filename, len);

	return suffix ? len - suffix : 0;
}

bool is_uncompressed(const char *path)
{
	size_t len = strlen(path);

	return len > 3 && strcmp(path + len - 3, ".ko") == 0;
}

const char *const firmware_suffixes[] = { "", ".zst", ".xz" };

size_t firmware_stem(const char *path)
{
	size_t len = strlen(path), i;

	for (i = 1; i < FIRMWARE_SUFFIXES; i++) {
		size_t suffix = strlen(firmware_suffixes[i]);

		if (len > suffix &&
		    strcmp(path + len - suffix, firmware_suffixes[i]) == 0)
			return len - suffix;
	}
	return len;
}

bool is_index_key(const char *key)
{
	size_t length = strlen(key);
	uint64_t word, bits = 0;

	if (length > INDEX_KEY_MAX)
		return false;
	for (; length >= sizeof(word); key += sizeof(word), length -= sizeof(word)) {
		memcpy(&word, key, sizeof(word));
		bits |= word;
	}
	while (length)
		bits |= (unsigned char)key[--length];
	return !(bits & UINT64_C(0x8080808080808080));
}

bool is_unlistable(const char *path)
{
	for (; *path; path++)
		if ((unsigned char)*path < ' ' || *path == 0x7f || *path == ':')
			return true;
	return false;
}

char *module_join(const char *dir, const char *path)
{
	return path[0] == '/' ? xstrdup(path + 1) : path_join(dir, path);
}

size_t row_path_length(const char *row)
{
	size_t len = strcspn(row, " ");

	while (row[len] && !module_suffix(row, len))
		len += 1 + strcspn(row + len + 1, " ");
	return len;
}

void normalize_name(char *s)
{
	for (; *s; s++)
		if (*s == '-')
			*s = '_';
}

char *module_name(struct arena *arena, const char *path)
{
	const char *base = path_base(path);
	char *name = arena_strndup(arena, base, strcspn(base, "."));

	normalize_name(name);
	return name;
}

bool is_path_of(const char *path, size_t len, const char *name)
{
	const char *slash = memrchr(path, '/', len), *p = slash ? slash + 1 : path;

	for (; p < path + len && *p != '.'; p++, name++)
		if ((*p == '-' ? '_' : *p) != *name)
			return false;
	return !*name;
}

bool normalize_alias(char *alias)
{
	char *p;

	for (p = alias; *p; p++) {
		if (*p == '-')
			*p = '_';
		else if (*p == ']')
			return false;
		else if (*p == '[' && !(p = strchr(p, ']')))
			return false;
	}
	return true;
}

char *normalize_request(struct arena *arena, const char *request)
{
	char *name;

	if (module_stem(path_base(request)))
		return module_name(arena, request);
	name = arena_strdup(arena, request);
	return normalize_alias(name) ? name : NULL;
}

bool is_name_of(const char *request, const char *module)
{
	struct arena arena = { 0 };
	const char *name;
	bool same;

	if (strcmp(request, module) == 0)
		return true;
	name = normalize_request(&arena, request);
	same = name && strcmp(name, module) == 0;
	arena_free(&arena);
	return same;
}

static unsigned min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned name_distance(const char *a, const char *b, unsigned limit)
{
	unsigned rows[3][NAME_LIMIT + 1], *before = rows[0], *last = rows[1],
					  *row = rows[2];
	size_t la = strlen(a), lb = strlen(b), i, j;

	if (la > NAME_LIMIT || lb > NAME_LIMIT || la > lb + limit || lb > la + limit)
		return limit + 1;
	for (j = 0; j <= lb; j++)
		row[j] = (unsigned)j;
	for (i = 1; i <= la; i++) {
		unsigned *spare = before;

		before = last;
		last = row;
		row = spare;
		row[0] = (unsigned)i;
		for (j = 1; j <= lb; j++) {
			row[j] = min(min(last[j], row[j - 1]) + 1,
				     last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = min(row[j], before[j - 2] + 1);
		}
	}
	return min(row[lb], limit + 1);
}
