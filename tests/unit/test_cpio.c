// SPDX-License-Identifier: GPL-2.0-or-later
/* cpio archives: the limits of the format and of the kernel. */
#include "tempdir.h"

#include "copy/cpio.h"

static struct outfile out;

static struct cpio begin(unsigned align)
{
	tempdir_clear("archive");
	assert_int_equal(outfile_open(&out, "archive"), 0);
	return (struct cpio){ .out = &out, .align = align };
}

static void end(struct cpio *cpio)
{
	assert_int_equal(cpio_end(cpio), 0);
	assert_int_equal(out.size % 512, 0);
	assert_int_equal(outfile_finish(&out), 0);
	outfile_drop(&out);
}

/* Make a name of so many bytes. */
static char *name_of(size_t length)
{
	static char name[8192];

	memset(name, 'n', length);
	name[length] = '\0';
	return name;
}

static int add(struct cpio *cpio, const char *name, uint64_t size)
{
	return cpio_begin(cpio, &(struct cpio_entry){
					.name = name, .mode = S_IFREG, .size = size });
}

static void writes_headers(void **state)
{
	static const char expected[] =
		"070701"
		"00000001000081A4000003E8FFFFFFFE00000001499602D200000003"
		"00000000000000000000000000000000"
		"0000000400000000"
		"a/b\0"
		"\0\0" /* padding to a multiple of 4 */
		"xyz\0";
	struct cpio cpio = begin(4);
	const struct cpio_entry entry = {
		.name = "a/b", .mode = S_IFREG | 0644, .mtime = 1234567890, .size = 3
	};

	cpio.uid = 1000;
	cpio.gid = UINT32_MAX - 1;
	assert_int_equal(cpio_begin(&cpio, &entry), 0);
	assert_int_equal(outfile_add(&out, "xyz", 3), 0);
	assert_int_equal(cpio_pad(&cpio), 0);
	end(&cpio);
	assert_memory_equal(get("archive"), expected, sizeof(expected) - 1);
	assert_memory_equal(get("archive") + sizeof(expected) - 1, "07070100000000", 14);
}

static void accepts_names_that_the_kernel_accepts(void **state)
{
	struct cpio cpio = begin(4);
	int old;

	assert_int_equal(add(&cpio, name_of(CPIO_NAME_MAX - 1), 0), 0);
	old = begin_stderr();
	assert_int_equal(add(&cpio, name_of(CPIO_NAME_MAX), 0), -1);
	assert_non_null(strstr(end_stderr(old), "limit of 4095 bytes"));
	outfile_drop(&out);
	assert_false(exists("archive"));
}

/* cpio stops at this name, and the kernel skips the file. */
static void refuses_the_trailer_name(void **state)
{
	struct cpio cpio = begin(4);
	int old;

	assert_int_equal(add(&cpio, "TRAILER!!!/", 0), 0);
	assert_int_equal(add(&cpio, "usr/TRAILER!!!", 0), 0);
	old = begin_stderr();
	assert_int_equal(add(&cpio, "TRAILER!!!", 0), -1);
	assert_non_null(strstr(end_stderr(old), "marks the end of a cpio archive"));
	end(&cpio);
}

static void takes_files_below_4_gib(void **state)
{
	struct cpio cpio = begin(4);
	int old;

	assert_int_equal(add(&cpio, "a", UINT32_MAX), 0);
	old = begin_stderr();
	assert_int_equal(add(&cpio, "b", UINT64_C(1) << 32), -1);
	assert_non_null(strstr(end_stderr(old), "b has 4294967296 bytes"));
	outfile_drop(&out);
}

/* At any offset, with names of any length. */
static void aligns_contents(void **state)
{
	struct cpio cpio;
	size_t length, unaligned = 0;

	cpio = begin(4096);
	for (length = 1; length < CPIO_NAME_MAX; length += 13) {
		assert_int_equal(add(&cpio, name_of(length), 4096), 0);
		assert_int_equal(out.size % 4, 0);
		/* A longer name leaves no room for the padding. */
		if (out.size % 4096) {
			assert_true(length > 1000);
			unaligned++;
		}
		assert_int_equal(outfile_add(&out, name_of(4096), 4096), 0);
		assert_int_equal(cpio_pad(&cpio), 0);
		assert_int_equal(add(&cpio, "small", 1), 0);
		assert_int_equal(outfile_add(&out, "x", 1), 0);
		assert_int_equal(cpio_pad(&cpio), 0);
	}
	assert_true(unaligned < 200);
	end(&cpio);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(writes_headers),
	cmocka_unit_test(accepts_names_that_the_kernel_accepts),
	cmocka_unit_test(refuses_the_trailer_name),
	cmocka_unit_test(takes_files_below_4_gib),
	cmocka_unit_test(aligns_contents),
};
UNIT_TEST_MAIN(tempdir_setup, tempdir_teardown)
