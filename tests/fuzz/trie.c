// SPDX-License-Identifier: GPL-2.0-or-later
/* An index in depmod's .bin format: a key, "%%%%", the file. */
#include "fuzz.h"

#include "tree/trie.h"

/* The values found are strings in the file, and sorted if required. */
static void check(const struct trie *trie, const struct trie_values *values, bool sorted)
{
	const char *begin = (const char *)trie->data, *end = begin + trie->size;

	for (size_t i = 0; i < values->n; i++) {
		const struct trie_value *value = &values->items[i];

		REQUIRE(value->text >= begin && value->text < end);
		REQUIRE(memchr(value->text, '\0', (size_t)(end - value->text)));
		REQUIRE(!sorted || i == 0 || value->priority >= value[-1].priority);
	}
}

static bool is_in(const struct trie_values *values, const char *text)
{
	for (size_t i = 0; i < values->n; i++)
		if (values->items[i].text == text)
			return true;
	return false;
}

/* The values of a trie for a key, and their total. */
struct answer {
	bool opened, searched, read;
	struct trie trie;
	struct trie_values found, all;
};

static void ask(struct answer *answer, const char *key)
{
	if (!answer->opened)
		return;
	answer->searched = trie_search(&answer->trie, key, &answer->found) == 0;
	answer->read = trie_all(&answer->trie, &answer->all) == 0;
	check(&answer->trie, &answer->found, answer->searched);
	check(&answer->trie, &answer->all, false);
	for (size_t i = 0;
	     answer->searched && answer->read && i < answer->found.n && i < 64; i++)
		REQUIRE(is_in(&answer->all, answer->found.items[i].text));
}

static void compare(const struct trie *a, const struct trie_values *x,
		    const struct trie *b, const struct trie_values *y)
{
	REQUIRE(x->n == y->n);
	for (size_t i = 0; i < x->n; i++) {
		REQUIRE(x->items[i].priority == y->items[i].priority);
		REQUIRE(x->items[i].text - (const char *)a->data ==
			y->items[i].text - (const char *)b->data);
	}
}

static void finish(struct answer *answer)
{
	trie_values_free(&answer->found);
	trie_values_free(&answer->all);
	trie_free(&answer->trie);
}

/* Search the file in memory, then with only the requested blocks read. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part file = { (const char *)data, size };
	char *key = part_string(next_part(&file));
	struct answer whole = { 0 }, blocks = { 0 };
	int fd = fcntl(memory_file(file.data, file.size), F_DUPFD_CLOEXEC, 0);

	whole.opened = trie_init(&whole.trie, part_string(file), file.size) == 0;
	blocks.opened = trie_open(&blocks.trie, &fd, (off_t)file.size) == 0;
	ask(&whole, key);
	ask(&blocks, key);
	REQUIRE(whole.opened == blocks.opened && whole.searched == blocks.searched &&
		whole.read == blocks.read);
	compare(&whole.trie, &whole.found, &blocks.trie, &blocks.found);
	compare(&whole.trie, &whole.all, &blocks.trie, &blocks.all);
	finish(&whole);
	finish(&blocks);
	free(key);
	return 0;
}
