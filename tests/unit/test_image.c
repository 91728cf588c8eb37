// SPDX-License-Identifier: GPL-2.0-or-later
/* Images for archives: sorted, with directories; and what their modules are called. */
#include "copy/imageindex.h"
#include "tempdir.h"

#include "copy/image.h"
#include "index/indexrename.h"

static void add(struct image *image, enum image_kind kind, const char *path,
		const char *from)
{
	image_add(image,
		  &(struct image_file){ .kind = kind,
					.path = path,
					.from = kind == IMAGE_COPY ? from : NULL,
					.data = kind == IMAGE_COPY ? NULL : from,
					.size = kind == IMAGE_DATA ? strlen(from) : 7,
					.why = "a test" });
}

static void assert_paths(const struct image *image, const char *expected)
{
	char text[1024] = "";
	size_t i;

	for (i = 0; i < image->n; i++) {
		strcat(text, image->files[i].path);
		strcat(text, image->files[i].kind == IMAGE_DIR ? "/ " : " ");
	}
	assert_string_equal(text, expected);
}

static void sorts_with_directories(void **state)
{
	struct image image = { 0 };

	(void)state;
	assert_int_equal(image_sort(&image), 0);
	add(&image, IMAGE_COPY, "lib/b/x", "x");
	add(&image, IMAGE_COPY, "lib/b-c", "y");
	add(&image, IMAGE_DATA, "top", "text");
	add(&image, IMAGE_LINK, "lib/a/link", "to");
	add(&image, IMAGE_COPY, "lib/b/c/z", "z");
	add(&image, IMAGE_COPY, "lib/ba", "z");
	assert_int_equal(image_sort(&image), 0);
	assert_paths(&image, "lib/ lib/a/ lib/a/link lib/b/ lib/b-c lib/b/c/ lib/b/c/z "
			     "lib/b/x lib/ba top ");
	/* Again, with one more */
	add(&image, IMAGE_DATA, "lib/b/d/e", "text");
	assert_int_equal(image_sort(&image), 0);
	assert_paths(&image, "lib/ lib/a/ lib/a/link lib/b/ lib/b-c lib/b/c/ lib/b/c/z "
			     "lib/b/d/ lib/b/d/e lib/b/x lib/ba top ");
	image_free(&image);
}

static void keeps_one_of_the_same(void **state)
{
	struct image image = { 0 };

	(void)state;
	add(&image, IMAGE_COPY, "a/b", "x");
	add(&image, IMAGE_COPY, "a/b", "x");
	add(&image, IMAGE_DATA, "a/d", "text");
	add(&image, IMAGE_DATA, "a/d", "text");
	add(&image, IMAGE_LINK, "a/l", "to");
	add(&image, IMAGE_LINK, "a/l", "to");
	assert_int_equal(image_sort(&image), 0);
	assert_paths(&image, "a/ a/b a/d a/l ");
	image_free(&image);
}

static void refuses_what_is_two_things(void **state)
{
	static const struct {
		enum image_kind kind;
		const char *path, *from;
	} others[] = {
		{ IMAGE_COPY, "a/b", "y" }, { IMAGE_DATA, "a/b", "x" },
		{ IMAGE_LINK, "a/b", "x" }, { IMAGE_COPY, "a/b/c", "x" },
		{ IMAGE_COPY, "a", "x" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct image image = { 0 };
		int old, result;

		add(&image, IMAGE_COPY, "a/b", "x");
		add(&image, others[i].kind, others[i].path, others[i].from);
		old = begin_stderr();
		result = image_sort(&image);
		assert_non_null(strstr(end_stderr(old), "two different files"));
		assert_int_equal(result, -1);
		image_free(&image);
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
	struct image image = { 0 };
	struct index_facts facts = { 0 };
	struct renames renames;
	size_t i;

	(void)state;
	add(&image, IMAGE_COPY, "usr/top/6/k/a.ko", "top/6/k/a.ko.xz");
	add(&image, IMAGE_COPY, "usr/top/6/k/b.ko", "top/6/k/b.ko");
	add(&image, IMAGE_COPY, "usr/top/6/k/c-d.ko", "top/6/k/c-d.ko.xz");
	add(&image, IMAGE_DATA, "top/6/k/x", "x");
	renames_collect(&renames, &image, 0, "top/6", "usr/top/6");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		facts.modules = grow(facts.modules, facts.n, &facts.capacity,
				     sizeof(*facts.modules));
		facts.modules[facts.n++].row = rows[i].row;
	}
	index_rename(&facts, &renames);
	for (i = 0; i < facts.n; i++)
		assert_string_equal(facts.modules[i].row, rows[i].renamed);
	index_facts_free(&facts);
	renames_free(&renames);
	image_free(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorts_with_directories),
		cmocka_unit_test(keeps_one_of_the_same),
		cmocka_unit_test(refuses_what_is_two_things),
		cmocka_unit_test(renames_rows),
	};

	return cmocka_run_group_tests(tests, tempdir_setup, tempdir_teardown);
}
