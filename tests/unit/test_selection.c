// SPDX-License-Identifier: GPL-2.0-or-later
/* What requests select, with list syntax and without. */
#include "kerneltree.h"
#include "plan/selection.h"
#include "tree/lookup.h"

static int setup(void **state)
{
	static const char *const modules[] = { "nvme/nvme-core", "nvme/nvme-a",
					       "nvme/nvme_z", "nvme-x/other", "m" };

	if (tempdir_setup(state) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(modules) / sizeof(*modules); i++)
		put_module(modules[i], "license=GPL", 12);
	put_module("aliased", "alias=dmi:bvn*\0alias=of:N*T*Cy", 30);
	open_kernel("built_in.alias=b:*", 19);
	return 0;
}

static int teardown(void **state)
{
	close_kernel();
	return tempdir_teardown(state);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The modules that a request selects, sorted. */
static const char *selected(const struct request *request)
{
	static char text[4096];
	struct arena arena = { 0 };
	const char *found[16];
	struct lookup lookup;

	assert_int_equal(selection_find(&kernel, request, &lookup), 0);
	assert_true(lookup.n <= 16);
	for (size_t i = 0; i < lookup.n; i++)
		found[i] = lookup.modules[i]->builtin ?
				   arena_printf(&arena, "built in: %s",
						lookup.modules[i]->name) :
				   lookup.modules[i]->name;
	qsort(found, lookup.n, sizeof(*found), by_text);
	text[0] = '\0';
	for (size_t i = 0; i < lookup.n; i++)
		strcat(strcat(text, i ? " " : ""), found[i]);
	lookup_free(&lookup);
	arena_free(&arena);
	return text;
}

static void assert_selected(const char *name, const char *modules)
{
	struct request_list list = { 0 };

	request_add(&list, name, "test");
	assert_string_equal(selected(&list.items[0]), modules);
	request_list_free(&list);
}

static void assert_literal(const char *alias, const char *modules)
{
	struct request_list list = { 0 };

	request_add_literal(&list, alias, "test");
	assert_string_equal(list.items[0].name, alias);
	assert_true(list.items[0].optional && !list.items[0].exclude);
	assert_string_equal(selected(&list.items[0]), modules);
	request_list_free(&list);
}

static void plain_names(void **state)
{
	assert_selected("nvme-core", "nvme_core");
	assert_selected("nvme_core?", "nvme_core");
	assert_selected("!nvme-core", "nvme_core");
	assert_selected("kernel/x/nvme-core.ko.xz", "nvme_core");
	assert_selected("nvme", "");
	assert_selected("dmi:bvnX", "aliased");
	assert_selected("b:1", "built in: built_in");
}

static void patterns(void **state)
{
	assert_selected("nvme-*", "nvme_a nvme_core nvme_z");
	assert_selected("nvme_?", "");
	assert_selected("nvme_??", "nvme_a nvme_z");
	/* A dash in a range stays a dash; elsewhere it is an underscore. */
	assert_selected("nvme-[b-z]*", "nvme_core nvme_z");
	assert_selected("nvme-[!a-c]", "nvme_z");
	assert_selected("nvme-[a", "");
	/* With a slash: paths, where '*' matches no slash. */
	assert_selected("kernel/*", "aliased m");
	assert_selected("kernel/nv*/nvme-[!a-c]", "nvme_z");
	assert_selected("nvme/*e.ko*", "nvme_core");
	assert_selected("kernel/nvme*", "");
	assert_selected("kernel/[nvme/*", "");
	/* An alias as in an index is not a pattern. */
	assert_selected("dmi:bvn*", "aliased");
	assert_selected("dmi:*", "");
}

static void directories(void **state)
{
	assert_selected("kernel/nvme/", "nvme_a nvme_core nvme_z");
	assert_selected("/kernel/nvme-x/", "other");
	assert_selected("kernel/nvme_x/", "");
	assert_selected("nvme/", "nvme_a nvme_core nvme_z");
	assert_selected("./kernel//nvme-x/", "");
	assert_selected("./kernel/nvme-x/", "other");
	assert_selected("vme/", "");
}

/* Characters that are list syntax are part of a modalias. */
static void modaliases(void **state)
{
	static const char *const nothing[] = { "dmi", "*",  "m/", "kernel/nvme/", "dmi:]",
					       "!m",  "m?", "m*", "kernel/m.ko",  "" };

	assert_literal("dmi:bvnX:/", "aliased");
	assert_literal("dmi:bvnX:rn?", "aliased");
	assert_literal("dmi:bvnX:path/to/x.ko", "aliased");
	assert_literal("of:NxT(null)Cy", "aliased");
	assert_literal("b:1/", "built in: built_in");
	for (size_t i = 0; i < sizeof(nothing) / sizeof(*nothing); i++)
		assert_literal(nothing[i], "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(plain_names),
	TEST(patterns),
	TEST(directories),
	TEST(modaliases),
};
UNIT_TEST_MAIN(NULL, NULL)
