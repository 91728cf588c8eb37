// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * modules.order lists one module a line, in link order, by the path below the module
 * directory that the kernel build gave it. depmod lists modules that share an alias in
 * this order.  Lines end in .ko however the files are compressed.
 */
#include <string.h>

#include "base/hash.h"
#include "base/util.h"
#include "module/names.h"
#include "order/nameset.h"
#include "order/order.h"

/* The modules of a directory.  The filter rejects most lines that name none of them. */
struct cutter {
	struct nameset set;
	struct suffix_filter filter;
};

static void cutter_add(struct cutter *c, const char *module)
{
	size_t len = strlen(module);

	nameset_add_line(&c->set, module, len)->met = 0; /* that takes a line */
	suffix_filter_add(&c->filter, module, len - module_suffix(module, len));
}

/* Append the lines of text that name a module, unless it was met more than limit times. */
static char *cut(struct cutter *c, char *out, struct order_text text, size_t limit)
{
	const char *line = text.text, *end = text.text + text.size, *next;

	for (; line < end; line = next) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((newline ? newline : end) - line);
		const struct member *member;

		next = line + len + 1;
		if (!suffix_filter_holds(&c->filter, line,
					 len - module_suffix(line, len)))
			continue;
		member = nameset_find(&c->set, line, len);
		if (!member || member->met > limit)
			continue;
		memcpy(out, line, len);
		out[len] = '\n'; /* depmod rejects a last line without one as corrupt */
		out += len + 1;
	}
	return out;
}

char *order_cut(struct order_text source, struct order_text old,
		const char *const *modules, size_t n, size_t *size)
{
	/* Either text may lack its final newline. */
	char *text = xmalloc(source.size + old.size + 3), *end;
	struct cutter cutter = { .set.by = BY_FILE };

	for (size_t i = 0; i < n; i++)
		cutter_add(&cutter, modules[i]);
	end = cut(&cutter, text, source, SIZE_MAX);
	end = cut(&cutter, end, old, 1);
	*end = '\0';
	*size = (size_t)(end - text);
	nameset_free(&cutter.set);
	return text;
}
