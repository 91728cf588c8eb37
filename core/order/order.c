// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * modules.order lists one module a line, in link order, by the path below the module
 * directory that the kernel build gave it. depmod lists modules that share an alias in
 * this order.  Lines end in .ko however the files are compressed.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/path.h"
#include "base/util.h"
#include "module/names.h"
#include "order/order.h"

/* A module in the form used to compare lines. */
struct key {
	const char *path; /* up to .ko; '-' in the file name becomes '_' */
	bool listed;
};

static const char *make_key(struct arena *arena, const char *path, size_t len)
{
	char *key = arena_strndup(arena, path, len);
	char *name = key + (path_base(key) - key);
	size_t stem = module_stem(name);

	if (stem)
		name[stem] = '\0';
	for (; *name; name++)
		if (*name == '-')
			*name = '_';
	return key;
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(((const struct key *)a)->path, ((const struct key *)b)->path);
}

/*
 * Append the lines of text that name one of keys.  Unless again is set, skip modules
 * that were listed before.
 */
static char *cut(char *out, struct order_text text, struct key *keys, size_t n,
		 bool again)
{
	const char *line = text.text, *end = text.text + text.size, *next;
	struct arena arena = { 0 };
	struct suffix_filter suffix_filter = { 0 };
	size_t i;

	for (i = 0; i < n; i++)
		suffix_filter_add(&suffix_filter, keys[i].path, strlen(keys[i].path));

	for (; line < end; line = next) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((newline ? newline : end) - line);
		struct key wanted, *key;

		next = line + len + 1;
		if (!suffix_filter_holds(&suffix_filter, line,
					 len - module_suffix(line, len)))
			continue;
		wanted.path = make_key(&arena, line, len);
		key = bsearch(&wanted, keys, n, sizeof(*keys), compare_keys);
		if (!key || (key->listed && !again))
			continue;
		key->listed = true;
		memcpy(out, line, len);
		out[len] = '\n'; /* depmod rejects a last line without one as corrupt */
		out += len + 1;
	}
	arena_free(&arena);
	return out;
}

char *order_cut(struct order_text source, struct order_text old,
		const char *const *modules, size_t n, size_t *size)
{
	/* Either text may lack its final newline. */
	char *text = xmalloc(source.size + old.size + 3), *end;
	struct key *keys = xcalloc(n, sizeof(*keys));
	struct arena arena = { 0 };
	size_t i;

	for (i = 0; i < n; i++)
		keys[i].path = make_key(&arena, modules[i], strlen(modules[i]));
	qsort(keys, n, sizeof(*keys), compare_keys);
	end = cut(text, source, keys, n, true);
	end = cut(end, old, keys, n, false);
	*end = '\0';
	*size = (size_t)(end - text);
	arena_free(&arena);
	free(keys);
	return text;
}
