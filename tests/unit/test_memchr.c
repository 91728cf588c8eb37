// SPDX-License-Identifier: GPL-2.0-or-later
/* memchr(3), which static binaries replace (scripts/musl). */
#include <sys/mman.h>

#include "unit.h"

enum { LONGEST = 100 };

/* volatile, because the compiler knows memchr(). */
static void *(*volatile find)(const void *, int, size_t) = memchr;

/* The last bytes of a page; reading past them faults. */
static unsigned char *end_of_page(void)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char *pages = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(pages, MAP_FAILED);
	assert_int_equal(mprotect(pages + size, size, PROT_NONE), 0);
	return pages + size;
}

static void test_first_of_every_length_and_place(void **state)
{
	unsigned char *end = end_of_page();

	for (size_t n = 0; n <= LONGEST; n++) {
		for (size_t at = 0; at < n; at++) {
			/*
			 * one before, one after the first, and one with the highest bit
			 * changed
			 */
			memset(end - n - 1, 0xfe, n + 1);
			end[-(ptrdiff_t)n - 1] = end[-1] = 0xff;
			(end - n)[at] = 0xff;
			assert_ptr_equal(find(end - n, 0xff, n), end - n + at);
			assert_ptr_equal(find(end - n, -1, n), end - n + at);
		}
	}
}

static void test_none_within_the_length(void **state)
{
	unsigned char bytes[3 * LONGEST];

	memset(bytes, 'x', sizeof(bytes));
	for (size_t from = 1; from < LONGEST; from++) {
		for (size_t n = 0; n < LONGEST; n++) {
			memset(bytes, 0, sizeof(bytes));
			memset(bytes + from, 'x', n);
			assert_null(find(bytes + from, '\0', n));
			assert_ptr_equal(find(bytes + from, '\0', n + 1),
					 bytes + from + n);
		}
	}
}

static void test_length_without_limit(void **state)
{
	unsigned char *end = end_of_page();

	memset(end - LONGEST, 'x', LONGEST);
	end[-1] = 'y';
	for (size_t n = 1; n <= LONGEST; n++)
		assert_ptr_equal(find(end - n, 'y', SIZE_MAX), end - 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_first_of_every_length_and_place),
	cmocka_unit_test(test_none_within_the_length),
	cmocka_unit_test(test_length_without_limit),
};
UNIT_TEST_MAIN(NULL, NULL)
