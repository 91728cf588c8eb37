// SPDX-License-Identifier: GPL-2.0-or-later
/* Both ways to find a byte in a block agree with a simple loop. */
#include "base/bytescan.h"
#include "unit.h"

static uint64_t mark_singly(const char *block, unsigned char byte)
{
	uint64_t marks = 0;

	for (unsigned i = 0; i < SCANNED; i++)
		if ((unsigned char)block[i] == byte)
			marks |= UINT64_C(1) << i;
	return marks;
}

static void assert_marks(const char *block, unsigned char byte)
{
	const uint64_t marks = mark_singly(block, byte);

	assert_int_equal(scan_words(block, byte), marks);
	assert_int_equal(scan_bytes(block, byte), marks);
}

static void test_each_place(void **state)
{
	char block[SCANNED];

	for (unsigned i = 0; i < SCANNED; i++) {
		memset(block, 'x', sizeof(block));
		block[i] = '\n';
		assert_marks(block, '\n');
		assert_int_equal(scan_bytes(block, '\n'), UINT64_C(1) << i);
		assert_marks(block, 'x');
	}
}

/* Bytes that differ by one or in the highest bit, next to each other in any order. */
static void test_bytes_alike(void **state)
{
	static const unsigned char bytes[] = { 0x00, 0x01, 0x09, 0x0a, 0x0b,
					       0x7f, 0x80, 0x8a, 0x8b, 0xff };
	char block[SCANNED + 7];

	srand(1);
	for (unsigned round = 0; round < 10000; round++) {
		for (size_t i = 0; i < sizeof(block); i++)
			block[i] = (char)bytes[(unsigned)rand() % sizeof(bytes)];
		for (size_t i = 0; i < sizeof(bytes); i++)
			assert_marks(block + round % 8, bytes[i]);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_each_place),
	cmocka_unit_test(test_bytes_alike),
};
UNIT_TEST_MAIN(NULL, NULL)
