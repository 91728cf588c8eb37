// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Write depmod's .bin indexes, byte for byte as kmod 34 or kmod 30 does.
 *
 * trie.c describes the format.  Where it leaves a choice, depmod's is followed:
 *
 *	order of nodes   children by byte; kmod 34: pre-order, the root comes first;
 *	                 kmod 30: post-order, the root comes last
 *	prefixes         the longest common to all keys below; the root has none
 *	values           by priority; of equal priority, the last added first
 *
 * Keys go into a tree of nodes in an arena.  A node's prefix points into the key that
 * created it, so a split copies no text.  Children form a list sorted by byte; most
 * nodes have one or two.
 *
 * A walk over the tree sums up the nodes' sizes, which gives every node its offset; a
 * second one writes them.  The walks do not recurse: the tree's depth is the length of a
 * key, which modules choose, and threads have small stacks.
 */
#include <endian.h>
#include <stdbool.h>
#include <string.h>

#include "index/triewrite.h"
#include "module/names.h"
#include "tree/triefile.h"

enum { HEADER_SIZE = 12 };

struct branch_value {
	struct branch_value *next;
	const char *text;
	uint32_t priority;
};

struct trie_branch {
	struct trie_branch *parent, *next, *children;
	struct branch_value *values;
	struct branch_value *
		*group; /* link to the first value of the priority added last */
	const char *prefix;
	uint32_t length;    /* of the prefix */
	uint32_t offset;    /* in the file, with its flags; set by place() */
	unsigned char byte; /* the parent's key for this node */
};

static struct trie_branch *new_branch(struct trie_writer *writer, const char *prefix,
				      size_t length)
{
	struct trie_branch *branch = arena_alloc(&writer->arena, sizeof(*branch));

	*branch = (struct trie_branch){ .prefix = prefix, .length = (uint32_t)length };
	return branch;
}

/* The link to the child for byte, or the link where it belongs. */
static struct trie_branch **find_child(struct trie_branch *parent, unsigned char byte)
{
	struct trie_branch **link = &parent->children;

	while (*link && (*link)->byte < byte)
		link = &(*link)->next;
	return link;
}

static void hang(struct trie_branch *parent, struct trie_branch **link,
		 struct trie_branch *child, unsigned char byte)
{
	child->parent = parent;
	child->byte = byte;
	child->next = *link;
	*link = child;
}

/*
 * Split a node: it keeps the first length bytes of its prefix; a new child gets the
 * rest.
 */
static void split(struct trie_writer *writer, struct trie_branch *branch, size_t length)
{
	struct trie_branch *below = new_branch(writer, branch->prefix + length + 1,
					       branch->length - length - 1);
	struct trie_branch *child;

	below->children = branch->children;
	for (child = below->children; child; child = child->next)
		child->parent = below;
	below->values = branch->values;
	below->group = branch->group == &branch->values ? &below->values : branch->group;
	branch->children = NULL;
	branch->values = NULL;
	branch->group = NULL;
	hang(branch, &branch->children, below, (unsigned char)branch->prefix[length]);
	branch->length = (uint32_t)length;
}

static int add_value(struct trie_writer *writer, struct trie_branch *branch,
		     const char *text, uint32_t priority)
{
	struct branch_value *value = arena_alloc(&writer->arena, sizeof(*value));
	struct branch_value **link = branch->group;

	/* Values mostly arrive by priority: start behind the ones known to be lower. */
	if (!link || (*link)->priority > priority)
		link = &branch->values;
	while (*link && (*link)->priority < priority)
		link = &(*link)->next;
	*value = (struct branch_value){ *link, text, priority };
	*link = value;
	branch->group = link;
	return value->next && value->next->priority == priority;
}

int triewrite_add(struct trie_writer *writer, const char *key, const char *value,
		  uint32_t priority)
{
	struct trie_branch *branch, **link;

	if (!is_index_key(key))
		return -1;
	if (!writer->root)
		writer->root = new_branch(writer, "", 0);
	for (branch = writer->root;; branch = *link) {
		size_t i = 0;

		while (i < branch->length && key[i] == branch->prefix[i])
			i++;
		if (i < branch->length)
			split(writer, branch, i);
		key += i;
		if (!*key)
			return add_value(writer, branch, value, priority);
		link = find_child(branch, (unsigned char)*key);
		if (!*link || (*link)->byte != (unsigned char)*key) {
			struct trie_branch *leaf =
				new_branch(writer, key + 1, strlen(key + 1));

			hang(branch, link, leaf, (unsigned char)*key);
			return add_value(writer, leaf, value, priority);
		}
		key++;
	}
}

static const struct trie_branch *last_child(const struct trie_branch *branch)
{
	const struct trie_branch *child = branch->children;

	while (child->next)
		child = child->next;
	return child;
}

static size_t branch_size(const struct trie_branch *branch)
{
	const struct branch_value *value = branch->values;
	size_t size = branch->length ? branch->length + 1 : 0;

	if (branch->children)
		size += 2 + 4 * (size_t)(last_child(branch)->byte -
					 branch->children->byte + 1);
	if (value)
		size += 4;
	for (; value; value = value->next)
		size += 4 + strlen(value->text) + 1;
	return size;
}

static uint32_t branch_flags(const struct trie_branch *branch)
{
	return (branch->length ? NODE_PREFIX : 0) |
	       (branch->children ? NODE_CHILDREN : 0) |
	       (branch->values ? NODE_VALUES : 0);
}

static void write_children(const struct trie_branch *branch, struct strbuf *out)
{
	const struct trie_branch *child = branch->children;
	unsigned first = child->byte, last = last_child(branch)->byte;
	size_t size = 2 + 4 * (size_t)(last - first + 1);
	char *p = strbuf_room(out, size);

	memset(p, 0, size);
	p[0] = (char)first;
	p[1] = (char)last;
	for (; child; child = child->next) {
		uint32_t offset = htobe32(child->offset);

		memcpy(p + 2 + 4 * (size_t)(child->byte - first), &offset,
		       sizeof(offset));
	}
	out->size += size;
}

static void write_values(const struct trie_branch *branch, struct strbuf *out)
{
	const struct branch_value *value;
	uint32_t n = 0;

	for (value = branch->values; value; value = value->next)
		n++;
	strbuf_add_u32(out, n);
	for (value = branch->values; value; value = value->next) {
		strbuf_add_u32(out, value->priority);
		strbuf_add(out, value->text, strlen(value->text) + 1);
	}
}

static void write_branch(const struct trie_branch *branch, struct strbuf *out)
{
	if (branch->length) {
		strbuf_add(out, branch->prefix, branch->length);
		strbuf_add(out, "", 1);
	}
	if (branch->children)
		write_children(branch, out);
	if (branch->values)
		write_values(branch, out);
}

static struct trie_branch *first_leaf(struct trie_branch *branch)
{
	while (branch->children)
		branch = branch->children;
	return branch;
}

static struct trie_branch *first_branch(struct trie_branch *root, enum trie_order order)
{
	return order == ROOT_FIRST ? root : first_leaf(root);
}

/* The branch that follows in the file, or NULL. */
static struct trie_branch *next_branch(struct trie_branch *branch, enum trie_order order)
{
	if (order == ROOT_LAST)
		return branch->next ? first_leaf(branch->next) : branch->parent;
	if (branch->children)
		return branch->children;
	while (branch && !branch->next)
		branch = branch->parent;
	return branch ? branch->next : NULL;
}

/* Give every node its offset.  Returns 0, or -1 if one has none. */
static int place(struct trie_branch *root, enum trie_order order)
{
	struct trie_branch *branch = first_branch(root, order);
	size_t at = HEADER_SIZE;

	for (; branch; branch = next_branch(branch, order)) {
		if (at > NODE_OFFSET)
			return -1;
		branch->offset = (uint32_t)at | branch_flags(branch);
		at += branch_size(branch);
	}
	return 0;
}

int triewrite_finish(struct trie_writer *writer, enum trie_order order,
		     struct strbuf *out)
{
	struct trie_branch *branch;

	if (!writer->root)
		writer->root = new_branch(writer, "", 0);
	if (place(writer->root, order) < 0)
		return -1;
	strbuf_add_u32(out, TRIE_MAGIC);
	strbuf_add_u32(out, TRIE_VERSION);
	strbuf_add_u32(out, writer->root->offset);
	for (branch = first_branch(writer->root, order); branch;
	     branch = next_branch(branch, order))
		write_branch(branch, out);
	return 0;
}

void triewrite_free(struct trie_writer *writer)
{
	arena_free(&writer->arena);
	*writer = (struct trie_writer){ 0 };
}
