/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FILTER_H
#define MODBOX_FILTER_H

#include <regex.h>
#include <stdbool.h>

#include "module/elfsymbols.h"
#include "tree/symtable.h"

/* dracut-install's regular expressions for modules, extended ones. */
enum filter_kind {
	FILTER_PATH,   /* the whole path in the source matches */
	FILTER_NOPATH, /* it does not */
	FILTER_SYMBOL, /* a symbol that the module needs matches */
	FILTER_NOSYMBOL,
	FILTER_NONAME, /* its name does not match; dependencies' neither */
	FILTERS,
};

struct filter {
	const char *sources[FILTERS]; /* borrowed; NULL: no such filter */
	regex_t compiled[FILTERS];
	struct symtable judged; /* symbols; owner: the verdict */
};

/*
 * Compile the expressions. Returns 0, or -1 and reports one that is none. Free the filter
 * in any case.
 */
int filter_compile(struct filter *filter);
void filter_free(struct filter *filter);

bool filter_drops_name(const struct filter *filter, const char *name);
bool filter_takes_path(const struct filter *filter, const char *path);

/* Whether there is a filter for symbols. */
static inline bool filter_wants_symbols(const struct filter *filter)
{
	return filter->sources[FILTER_SYMBOL] || filter->sources[FILTER_NOSYMBOL];
}

/* symbols may be NULL: they cannot be read. */
bool filter_takes_symbols(struct filter *filter, const struct modsymbols *symbols);

#endif
