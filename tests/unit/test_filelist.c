// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lists of files for archives: sorted, with directories; and the names of their modules.
 */
#include "copy/archiveindex.h"
#include "tempdir.h"

#include "copy/filelist.h"
#include "index/indexrename.h"

static void add(struct filelist *list, enum file_kind kind, const char *path,
		const char *from)
{
	filelist_add(list,
		     &(struct file_entry){ .kind = kind,
					   .path = path,
					   .from = kind == FILE_COPY ? from : NULL,
					   .data = kind == FILE_COPY ? NULL : from,
					   .size = kind == FILE_DATA ? strlen(from) : 7,
					   .reason = "a test" });
}

static void assert_paths(const struct filelist *list, const char *expected)
{
	char text[1024] = "";

	for (size_t i = 0; i < list->n; i++) {
		strcat(text, list->items[i].path);
		strcat(text, list->items[i].kind == FILE_DIR ? "/ " : " ");
	}
	assert_string_equal(text, expected);
}

static void sorts_with_directories(void **state)
{
	struct filelist list = { 0 };

	assert_int_equal(filelist_sort(&list), 0);
	add(&list, FILE_COPY, "lib/b/x", "x");
	add(&list, FILE_COPY, "lib/b-c", "y");
	add(&list, FILE_DATA, "top", "text");
	add(&list, FILE_LINK, "lib/a/link", "to");
	add(&list, FILE_COPY, "lib/b/c/z", "z");
	add(&list, FILE_COPY, "lib/ba", "z");
	assert_int_equal(filelist_sort(&list), 0);
	assert_paths(&list, "lib/ lib/a/ lib/a/link lib/b/ lib/b-c lib/b/c/ lib/b/c/z "
			    "lib/b/x lib/ba top ");
	/* again, with one more */
	add(&list, FILE_DATA, "lib/b/d/e", "text");
	assert_int_equal(filelist_sort(&list), 0);
	assert_paths(&list, "lib/ lib/a/ lib/a/link lib/b/ lib/b-c lib/b/c/ lib/b/c/z "
			    "lib/b/d/ lib/b/d/e lib/b/x lib/ba top ");
	filelist_free(&list);
}

static void keeps_one_of_duplicates(void **state)
{
	struct filelist list = { 0 };

	add(&list, FILE_COPY, "a/b", "x");
	add(&list, FILE_COPY, "a/b", "x");
	add(&list, FILE_DATA, "a/d", "text");
	add(&list, FILE_DATA, "a/d", "text");
	add(&list, FILE_LINK, "a/l", "to");
	add(&list, FILE_LINK, "a/l", "to");
	assert_int_equal(filelist_sort(&list), 0);
	assert_paths(&list, "a/ a/b a/d a/l ");
	filelist_free(&list);
}

static void refuses_conflicting_entries(void **state)
{
	static const struct {
		enum file_kind kind;
		const char *path, *from;
	} others[] = {
		{ FILE_COPY, "a/b", "y" }, { FILE_DATA, "a/b", "x" },
		{ FILE_LINK, "a/b", "x" }, { FILE_COPY, "a/b/c", "x" },
		{ FILE_COPY, "a", "x" },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct filelist list = { 0 };
		int old, result;

		add(&list, FILE_COPY, "a/b", "x");
		add(&list, others[i].kind, others[i].path, others[i].from);
		old = begin_stderr();
		result = filelist_sort(&list);
		assert_non_null(strstr(end_stderr(old), "two different files"));
		assert_int_equal(result, -1);
		filelist_free(&list);
	}
}

static void renames_rows(void **state)
{
	static const struct {
		const char *row, *renamed;
	} rows[] = {
		{ "k/a.ko.xz: k/b.ko k/c-d.ko.xz", "k/a.ko: k/b.ko k/c-d.ko" },
		{ "k/a.ko.xz:", "k/a.ko:" },
		{ "k/b.ko:", "k/b.ko:" },
		{ "k/other.ko.xz: k/a.ko.xz", "k/other.ko.xz: k/a.ko" },
		{ "", "" },
	};
	struct filelist list = { 0 };
	struct index_data facts = { 0 };
	struct renames renames;

	add(&list, FILE_COPY, "usr/top/6/k/a.ko", "top/6/k/a.ko.xz");
	add(&list, FILE_COPY, "usr/top/6/k/b.ko", "top/6/k/b.ko");
	add(&list, FILE_COPY, "usr/top/6/k/c-d.ko", "top/6/k/c-d.ko.xz");
	add(&list, FILE_DATA, "top/6/k/x", "x");
	renames_collect(&renames, &list, 0, "top/6", "usr/top/6");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		facts.modules = grow(facts.modules, facts.n, &facts.capacity,
				     sizeof(*facts.modules));
		facts.modules[facts.n++].row = rows[i].row;
	}
	index_rename(&facts, &renames);
	for (size_t i = 0; i < facts.n; i++)
		assert_string_equal(facts.modules[i].row, rows[i].renamed);
	index_data_free(&facts);
	renames_free(&renames);
	filelist_free(&list);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(sorts_with_directories),
	cmocka_unit_test(keeps_one_of_duplicates),
	cmocka_unit_test(refuses_conflicting_entries),
	cmocka_unit_test(renames_rows),
};
UNIT_TEST_MAIN(tempdir_setup, tempdir_teardown)
