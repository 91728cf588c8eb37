// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * depmod's .bin indexes: a radix trie in a file, all numbers big-endian.
 *
 *	header   u32 magic 0xb007f457 | u32 version 0x00020001 | u32 root
 *	node     [prefix: bytes, NUL]
 *	         [u8 first | u8 last | u32 child of each byte from first to last, 0: none]
 *	         [u32 count | count times: u32 priority | bytes, NUL]
 *
 * The top bits of a node's offset (root, child) say which of the three parts it has; the
 * other bits are its position in the file. A node's key is the prefixes and child bytes
 * on the path from the root. Keys in modules.alias.bin contain shell wildcards. A search
 * follows the key byte by byte; at a branch for '*', '?' or '[' it compares all keys
 * below it in one pass (glob.h), because thousands of them can share an "acpi*:" or
 * "of:N*T*C".
 *
 * The format and the search are kmod's (libkmod-index.c). Unlike kmod we do not trust
 * offsets: all reads are bounds-checked, and a search visits no more nodes than the file
 * could hold, so that cycles end too.
 */
#include <fnmatch.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "config.h"
#include "tree/glob.h"
#include "tree/trie.h"
#include "tree/triefile.h"

enum { MAX_KEY = 4096 };

struct node {
	const char *prefix;
	unsigned first, last; /* first > last: no children */
	size_t children;      /* offset of the first child's entry */
	uint32_t n_values;
	size_t values; /* offset */
};

/* How the part of a key read so far, from its first wildcard on, compares with wanted. */
struct comparison {
	enum {
		ANY_KEY,   /* every key matches */
		BYTEWISE,  /* state holds the match so far */
		WHOLE_KEY, /* left to fnmatch(3) when the key is complete */
	} how;
	struct glob_state state;
};

struct search {
	const struct trie *trie;
	struct trie_values *found;
	size_t budget;	    /* nodes and values that may still be read */
	const char *wanted; /* rest of the key, to be matched by patterns */
	struct glob glob;   /* wanted, for glob_step() */
	char key[MAX_KEY];  /* the pattern read so far, from its first wildcard */
	trie_taker *take;   /* gets the values, in place of found; or NULL */
	void *context;
};

void trie_values_free(struct trie_values *values)
{
	free(values->items);
	*values = (struct trie_values){ 0 };
}

static int read_node(struct search *search, uint32_t offset, struct node *node)
{
	const struct trie *trie = search->trie;
	size_t at = offset & NODE_OFFSET;

	*node = (struct node){ .prefix = "", .first = 1 };
	if (search->budget-- == 0)
		return trie_corrupt();
	if (offset & NODE_PREFIX) {
		node->prefix = trie_string(trie, &at);
		if (!node->prefix)
			return -1;
	}
	if (offset & NODE_CHILDREN) {
		if (!trie_within(trie, at, 2))
			return -1;
		node->first = trie->data[at];
		node->last = trie->data[at + 1];
		node->children = at + 2;
		if (node->first > node->last)
			return trie_corrupt();
		if (!trie_within(trie, at + 2, (node->last - node->first + 1) * 4))
			return -1;
		at += 2 + (size_t)(node->last - node->first + 1) * 4;
	}
	if (offset & NODE_VALUES) {
		if (!trie_within(trie, at, 4))
			return -1;
		node->n_values = trie_u32(trie, at);
		node->values = at + 4;
	}
	return 0;
}

/* Return the offset and flags of byte c's child, or 0. */
static uint32_t child_of(const struct trie *trie, const struct node *node, unsigned c)
{
	if (c < node->first || c > node->last)
		return 0;
	return trie_u32(trie, node->children + (c - node->first) * (size_t)4);
}

static int take_values(struct search *search, const struct node *node)
{
	struct trie_values *found = search->found;
	size_t at = node->values;
	uint32_t i;

	for (i = 0; i < node->n_values; i++) {
		struct trie_value value;

		/* Nodes can share values, so values count against the budget too. */
		if (search->budget-- == 0)
			return trie_corrupt();
		if (!trie_within(search->trie, at, 4))
			return -1;
		value.priority = trie_u32(search->trie, at);
		at += 4;
		value.text = trie_string(search->trie, &at);
		if (!value.text)
			return -1;
		if (ENABLED(INITCHECK) && search->take) {
			search->take(search->context, search->key, value.text);
			continue;
		}
		found->items = grow(found->items, found->n, &found->capacity,
				    sizeof(*found->items));
		found->items[found->n++] = value;
	}
	return 0;
}

/*
 * Compare the key's next byte. Returns false if no key with this prefix can match.
 * Brackets and escapes are rare enough to leave to fnmatch(3), for the whole key.
 */
static bool compare(const struct search *search, struct comparison *comparison, char c)
{
	if (comparison->how == BYTEWISE && (c == '[' || c == '\\'))
		comparison->how = WHOLE_KEY;
	return comparison->how != BYTEWISE ||
	       glob_step(&search->glob, &comparison->state, (unsigned char)c);
}

static bool is_wanted(const struct search *search, const struct comparison *comparison)
{
	switch (comparison->how) {
	case BYTEWISE:
		return glob_matches(&search->glob, &comparison->state);
	case WHOLE_KEY:
		return fnmatch(search->key, search->wanted, 0) == 0;
	default:
		return true;
	}
}

/* Append a byte to search->key. Returns 0, or -1: no valid key is that long. */
static int add_byte(struct search *search, size_t *length, char c)
{
	if (*length + 1 >= sizeof(search->key))
		return trie_corrupt();
	search->key[(*length)++] = c;
	return 0;
}

/*
 * Compare all keys at and below a node. search->key holds length bytes, whose comparison
 * is given; prefix is the part of the node's prefix not yet added to them.
 */
static int search_below(struct search *search, const struct node *node,
			const char *prefix, size_t length,
			const struct comparison *comparison)
{
	struct comparison here = *comparison;
	unsigned c;

	for (; *prefix; prefix++) {
		if (!compare(search, &here, *prefix))
			return 0;
		if (add_byte(search, &length, *prefix) < 0)
			return -1;
	}
	search->key[length] = '\0';
	if (node->n_values && is_wanted(search, &here) && take_values(search, node) < 0)
		return -1;
	for (c = node->first; c <= node->last; c++) {
		uint32_t offset = child_of(search->trie, node, c);
		struct comparison below = here;
		size_t longer = length;
		struct node child;

		if (!offset || !compare(search, &below, (char)c))
			continue;
		if (read_node(search, offset, &child) < 0 ||
		    add_byte(search, &longer, (char)c) < 0 ||
		    search_below(search, &child, child.prefix, longer, &below) < 0)
			return -1;
	}
	return 0;
}

/*
 * Match the rest of the wanted key against the patterns at and below a node. They begin
 * with byte c (0: none), followed by prefix, a part of the node's prefix.
 */
static int search_wildcard(struct search *search, const struct node *node,
			   const char *prefix, char c, const char *wanted)
{
	struct comparison comparison;
	size_t length = 0;

	search->wanted = wanted;
	comparison.how = glob_begin(&search->glob, &comparison.state, wanted) ? BYTEWISE :
										WHOLE_KEY;
	if (c) {
		search->key[length++] = c;
		if (!compare(search, &comparison, c))
			return 0;
	}
	return search_below(search, node, prefix, length, &comparison);
}

/* Do so for a node's child for the wildcard c. */
static int search_child(struct search *search, const struct node *node, char c,
			const char *wanted)
{
	uint32_t offset = child_of(search->trie, node, (unsigned char)c);
	struct node child;

	if (!offset)
		return 0;
	if (read_node(search, offset, &child) < 0)
		return -1;
	return search_wildcard(search, &child, child.prefix, c, wanted);
}

static int search_from(struct search *search, uint32_t offset, const char *key)
{
	while (offset) {
		struct node node;
		const char *p;

		if (read_node(search, offset, &node) < 0)
			return -1;
		for (p = node.prefix; *p; p++, key++) {
			if (strchr("*?[", *p))
				return search_wildcard(search, &node, p, 0, key);
			if (*p != *key)
				return 0;
		}
		if (search_child(search, &node, '*', key) < 0 ||
		    search_child(search, &node, '?', key) < 0 ||
		    search_child(search, &node, '[', key) < 0)
			return -1;
		if (*key == '\0')
			return take_values(search, &node);
		offset = child_of(search->trie, &node, (unsigned char)*key++);
	}
	return 0;
}

static int by_priority(const void *a, const void *b)
{
	const struct trie_value *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return x->text < y->text ? -1 : x->text > y->text; /* order in the file */
}

/* Initialise a search. The buffers in it are large and need no clearing. */
static void search_begin(struct search *search, const struct trie *trie,
			 struct trie_values *values)
{
	search->trie = trie;
	search->found = values;
	search->budget = trie->size / 2 + 1; /* a node takes at least two bytes */
	values->n = 0;
	if (ENABLED(INITCHECK))
		search->take = NULL;
}

int trie_search(const struct trie *trie, const char *key, struct trie_values *values)
{
	struct search search;
	uint32_t root = trie_u32(trie, 8);

	search_begin(&search, trie, values);
	if (!(root & NODE_OFFSET)) /* empty index */
		return 0;
	if (search_from(&search, root, key) < 0)
		return -1;
	if (values->n > 1)
		qsort(values->items, values->n, sizeof(*values->items), by_priority);
	return 0;
}

/* Take all values. */
static int search_all(struct search *search)
{
	static const struct comparison any = { .how = ANY_KEY };
	uint32_t root = trie_u32(search->trie, 8);
	struct node node;

	if (!(root & NODE_OFFSET))
		return 0;
	if (read_node(search, root, &node) < 0)
		return -1;
	return search_below(search, &node, node.prefix, 0, &any);
}

int trie_all(const struct trie *trie, struct trie_values *values)
{
	struct search search;

	search_begin(&search, trie, values);
	return search_all(&search);
}

int trie_each(const struct trie *trie, trie_taker *take, void *context)
{
	struct trie_values none = { 0 };
	struct search search;

	search_begin(&search, trie, &none);
	search.take = take;
	search.context = context;
	return search_all(&search);
}
