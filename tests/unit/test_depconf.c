// SPDX-License-Identifier: GPL-2.0-or-later
/* depmod.d: which of several modules with the same name depmod uses. */
#include "conf/depconf.h"
#include "config.h"
#include "tempdir.h"

static struct rootfs root;
static struct depconf conf;

static int setup(void **state)
{
	if (tempdir_setup(state) < 0 || mkdir("root", 0755) < 0)
		return -1;
	return rootfs_open(&root, "root");
}

static int teardown(void **state)
{
	depconf_free(&conf);
	rootfs_close(&root);
	return tempdir_teardown(state);
}

static void read_text(const char *text)
{
	depconf_free(&conf);
	put("root/etc/depmod.d/x.conf", text);
	assert_int_equal(depconf_read(&conf, &root, "6.1.0-9-amd64"), 0);
}

static void assert_first(const char *a, const char *b)
{
	assert_true(depconf_compare(&conf, a, b) > 0);
	assert_true(depconf_compare(&conf, b, a) < 0);
}

static void assert_equal_rank(const char *a, const char *b)
{
	assert_int_equal(depconf_compare(&conf, a, b), 0);
	assert_int_equal(depconf_compare(&conf, b, a), 0);
}

static void without_any(void **state)
{
	read_text("");
	assert_first("updates/a.ko", "kernel/a.ko");
	assert_first("updates/dkms/a.ko.xz", "extra/a.ko");
	assert_equal_rank("kernel/a.ko", "extra/a.ko");
	assert_equal_rank("kernel/x/a.ko", "kernel/y/a.ko");
	/* A directory whose name merely begins with it does not match. */
	assert_equal_rank("updates-old/a.ko", "kernel/a.ko");
}

static void search(void **state)
{
	read_text("search extra updates built-in weak-updates\n");
	assert_first("extra/a.ko", "updates/a.ko");
	assert_first("updates/a.ko", "kernel/a.ko");
	assert_first("kernel/a.ko", "weak-updates/a.ko");
	read_text("search built-in updates");
	assert_first("kernel/a.ko", "updates/a.ko");
	assert_equal_rank("kernel/a.ko", "extra/a.ko");
	/* Without "built-in", directories that are not listed come last. */
	read_text("# search no\nsearch updates/dkms\n\tsearch extra\n");
	assert_first("updates/dkms/a.ko", "extra/a.ko");
	assert_first("extra/a.ko", "updates/a.ko");
	assert_equal_rank("updates/a.ko", "kernel/a.ko");
}

static void override(void **state)
{
	read_text("override a * extra\n");
	assert_first("extra/a.ko", "updates/a.ko");
	assert_first("extra/a.ko.zst", "updates/a.ko");
	assert_first("updates/a.ko", "extra/dir/a.ko"); /* only in this directory */
	assert_first("updates/b.ko", "extra/b.ko");	/* only that module */
	read_text("override a 5.10 extra\noverride a * \noverride a\n");
	assert_first("updates/a.ko", "extra/a.ko"); /* neither counts */
	read_text("override a 6.1.0-9-amd64 extra\n");
	assert_first("extra/a.ko", "updates/a.ko");
}

static void override_by_pattern(void **state)
{
	if (!ENABLED(FEATURE_DEPMOD_REGEX))
		return;
	read_text("override a ^6\\\\.1 extra\n");
	assert_first("extra/a.ko", "updates/a.ko");
	read_text("override a (amd64|arm64)$ extra\n");
	assert_first("extra/a.ko", "updates/a.ko");
	read_text("override a ^5 extra\n");
	assert_first("updates/a.ko", "extra/a.ko");
	read_text("override a ( extra\n"); /* invalid */
	assert_first("updates/a.ko", "extra/a.ko");
}

/* Patterns that would exhaust memory, time or stack are rejected. */
static void override_by_hostile_pattern(void **state)
{
	static char deep[100000] = "override a ";
	int old;

	if (!ENABLED(FEATURE_DEPMOD_REGEX))
		return;
	memset(deep + strlen(deep), '(', 80000);
	strcat(deep, " extra\n");
	old = begin_stderr();
	read_text(deep);
	assert_non_null(
		strstr(end_stderr(old), "x.conf:1: ignoring the line that begins with"));
	old = begin_stderr();
	read_text("override a (((6{1,200}){1,200}){1,200}){1,200} extra\n"
		  "external ((6{1,200}){1,200}){200} /extra\n"
		  "override a ^6{99999999999999999999} extra\n");
	assert_non_null(
		strstr(end_stderr(old), "x.conf:3: ignoring the line that begins with"));
	assert_int_equal(conf.n_externals, 0);
	assert_first("updates/a.ko", "extra/a.ko");
	read_text("override a ^[0-9]{1,2}[.][0-9]{1,3}[.]0-9-(amd64|arm64){1}$ extra\n");
	assert_first("extra/a.ko", "updates/a.ko");
}

static void excludes(void **state)
{
	read_text("exclude debug old\nexclude more");
	assert_true(depconf_excludes(&conf, "debug"));
	assert_true(depconf_excludes(&conf, "old"));
	assert_true(depconf_excludes(&conf, "more"));
	assert_false(depconf_excludes(&conf, "debugger"));
	assert_false(depconf_excludes(&conf, "kernel"));
	read_text("");
	assert_false(depconf_excludes(&conf, "debug"));
	/* Links to the kernel source. */
	assert_true(depconf_excludes(&conf, "build"));
	assert_true(depconf_excludes(&conf, "source"));
}

static void files(void **state)
{
	put("root/usr/lib/depmod.d/x.conf", "search no\n");
	put("root/usr/lib/depmod.d/a.conf", "search extra\n");
	put("root/run/depmod.d/y.conf", "exclude y\n");
	put("root/etc/depmod.d/z.alias", "exclude z\n");
	read_text("exclude x\n");
	assert_int_equal(conf.files.n, 3);
	assert_string_equal(conf.files.items[0].name, "usr/lib/depmod.d/a.conf");
	assert_string_equal(conf.files.items[1].name, "etc/depmod.d/x.conf");
	assert_string_equal(conf.files.items[1].text, "exclude x\n");
	assert_string_equal(conf.files.items[2].name, "run/depmod.d/y.conf");
	assert_first("extra/a.ko", "updates/a.ko");
	assert_true(depconf_excludes(&conf, "x") && depconf_excludes(&conf, "y"));
	assert_false(depconf_excludes(&conf, "z"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(without_any),
	cmocka_unit_test(search),
	cmocka_unit_test(override),
	cmocka_unit_test(override_by_pattern),
	cmocka_unit_test(override_by_hostile_pattern),
	cmocka_unit_test(excludes),
	cmocka_unit_test(files),
};
UNIT_TEST_MAIN(setup, teardown)
