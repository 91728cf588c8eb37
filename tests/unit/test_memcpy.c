// SPDX-License-Identifier: GPL-2.0-or-later
/* memcpy(3) and memmove(3), which static binaries replace (scripts/musl). */
#include "unit.h"

enum {
	LONGEST = 1100, /* above the size where the processor's own loop takes over */
	ROOM = 3 * LONGEST,
};

static unsigned char buffer[ROOM], expected[ROOM];

/* volatile, because the compiler would copy inline. */
static void *(*volatile copy)(void *, const void *, size_t) = memcpy;
static void *(*volatile move)(void *, const void *, size_t) = memmove;

static void fill(void)
{
	for (size_t i = 0; i < ROOM; i++)
		buffer[i] = expected[i] = (unsigned char)(i * 7 + i / 251);
}

/* Move n bytes with each function and with a plain loop, and compare everything. */
static void check(void *(*function)(void *, const void *, size_t), size_t to, size_t from,
		  size_t n)
{
	unsigned char bytes[LONGEST];

	fill();
	for (size_t i = 0; i < n; i++)
		bytes[i] = expected[from + i];
	for (size_t i = 0; i < n; i++)
		expected[to + i] = bytes[i];
	assert_ptr_equal(function(buffer + to, buffer + from, n), buffer + to);
	assert_memory_equal(buffer, expected, ROOM);
}

static void test_copy_of_every_length(void **state)
{
	for (size_t n = 0; n <= LONGEST; n++)
		check(copy, LONGEST + n % 17, n % 13, n);
}

static void test_move_of_every_length_and_overlap(void **state)
{
	static const size_t distances[] = { 0, 1, 2, 7, 8, 9, 15, 16, 17, 63, 500 };

	for (size_t n = 0; n <= LONGEST; n += n < 70 ? 1 : 41) {
		for (size_t i = 0; i < sizeof(distances) / sizeof(distances[0]); i++) {
			check(move, LONGEST + distances[i], LONGEST, n);
			check(move, LONGEST, LONGEST + distances[i], n);
		}
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_copy_of_every_length),
	cmocka_unit_test(test_move_of_every_length_and_overlap),
};
UNIT_TEST_MAIN(NULL, NULL)
