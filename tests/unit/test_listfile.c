// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of modules: which names they hold, and where. */
#include "config.h"
#include "plan/listfile.h"
#include "tempdir.h"

static struct request_list list;

static void read_text(const char *text)
{
	request_list_free(&list);
	put("list", text);
	assert_int_equal(listfile_read(&list, "list"), 0);
}

static void assert_request(size_t i, const char *name, const char *origin)
{
	assert_true(i < list.n);
	assert_string_equal(list.items[i].name, name);
	assert_string_equal(list.items[i].origin, origin);
}

static void assert_one(const char *text, const char *name)
{
	read_text(text);
	assert_int_equal(list.n, 1);
	assert_request(0, name, "list:1");
	request_list_free(&list);
}

static void names_and_origins(void **state)
{
	read_text("a\n\n# b\nc\n");
	assert_int_equal(list.n, 2);
	assert_request(0, "a", "list:1");
	assert_request(1, "c", "list:4");
	/* A second list adds to the first. */
	put("more", "d");
	assert_int_equal(listfile_read(&list, "more"), 0);
	assert_int_equal(list.n, 3);
	assert_request(2, "d", "more:1");
	request_list_free(&list);
}

static void blanks(void **state)
{
	assert_one("a", "a");
	assert_one("a\n", "a");
	assert_one("a\r\n", "a");
	assert_one(" \t a \t \r\n", "a");
	assert_one("a\n\r\n \n\t\n", "a");
	assert_one("\xef\xbb\xbf"
		   "a\n",
		   "a");
	assert_one("a\n  # not a name\n", "a");
	assert_one("a\n  ; nor this\n", "a");
	assert_one("a;b\n", "a;b");
	assert_one("a#b\n", "a#b");
}

static void marks(void **state)
{
	if (!ENABLED(FEATURE_LIST_SYNTAX))
		return;
	read_text("a?\n!b\n! c\n!d?\n?\n");
	assert_int_equal(list.n, 5);
	assert_request(0, "a", "list:1");
	assert_true(list.items[0].optional && !list.items[0].exclude);
	assert_request(1, "b", "list:2");
	assert_true(list.items[1].exclude && !list.items[1].optional);
	assert_request(2, "c", "list:3");
	assert_true(list.items[2].exclude);
	assert_request(3, "d", "list:4");
	assert_request(4, "?", "list:5"); /* a pattern: names of one letter */
	assert_false(list.items[4].optional);
	request_list_free(&list);
}

static void nothing(void **state)
{
	read_text("");
	assert_int_equal(list.n, 0);
	read_text("\n#\n # a\n\t\n\xef\xbb\xbf\n");
	assert_int_equal(list.n, 1); /* the mark counts at the start only */
	request_list_free(&list);
}

/* Check that a list is refused with this message. */
static void assert_refused(const void *data, size_t size, const char *message)
{
	int old = begin_stderr();
	const char *text;
	int result;

	put_bytes("list", data, size);
	result = listfile_read(&list, "list");
	text = end_stderr(old);
	assert_int_equal(result, -1);
	assert_non_null(strstr(text, message));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	request_list_free(&list);
}

static void binary(void **state)
{
	assert_refused("a\nb\0c\n", 6, "list:2: ");
	assert_refused("\0", 1, "list:1: ");
	assert_refused("# \0\n", 4, "list:1: ");
}

static void long_lines(void **state)
{
	char line[4098];

	memset(line, 'x', sizeof(line));
	put_bytes("list", line, 4096);
	assert_int_equal(listfile_read(&list, "list"), 0);
	assert_int_equal(strlen(list.items[0].name), 4096);
	request_list_free(&list);
	assert_refused(line, 4097, "list:1: ");
	/* In a comment too, and on any line. */
	line[0] = '#';
	assert_refused(line, 4097, "list:1: ");
}

static void unreadable(void **state)
{
	int old = begin_stderr();
	int absent = listfile_read(&list, "absent"),
	    directory = listfile_read(&list, ".");
	const char *text = end_stderr(old);

	assert_int_equal(absent, -1);
	assert_int_equal(directory, -1);
	assert_non_null(strstr(text, "list absent: "));
	assert_non_null(strstr(text, "list .: "));
	request_list_free(&list);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(names_and_origins),
	cmocka_unit_test(blanks),
	cmocka_unit_test(marks),
	cmocka_unit_test(nothing),
	cmocka_unit_test(binary),
	cmocka_unit_test(long_lines),
	cmocka_unit_test(unreadable),
};
UNIT_TEST_MAIN(tempdir_setup, tempdir_teardown)
