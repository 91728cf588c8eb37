// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dracut-install's filters: -p, -P, -s, -S and -N.
 *
 * Thousands of modules need the same few symbols, so each symbol is judged once.
 */
#include "generator/filter.h"
#include "base/message.h"

/* Verdicts on a symbol. */
enum { MATCHES = 1, MATCHES_NOT = 2 };

int filter_compile(struct filter *filter)
{
	for (int i = 0; i < FILTERS; i++) {
		const char *source = filter->sources[i];

		if (!source ||
		    regcomp(&filter->compiled[i], source, REG_NOSUB | REG_EXTENDED) == 0)
			continue;
		/* dracut-install calls that of names so too. */
		error(STATUS_USAGE, "Module %s filter %s is not a regular expression",
		      i < FILTER_SYMBOL ? "path" : "symbol", source);
		while (i < FILTERS)
			filter->sources[i++] = NULL;
		return -1;
	}
	return 0;
}

void filter_free(struct filter *filter)
{
	for (int i = 0; i < FILTERS; i++)
		if (filter->sources[i])
			regfree(&filter->compiled[i]);
	symtable_free(&filter->judged);
}

/* Whether there is such a filter, and a text matches it. */
static bool matches(const struct filter *filter, int kind, const char *text)
{
	return filter->sources[kind] &&
	       regexec(&filter->compiled[kind], text, 0, NULL, 0) == 0;
}

bool filter_drops_name(const struct filter *filter, const char *name)
{
	return matches(filter, FILTER_NONAME, name);
}

bool filter_takes_path(const struct filter *filter, const char *path)
{
	return !matches(filter, FILTER_NOPATH, path) &&
	       (!filter->sources[FILTER_PATH] || matches(filter, FILTER_PATH, path));
}

/* Judge a symbol. Its name is borrowed. */
static unsigned judge(struct filter *filter, const char *name)
{
	const struct symbol *known = symtable_find(&filter->judged, name);
	unsigned verdict;

	if (known)
		return known->owner;
	verdict = (matches(filter, FILTER_SYMBOL, name) ? MATCHES : 0) |
		  (matches(filter, FILTER_NOSYMBOL, name) ? MATCHES_NOT : 0);
	symtable_add(&filter->judged, name, 0, verdict);
	return verdict;
}

bool filter_takes_symbols(struct filter *filter, const struct modsymbols *symbols)
{
	unsigned verdict = filter->sources[FILTER_SYMBOL] ? 0 : MATCHES;

	for (size_t i = 0; symbols && i < symbols->n_needed; i++)
		verdict |= judge(filter, symbols->needed[i].name);
	return verdict == MATCHES;
}
