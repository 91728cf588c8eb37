// SPDX-License-Identifier: GPL-2.0-or-later
/* An index in depmod's .bin format: a key, "%%%%", the file. */
#include "fuzz.h"

#include "trie.h"

/* What was found is in the file, as a string, and sorted. */
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part file = { (const char *)data, size };
	char *key = part_string(next_part(&file));
	struct trie_values found = { 0 }, all = { 0 };
	struct trie trie;

	if (trie_init(&trie, part_string(file), file.size) == 0) {
		bool searched = trie_search(&trie, key, &found) == 0;
		bool read = trie_all(&trie, &all) == 0;

		check(&trie, &found, searched);
		check(&trie, &all, false);
		for (size_t i = 0; searched && read && i < found.n && i < 64; i++)
			REQUIRE(is_in(&all, found.items[i].text));
	}
	trie_values_free(&found);
	trie_values_free(&all);
	trie_free(&trie);
	free(key);
	return 0;
}
