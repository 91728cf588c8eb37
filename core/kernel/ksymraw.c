// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The exports of a raw image, which has no section headers (arm, arm64, riscv, s390x).
 *
 * The tables (ksymtab.c) are found by what they are: entries one behind the other, whose
 * names are identifiers in ascending order. A run of LEAST such entries is seldom
 * anything else. There are two runs, normal and GPL-only, or one with flags (7.0 and
 * later). Behind them come CRCs, or none, and flags, and then the strings: the place of
 * the first string shows which. Tables that do not fit exactly are not taken.
 *
 *	run 1 | run 2 | [crcs of 1 | crcs of 2] | strings
 *	run 1 | [crcs] | [flags] | strings
 *
 * If entries have addresses, the address of the image's beginning must be found first.
 * Most symbols have no namespace, so many entries in turn have the same third field: the
 * address of an empty string. Where LEAST entries have, each possible beginning (a
 * multiple of PAGE) is tried until their names are names.
 */
#include <endian.h>

#include "kernel/ksymtab.h"

enum {
	LEAST = 32,	   /* entries of a run, and with one namespace in turn */
	RUNS = 16,	   /* kept; at most one false run was seen in a kernel */
	PAGE = 4096,	   /* arm's kernel begins at 0xc0008000, s390x's at 0x100000 */
	GUESSES = 1 << 12, /* of places where a table could be */
	PADDING = 8,
};

struct run {
	uint64_t begin;
	size_t n;
};

struct search {
	struct ksym_reader reader;
	struct run runs[RUNS];
	unsigned n;
	struct ksym_table tables[2]; /* what was found */
	unsigned n_tables;
	uint64_t patience; /* bytes of names to compare yet: hostile data could take hours
			    */
};

static const char *string_at(const struct search *search, uint64_t offset)
{
	return (const char *)search->reader.kernel.data + offset;
}

/* spaces: how many entries have a namespace, empty or not. Most of a table's have one. */
static void add_run(struct search *search, uint64_t begin, size_t n, size_t spaces)
{
	if (n < LEAST || spaces < n / 2 || search->n == RUNS)
		return;
	search->runs[search->n++] = (struct run){ begin, n };
}

/*
 * Whether an entry follows the previous one in order, if there is one. An export can be
 * there twice: in 5.10 for arm64, memcpy is.
 */
static bool is_next(struct search *search, const struct ksym_entry *previous,
		    struct ksym_entry *entry)
{
	const char *name = string_at(search, entry->name);
	size_t spent = strlen(name);
	int order;

	search->patience -= spent < search->patience ? spent : search->patience;
	order = previous ? strcmp(string_at(search, previous->name), name) : -1;
	entry->again = order == 0;
	return order < 0 || (order == 0 && !previous->again);
}

/*
 * Whether the entry at an offset, which lies within, has a name that may begin with a
 * letter: ksym_read()'s first question, in a tenth of the time. Nearly all answers are no.
 */
static inline bool may_be_entry(const struct ksym_reader *reader, uint64_t at)
{
	const unsigned char *p = reader->kernel.data + at;
	uint64_t name, wide;
	uint32_t narrow;

	if (reader->shape == KSYM_ABS64) {
		memcpy(&wide, p + sizeof(wide), sizeof(wide));
		name = reader->big_endian ? be64toh(wide) : le64toh(wide);
	} else {
		memcpy(&narrow, p + sizeof(narrow), sizeof(narrow));
		name = reader->big_endian ? be32toh(narrow) : le32toh(narrow);
		if (reader->shape == KSYM_PREL32)
			name = at + sizeof(narrow) + (uint64_t)(int32_t)(uint32_t)name;
	}
	name += reader->bias;
	return name < reader->kernel.size && reader->kernel.data[name] >= 'A';
}

/* Find the runs among the entries from begin on, each directly behind the last one. */
static void find_runs_from(struct search *search, uint64_t begin)
{
	unsigned size = ksym_size(search->reader.shape);
	struct ksym_entry entry, previous;
	size_t n = 0, spaces = 0;
	uint64_t at;

	for (at = begin; bytes_hold(search->reader.kernel, at, size) && search->patience;
	     at += size) {
		bool found = may_be_entry(&search->reader, at) &&
			     ksym_read(&search->reader, at, &entry);

		if (!found || !is_next(search, n ? &previous : NULL, &entry)) {
			add_run(search, at - n * size, n, spaces);
			n = spaces = 0;
		}
		if (found) {
			previous = entry;
			n++;
			spaces += entry.namespace != KSYM_NONE;
		}
	}
	add_run(search, at - n * size, n, spaces);
}

/* Order the runs by their places; they are few. */
static void sort_runs(struct search *search)
{
	for (unsigned i = 1; i < search->n; i++)
		for (unsigned k = i; k > 0; k--) {
			struct run run = search->runs[k];

			if (search->runs[k - 1].begin < run.begin)
				break;
			search->runs[k] = search->runs[k - 1];
			search->runs[k - 1] = run;
		}
}

/* The lowest offset of a string of n runs. */
static uint64_t first_string(const struct search *search, const struct run *runs,
			     unsigned n)
{
	unsigned size = ksym_size(search->reader.shape);
	uint64_t first = UINT64_MAX;

	for (unsigned i = 0; i < n; i++)
		for (size_t k = 0; k < runs[i].n; k++) {
			struct ksym_entry entry;

			if (!ksym_read(&search->reader, runs[i].begin + k * size, &entry))
				continue;
			if (entry.name < first)
				first = entry.name;
			if (entry.namespace < first)
				first = entry.namespace;
		}
	return first;
}

/* Whether the strings begin behind columns that end at an offset, but for padding. */
static bool is_end(uint64_t end, uint64_t strings)
{
	return strings >= end && strings - end < PADDING;
}

static bool are_flags(struct bytes kernel, uint64_t offset, size_t n)
{
	enum { FLAGS = 0x0f }; /* 7.2 has one; a CRC's bytes would have others */

	for (size_t i = 0; i < n; i++)
		if (bytes_number(kernel, offset + i, 1, false) & ~(uint64_t)FLAGS)
			return false;
	return true;
}

/* Two tables: CRCs follow, or not. Returns whether that fits. */
static bool take_two(struct search *search, const struct run *runs)
{
	uint64_t end = runs[1].begin + runs[1].n * ksym_size(search->reader.shape);
	uint64_t strings = first_string(search, runs, 2);
	uint64_t size = 4 * ((uint64_t)runs[0].n + runs[1].n);
	bool crcs = is_end(end + size, strings);

	for (unsigned i = 0; i < 2; i++)
		search->tables[i] = (struct ksym_table){ .entries = runs[i].begin,
							 .n = runs[i].n,
							 .gpl = i == 1 };
	search->n_tables = 2;
	if (crcs) {
		search->tables[0].crcs = end;
		search->tables[1].crcs = end + 4 * (uint64_t)runs[0].n;
	}
	return crcs || is_end(end, strings);
}

/* One table: flags follow, perhaps behind CRCs. Returns whether that fits. */
static bool take_one(struct search *search, const struct run *run)
{
	uint64_t n = run->n, end = run->begin + n * ksym_size(search->reader.shape);
	uint64_t strings = first_string(search, run, 1);
	bool crcs = is_end(end + 5 * n, strings);

	search->tables[0] = (struct ksym_table){ .entries = run->begin,
						 .n = run->n,
						 .crcs = crcs ? end : 0,
						 .flags = crcs ? end + 4 * n : end };
	search->n_tables = 1;
	return (crcs || is_end(end + n, strings)) &&
	       are_flags(search->reader.kernel, search->tables[0].flags, run->n);
}

/*
 * Find all runs, with the reader's shape and bias, and among them the kernel's tables.
 * Returns whether they are there.
 */
static bool find_tables(struct search *search)
{
	unsigned size = ksym_size(search->reader.shape);
	unsigned step = size / 3;

	search->n = 0;
	for (uint64_t begin = 0; begin < size; begin += step)
		find_runs_from(search, begin);
	sort_runs(search);
	for (unsigned i = 0; i < search->n; i++) {
		const struct run *run = &search->runs[i];

		if (i + 1 < search->n && run->begin + run->n * size == run[1].begin &&
		    take_two(search, run))
			return true;
		if (take_one(search, run))
			return true;
	}
	return false;
}

/* Whether LEAST entries from an offset on are a run. */
static bool is_run(struct search *search, uint64_t at)
{
	unsigned size = ksym_size(search->reader.shape);
	struct ksym_entry entry, previous;

	for (unsigned i = 0; i < LEAST; i++, at += size) {
		if (!ksym_read(&search->reader, at, &entry) ||
		    !is_next(search, i ? &previous : NULL, &entry))
			return false;
		previous = entry;
	}
	return true;
}

/*
 * Try every beginning of the image in memory for which the address lies within it, and
 * the entries at an offset are a run. Then find all.
 */
static bool try_bases(struct search *search, uint64_t at, uint64_t address)
{
	uint64_t size = search->reader.kernel.size;
	uint64_t base = address & ~(uint64_t)(PAGE - 1);

	for (; address - base < size && search->patience; base -= PAGE) {
		search->reader.bias = -base;
		/* An empty string, first of all: most beginnings fail here. */
		if (search->reader.kernel.data[address - base] == '\0' &&
		    is_run(search, at) && find_tables(search))
			return true;
		if (base < PAGE)
			break;
	}
	return false;
}

/* Find the base by entries of one namespace in turn. */
static bool find_base(struct search *search)
{
	struct bytes kernel = search->reader.kernel;
	unsigned size = ksym_size(search->reader.shape), word = size / 3;
	unsigned guesses = 0;

	for (uint64_t begin = 0; begin < size; begin += word) {
		uint64_t last = 0;
		unsigned n = 0;

		for (uint64_t at = begin; bytes_hold(kernel, at, size); at += size) {
			uint64_t address = bytes_number(kernel, at + 2 * word, word,
							search->reader.big_endian);

			n = address == last && address != 0 ? n + 1 : 1;
			last = address;
			if (n != LEAST)
				continue;
			if (++guesses > GUESSES)
				return false;
			if (try_bases(search, at - (LEAST - 1) * size, address))
				return true;
		}
	}
	return false;
}

void ksym_read_raw(struct kernel_exports *exports, struct arena *arena,
		   struct bytes kernel, bool wide, bool big_endian)
{
	enum { PATIENCE = 1 << 30 };
	struct search search = { .reader = { .kernel = kernel,
					     .shape = KSYM_PREL32,
					     .big_endian = big_endian },
				 .patience = PATIENCE };
	bool found = find_tables(&search);

	if (!found) {
		search.reader.shape = wide ? KSYM_ABS64 : KSYM_ABS32;
		found = find_base(&search);
	}
	for (unsigned i = 0; found && i < search.n_tables; i++)
		found = ksym_add(&search.reader, &search.tables[i], exports, arena) == 0;
	if (!found || exports_sort(exports) < 0)
		exports->n = 0;
}
