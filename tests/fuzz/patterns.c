// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Aliases: a name, "%%%%", patterns, one a line.  Compares our search, in memory and in
 * a .bin written from the patterns, with fnmatch(3).
 */
#include "fuzz.h"

#include <fnmatch.h>

#include "index/triewrite.h"
#include "module/names.h"
#include "tree/aliases.h"
#include "tree/trie.h"

enum { MAX_PATTERNS = 512 };

struct patterns {
	char *items[MAX_PATTERNS];
	size_t n;
	bool matches[MAX_PATTERNS];
	bool written[MAX_PATTERNS]; /* to the trie */
};

/* Split text into the patterns that an index can hold, without duplicates. */
static void split(struct patterns *p, char *text)
{
	char *line, *rest;

	for (line = strtok_r(text, "\n", &rest); line && p->n < MAX_PATTERNS;
	     line = strtok_r(NULL, "\n", &rest))
		if (normalize_alias(line))
			p->items[p->n++] = line;
}

static void search_aliases(struct patterns *p, const char *name)
{
	bool found[MAX_PATTERNS] = { false };
	struct aliases aliases = { 0 };
	size_t n;

	for (size_t i = 0; i < p->n; i++)
		aliases_add(&aliases, p->items[i], &p->items[i]);
	n = aliases_find(&aliases, name);
	for (size_t i = 0; i < n; i++) {
		size_t at = (size_t)((char **)aliases.found[i]->owner - p->items);

		REQUIRE(i == 0 ||
			aliases.found[i]->number > aliases.found[i - 1]->number);
		found[at] = true;
	}
	for (size_t i = 0; i < p->n; i++)
		REQUIRE(found[i] == p->matches[i]);
	aliases_free(&aliases);
}

/* Write an index; the value of each pattern is its position. */
static void write_trie(struct patterns *p, struct trie *trie)
{
	static char values[MAX_PATTERNS][24];
	struct trie_writer writer = { 0 };
	struct strbuf out = { 0 };

	for (size_t i = 0; i < p->n; i++) {
		snprintf(values[i], sizeof(values[i]), "%zu", i);
		p->written[i] =
			triewrite_add(&writer, p->items[i], values[i], (uint32_t)i) >= 0;
	}
	REQUIRE(triewrite_finish(&writer, ROOT_FIRST, &out) == 0);
	triewrite_free(&writer);
	strbuf_add(&out, "", 1);
	REQUIRE(trie_init(trie, out.data, out.size - 1) == 0);
}

/* In a trie, a key's text before its first wildcard matches only itself. */
static bool is_literal_first(const char *pattern)
{
	return !memchr(pattern, '\\', strcspn(pattern, "*?["));
}

static void search_trie(struct patterns *p, const char *name)
{
	struct trie_values values = { 0 };
	bool found[MAX_PATTERNS] = { false };
	struct trie trie;
	size_t written = 0;
	/* As in libkmod, a pattern is found by its own text too. */
	bool by_text = strpbrk(name, "*?[");

	write_trie(p, &trie);
	REQUIRE(trie_search(&trie, name, &values) == 0);
	for (size_t i = 0; i < values.n; i++)
		found[strtoul(values.items[i].text, NULL, 10)] = true;
	for (size_t i = 0; i < p->n; i++) {
		written += p->written[i];
		if (is_literal_first(p->items[i]))
			REQUIRE(found[i] == (p->matches[i] && p->written[i]) ||
				(by_text && found[i] && p->written[i]));
	}
	REQUIRE(trie_all(&trie, &values) == 0 && values.n == written);
	trie_values_free(&values);
	trie_free(&trie);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct patterns p;
	struct part input = { (const char *)data, size };
	char *name = part_string(next_part(&input)), *text = part_string(input);

	p = (struct patterns){ .n = 0 };
	split(&p, text);
	for (size_t i = 0; i < p.n; i++)
		p.matches[i] = fnmatch(p.items[i], name, 0) == 0;
	search_aliases(&p, name);
	search_trie(&p, name);
	free(text);
	free(name);
	return 0;
}
