// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading .modinfo from modules of all classes, byte orders and compressions. */
#include <dirent.h>
#include <errno.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "modules.h"

static void test_all_kinds_read_the_same(void **state)
{
	for (int i = 0; i < N_KINDS; i++) {
		for (int k = 0; k < N_COMPRESSORS; k++) {
			struct bytes module =
				make_module(kinds[i], fields, sizeof(fields));
			struct bytes file = compressors[k](&module);

			assert_string_equal(read_lines(&file), fields_read);
			assert_int_equal(check(&file, false), 0);
			assert_int_equal(check(&file, true), 0);
		}
	}
}

static void test_strange_modinfo(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		const char *lines;
	} rows[] = {
		{ "", 0, "" },
		{ "\0", 1, "" },
		{ "\0\0\0\0\0\0\0\0", 8, "" },
		{ "a=1", 4, "a=1\n" },
		{ "a=1", 3, "a=1\n" }, /* unterminated */
		{ "a=1\0b=2", 7, "a=1\nb=2\n" },
		{ "\0\0a=1\0\0\0b=2\0\0", 14, "a=1\nb=2\n" },
		{ "=\0=x\0y", 7, "=\n=x\ny=\n" },
		{ "\0\0x", 3, "" },
		{ "\0\0x", 4, "x=\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bytes b = make_module(usual, rows[i].text, rows[i].size);

		assert_string_equal(read_lines(&b), rows[i].lines);
	}
}

static void test_no_modinfo(void **state)
{
	struct bytes b = usual_module();

	b.data[at.names + NAMES_MODINFO] = '_';
	assert_string_equal(read_lines(&b), "");
	assert_int_equal(check(&b, true), 0);
}

/*
 * Section headers first and .modinfo last, ending at the end of the file and of a page.
 */
static void test_modinfo_ends_file_and_page(void **state)
{
	struct bytes b = usual_module();
	struct bytes moved = b;
	size_t end = 4096;

	moved.size = end;
	memset(moved.data + b.size, 'x', end - b.size);
	memcpy(moved.data + end - 4, "a=1\0", 4);
	put_number(&moved, usual, at.table + at.section_size + 24, 8, end - 4);
	put_number(&moved, usual, at.table + at.section_size + 32, 8, 4);
	assert_string_equal(read_lines(&moved), "a=1\n");
	memcpy(moved.data + end - 3, "a=1", 3); /* and unterminated */
	put_number(&moved, usual, at.table + at.section_size + 24, 8, end - 3);
	put_number(&moved, usual, at.table + at.section_size + 32, 8, 3);
	assert_string_equal(read_lines(&moved), "a=1\n");
	/* An empty section at the end lies within the file. */
	put_number(&moved, usual, at.table + at.section_size + 24, 8, end);
	put_number(&moved, usual, at.table + at.section_size + 32, 8, 0);
	assert_string_equal(read_lines(&moved), "");
}

/* Nothing of a longer module shows up in one that is read after it. */
static void test_reader_is_reused(void **state)
{
	static char zeros[8192];
	struct bytes small, large = make_module(usual, zeros, sizeof(zeros));

	for (size_t i = 0; i < sizeof(zeros) - 4; i += 4)
		memcpy(large.data + at.modinfo + i, "x=y", 4);
	large = xz(&large);
	small = make_module(kinds[1], "a=1", 4);
	assert_int_equal(strlen(read_lines(&large)), 8188);
	assert_string_equal(read_lines(&small), "a=1\n");
	small = gzip(&small);
	assert_string_equal(read_lines(&small), "a=1\n");
	assert_int_equal(strlen(read_lines(&large)), 8188);
}

static void test_xz_check_sums(void **state)
{
	static const lzma_check checks[] = { LZMA_CHECK_NONE, LZMA_CHECK_CRC32,
					     LZMA_CHECK_CRC64, LZMA_CHECK_SHA256 };
	struct bytes module = usual_module();

	for (int i = 0; i < 4; i++) {
		struct bytes b = xz_with(&module, checks[i]);

		assert_string_equal(read_lines(&b), fields_read);
	}
}

/* A file in two parts (xz streams, zstd frames, gzip members) is one module. */
static void test_several_streams(void **state)
{
	static const unsigned char skippable[] = {
		0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 'x'
	};
	static const unsigned char zeros[8];
	struct bytes module = usual_module(), first = module, second = module;

	first.size = 100;
	second.size = module.size - first.size;
	memcpy(second.data, module.data + first.size, second.size);
	for (int k = 1; k < N_COMPRESSORS; k++) {
		struct bytes b = compressors[k](&first), rest = compressors[k](&second);

		if (compressors[k] == xz)
			append(&b, zeros, 4);
		if (compressors[k] == zstd)
			append(&b, skippable, sizeof(skippable));
		append(&b, rest.data, rest.size);
		if (compressors[k] == xz || compressors[k] == gzip)
			append(&b, zeros, sizeof(zeros));
		assert_string_equal(read_lines(&b), fields_read);
		assert_int_equal(check(&b, false), 0);
	}
}

static void test_signature(void **state)
{
	static const char marker[] = "~Module signature appended~\n";
	static const unsigned char pkcs7[256] = { 0x30, 0x82, 0x01, 0x00 };
	static const unsigned char info[12] = { 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0 };
	struct bytes b = usual_module();
	size_t unsigned_size = b.size, size;

	append(&b, pkcs7, sizeof(pkcs7));
	append(&b, info, sizeof(info));
	append(&b, marker, sizeof(marker) - 1);
	/*
	 * libkmod would add its own fields for a signature; those are not the module's.
	 */
	assert_string_equal(read_lines(&b), fields_read);
	assert_int_equal(check(&b, false), 0);
	size = b.size;
	for (b.size = unsigned_size + 1; b.size < size; b.size++)
		assert_int_equal(check(&b, false), -1);
	/* Padding is not a signature. */
	b.size = unsigned_size;
	append(&b, "\0\0\0", 3);
	assert_int_equal(check(&b, false), 0);
}

static void test_not_modules(void **state)
{
	static const char *const paths[] = { "/dev/null", "/", "/dev/zero" };
	const char *err = NULL;
	struct bytes b = { .size = 0 };

	for (int i = 0; i < 3; i++) {
		int fd = open(paths[i], O_RDONLY | O_CLOEXEC);

		assert_int_equal(modreader_check(reader, fd, false, &err), -1);
		assert_string_equal(err, "not a regular file");
		close(fd);
	}
	append(&b, "just a text file, longer than an ELF header is; really, it is longer",
	       68);
	assert_int_equal(check(&b, false), -1);
	b = zstd(&b);
	assert_int_equal(check(&b, true), -1);
	b.size = 0;
	b = xz(&b);
	assert_int_equal(check(&b, true), -1);
}

/* Replaces libc's memfd_create(2) to simulate a kernel without it. */
static bool no_memfd;
int memfd_create(const char *name, unsigned flags)
{
	if (no_memfd) {
		errno = ENOSYS;
		return -1;
	}
	return (int)syscall(SYS_memfd_create, name, flags);
}

static int count_files(const char *dir)
{
	DIR *d = opendir(dir);
	int n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n - 2; /* . and .. */
}

/*
 * Read a module with a new reader. Meanwhile dir holds that many files, afterwards none.
 */
static bool reads_with_files(int fd, const char *dir, int expected)
{
	struct modreader *own = modreader_new(0);
	struct arena arena = { 0 };
	struct modinfo info;
	const char *err;
	bool good;

	good = modreader_modinfo(own, fd, &arena, &info, &err) == 0 && info.n == 7 &&
	       count_files(dir) == expected;
	modreader_free(own);
	arena_free(&arena);
	return good && count_files(dir) == 0;
}

static void test_without_memfd_and_without_proc(void **state)
{
	struct bytes module = usual_module(), b = xz(&module);
	char dir[] = "/tmp/test_modfile.XXXXXX";
	int fd = open_bytes(&b), status = 0;

	assert_non_null(mkdtemp(dir));
	setenv("TMPDIR", dir, 1);
	no_memfd = true;
	assert_true(reads_with_files(fd, dir, 0));
	no_memfd = false;
	if (geteuid() == 0) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			setenv("TMPDIR", "/", 1);
			if (chroot(dir) < 0 || chdir("/") < 0 ||
			    !reads_with_files(fd, "/", 1))
				_exit(1);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
	}
	unsetenv("TMPDIR");
	rmdir(dir);
	close(fd);
	assert_int_equal(status, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_all_kinds_read_the_same),
	cmocka_unit_test(test_strange_modinfo),
	cmocka_unit_test(test_no_modinfo),
	cmocka_unit_test(test_modinfo_ends_file_and_page),
	cmocka_unit_test(test_reader_is_reused),
	cmocka_unit_test(test_xz_check_sums),
	cmocka_unit_test(test_several_streams),
	cmocka_unit_test(test_signature),
	cmocka_unit_test(test_not_modules),
	cmocka_unit_test(test_without_memfd_and_without_proc),
};
UNIT_TEST_MAIN(make_reader, free_reader)
