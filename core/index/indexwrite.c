// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Write depmod's indexes as kmod 34 does, or as kmod 30 does.
 *
 *	modules.dep          PATH: DEPENDENCY...
 *	modules.alias        alias PATTERN MODULE
 *	modules.symbols      alias symbol:NAME MODULE
 *	modules.softdep      softdep MODULE VALUE
 *	modules.weakdep      weakdep MODULE VALUE
 *	modules.devname      MODULE NAME cMAJOR:MINOR
 *	*.bin                the same as tries (trie.c), and the built-in modules
 *
 * Each file has a function that appends its contents; all of them run in parallel.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/path.h"
#include "base/workers.h"
#include "config.h"
#include "index/indexwrite.h"
#include "index/triewrite.h"
#include "module/elfcheck.h"
#include "module/names.h"

/* A file being made. */
struct index_making {
	const struct index *index;
	const struct index_data *facts;
	const struct index_policy *policy;
	struct strbuf *out;
	struct trie_writer trie; /* for .bin files */
	struct arena keys;
	bool failed;
};

static void add_words(struct strbuf *out, const char *a, const char *b, const char *c)
{
	size_t n = strlen(a), k = strlen(b), l = strlen(c);
	char *p = mempcpy(strbuf_room(out, n + k + l + 2), a, n);

	p = mempcpy(p, b, k);
	*p++ = ' ';
	p = mempcpy(p, c, l);
	*p = '\n';
	out->size += n + k + l + 2;
}

static const char *name_of(const struct index_making *m, const struct index_item *item)
{
	return m->facts->modules[item->module].name;
}

static void write_dep(struct index_making *m)
{
	size_t i;

	for (i = 0; i < m->facts->n; i++) {
		strbuf_add_text(m->out, m->facts->modules[i].row);
		strbuf_add(m->out, "\n", 1);
	}
}

static void write_alias(struct index_making *m)
{
	const struct index_list *list = &m->facts->aliases;
	size_t i;

	strbuf_add_text(m->out, "# Aliases extracted from modules themselves.\n");
	for (i = 0; i < list->n; i++)
		add_words(m->out, "alias ", list->items[i].value,
			  name_of(m, &list->items[i]));
}

static void write_softdep(struct index_making *m)
{
	const struct index_list *list = &m->facts->softdeps;
	size_t i;

	strbuf_add_text(m->out,
			"# Soft dependencies extracted from modules themselves.\n");
	for (i = 0; i < list->n; i++)
		add_words(m->out, "softdep ", name_of(m, &list->items[i]),
			  list->items[i].value);
}

static void write_weakdep(struct index_making *m)
{
	const struct index_list *list = &m->facts->weakdeps;
	size_t i;

	strbuf_add_text(m->out,
			"# Weak dependencies extracted from modules themselves.\n");
	for (i = 0; i < list->n; i++)
		add_words(m->out, "weakdep ", name_of(m, &list->items[i]),
			  list->items[i].value);
}

static void write_symbols(struct index_making *m)
{
	const struct index_list *list = &m->facts->symbols;
	size_t i;

	strbuf_add_text(m->out, "# Aliases for symbols, used by symbol_request().\n");
	for (i = 0; i < list->n; i++)
		add_words(m->out, "alias symbol:", list->items[i].value,
			  name_of(m, &list->items[i]));
}

/* Without entries the file is empty, with no header line, unlike the others. */
static void write_devname(struct index_making *m)
{
	const struct index_list *list = &m->facts->devnames;
	size_t i;

	if (list->n)
		strbuf_add_text(m->out,
				"# Device nodes to trigger on-demand module loading.\n");
	for (i = 0; i < list->n; i++)
		add_words(m->out, "", name_of(m, &list->items[i]), list->items[i].value);
}

/*
 * what names the key in the warning about duplicates; NULL: do not warn.  False: left
 * out.
 */
static bool add_key(struct index_making *m, const char *what, const char *key,
		    const char *value, uint32_t priority)
{
	int result = triewrite_add(&m->trie, key, value, priority);

	if (result < 0)
		warning("%s: left out a key that is too long or not ASCII: %.60s (%s)",
			m->index->name, key, value);
	else if (result > 0 && what && m->policy->warn_duplicates)
		warning("duplicate module %s: %s %s", what, key, value);
	return result >= 0;
}

int index_too_large(const char *name)
{
	error(STATUS_IO, "%s: larger than an index can be (256 MiB)", name);
	return -1;
}

static void finish_trie(struct index_making *m)
{
	enum trie_order order = m->policy->root_last ? ROOT_LAST : ROOT_FIRST;

	if (triewrite_finish(&m->trie, order, m->out) < 0)
		m->failed = index_too_large(m->index->name) < 0;
}

static void write_dep_bin(struct index_making *m)
{
	size_t i;

	for (i = 0; i < m->facts->n; i++)
		if (!add_key(m, "deps", m->facts->modules[i].name,
			     m->facts->modules[i].row, (uint32_t)i))
			message_latch(m->policy->unfound);
	finish_trie(m);
}

static void add_alias(struct index_making *m, const char *alias, const char *name,
		      uint32_t priority, const char *what)
{
	char *key = arena_strdup(&m->keys, alias);

	if (normalize_alias(key))
		add_key(m, what, key, name, priority);
	else
		warning("unmatched bracket in %s (%s)", alias, name);
}

static void write_alias_bin(struct index_making *m)
{
	const struct index_list *list = &m->facts->aliases;
	size_t i;

	for (i = 0; i < list->n; i++)
		add_alias(m, list->items[i].value, name_of(m, &list->items[i]),
			  list->items[i].module, "alias");
	finish_trie(m);
}

static void write_symbols_bin(struct index_making *m)
{
	static const char kind[] = "symbol:";
	const struct index_list *list = &m->facts->symbols;
	size_t i;

	for (i = 0; i < list->n; i++) {
		const char *name = list->items[i].value;
		size_t len = strlen(name);
		char *key = arena_alloc(&m->keys, sizeof(kind) + len);

		memcpy(key, kind, sizeof(kind) - 1);
		memcpy(key + sizeof(kind) - 1, name, len + 1);
		add_key(m, "syms", key, name_of(m, &list->items[i]),
			list->items[i].module);
	}
	finish_trie(m);
}

/*
 * A line of modules.builtin is the path that a module would have if it were not built
 * in.
 */
static void add_builtin(struct index_making *m, const char *line, size_t len)
{
	char *path = arena_strndup(&m->keys, line, len);
	char *name = path + (path_base(path) - path);

	if (!isalpha((unsigned char)line[0])) {
		warning("invalid line in modules.builtin: %s", path);
		return;
	}
	name[strcspn(name, ".")] = '\0';
	normalize_name(name);
	add_key(m, NULL, name, "", 0);
}

static void write_builtin_bin(struct index_making *m)
{
	const char *line = m->facts->builtin, *end;

	if (!line) /* as in depmod, the file exists but is empty */
		return;
	end = line + m->facts->builtin_size;
	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));

		if (!newline)
			newline = end;
		add_builtin(m, line, (size_t)(newline - line));
		line = newline + 1;
	}
	finish_trie(m);
}

/* modules.builtin.modinfo: NUL-terminated strings NAME.KEY=VALUE. */
static void write_builtin_alias_bin(struct index_making *m)
{
	static const char key[] = ".alias=";
	const char *entry = m->facts->builtin_modinfo, *end, *next;

	if (!entry)
		return;
	end = entry + m->facts->builtin_modinfo_size;
	for (; entry < end; entry = next) {
		const char *nul = memchr(entry, '\0', (size_t)(end - entry));
		const char *dot = strchr(entry, '.');
		const char *name;

		next = nul ? nul + 1 : end;
		if (!nul || !dot || dot == entry ||
		    strncmp(dot, key, sizeof(key) - 1) != 0 || !dot[sizeof(key) - 1])
			continue;
		name = arena_strndup(&m->keys, entry, (size_t)(dot - entry));
		add_alias(m, dot + sizeof(key) - 1, name, 0, NULL);
	}
	finish_trie(m);
}

#define WRITER(function) (WITH_SYMBOLS ? (function) : NULL)

const struct index indexes[INDEXES] = {
	{ "modules.dep", WRITER(write_dep), false, true },
	{ "modules.dep.bin", WRITER(write_dep_bin), true, true },
	{ "modules.alias", WRITER(write_alias), false, true },
	{ "modules.alias.bin", WRITER(write_alias_bin), true, true },
	{ "modules.softdep", WRITER(write_softdep), false, true },
	{ "modules.weakdep", WRITER(write_weakdep), false, false },
	{ "modules.symbols", WRITER(write_symbols), false, true },
	{ "modules.symbols.bin", WRITER(write_symbols_bin), true, true },
	{ "modules.builtin.bin", WRITER(write_builtin_bin), true, true },
	{ "modules.builtin.alias.bin", WRITER(write_builtin_alias_bin), true, false },
	{ "modules.devname", WRITER(write_devname), false, true },
};

bool index_is_written(const struct index *index, const struct index_policy *policy)
{
	return !(policy->no_weakdep && index->write == write_weakdep) &&
	       !(policy->text_only && index->is_trie);
}

static void write_one(void *worker, size_t i, void *context)
{
	struct index_making *m = (struct index_making *)context + i;

	(void)worker;
	m->index->write(m);
	triewrite_free(&m->trie);
	arena_free(&m->keys);
}

/*
 * Check that no list makes an index too large, by the bytes that its module names take
 * alone: one module can have millions of aliases. Returns 0, or -1 (reported).
 */
static int check_sizes(const struct index_data *facts)
{
	const struct {
		const struct index_list *list;
		const char *index;
	} lists[] = {
		{ &facts->aliases, "modules.alias" },
		{ &facts->symbols, "modules.symbols" },
		{ &facts->softdeps, "modules.softdep" },
		{ &facts->weakdeps, "modules.weakdep" },
	};

	for (size_t l = 0; l < sizeof(lists) / sizeof(lists[0]); l++) {
		const struct index_list *list = lists[l].list;
		size_t bytes = 0;

		for (size_t i = 0; i < list->n; i++)
			bytes += strlen(facts->modules[list->items[i].module].name) + 1;
		if (bytes > INDEX_MAX)
			return index_too_large(lists[l].index);
	}
	return 0;
}

/* For fewer modules, starting threads takes longer than writing. */
enum { FEW_MODULES = 64 };

int index_write(struct index_files *files, const struct index_data *facts,
		const struct index_policy *policy)
{
	struct index_making making[INDEXES] = { { 0 } };
	struct work work = { .job = write_one,
			     .context = making,
			     .small = facts->n < FEW_MODULES };
	int result = 0;
	size_t i;

	*files = (struct index_files){ 0 };
	if (check_sizes(facts) < 0)
		return -1;
	for (i = 0; i < INDEXES; i++) {
		if (!index_is_written(&indexes[i], policy))
			continue;
		making[files->n] =
			(struct index_making){ .index = &indexes[i],
					       .facts = facts,
					       .policy = policy,
					       .out = &files->contents[files->n] };
		files->n++;
	}
	work.n = files->n;
	workers_run(&work);
	for (i = 0; i < files->n; i++) {
		files->parts[i] = (struct copy_part){ making[i].index->name,
						      files->contents[i].data,
						      files->contents[i].size };
		result = making[i].failed ? -1 : result;
	}
	return result;
}

void index_files_free(struct index_files *files)
{
	size_t i;

	for (i = 0; i < files->n; i++)
		strbuf_free(&files->contents[i]);
	*files = (struct index_files){ 0 };
}

void index_list_add(struct index_list *list, uint32_t module, const char *value)
{
	list->items = grow(list->items, list->n, &list->capacity, sizeof(*list->items));
	list->items[list->n++] = (struct index_item){ module, value };
}

void index_data_free(struct index_data *facts)
{
	free(facts->modules);
	free(facts->aliases.items);
	free(facts->symbols.items);
	free(facts->softdeps.items);
	free(facts->weakdeps.items);
	free(facts->devnames.items);
	free(facts->builtin);
	free(facts->builtin_modinfo);
	arena_free(&facts->arena);
	*facts = (struct index_data){ 0 };
}
