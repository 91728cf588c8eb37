// SPDX-License-Identifier: GPL-2.0-or-later
/* modprobe.d and modules.softdep, parsed as libkmod does. */
#include "conf/modconf.h"
#include "tempdir.h"

static struct rootfs root;
static struct modconf conf;

static int setup(void **state)
{
	if (tempdir_setup(state) < 0 || mkdir("root", 0755) < 0)
		return -1;
	return rootfs_open(&root, "root");
}

static int teardown(void **state)
{
	rootfs_close(&root);
	return tempdir_teardown(state);
}

static int clear(void **state)
{
	modconf_free(&conf);
	tempdir_clear("root/etc");
	tempdir_clear("root/usr");
	tempdir_clear("root/run");
	tempdir_clear("root/lib");
	tempdir_clear("root/one");
	tempdir_clear("root/two");
	return 0;
}

static void read_all(void)
{
	modconf_free(&conf);
	assert_int_equal(modconf_read(&conf, &root, NULL, 0), 0);
}

static void read_text(const char *text)
{
	put("root/etc/modprobe.d/x.conf", text);
	read_all();
}

/* The rules for a module, as "pre:a post:b weak:c". */
static const char *rules_of(struct soft_rules *rules, const char *module)
{
	static const char *const kinds[] = {
		[EDGE_PRE] = "pre:", [EDGE_POST] = "post:", [EDGE_WEAKDEP] = "weak:"
	};
	static char text[4096];
	const struct soft_rule *rule;
	size_t at = 0;

	text[0] = '\0';
	while ((rule = soft_rules_next(rules, module, &at))) {
		if (text[0])
			strcat(text, " ");
		strcat(strcat(text, kinds[rule->kind]), rule->target);
	}
	return text;
}

static void assert_rules(const char *module, const char *expected)
{
	assert_string_equal(rules_of(&conf.soft, module), expected);
}

static void softdeps(void **state)
{
	read_text("softdep a pre: b c post: d\n"
		  "softdep a post: e pre: f\n"
		  "softdep b ignored pre: c\n"
		  "softdep c pre:\n"
		  "softdep d\n"
		  "softdep e no such word\n");
	assert_rules("a", "pre:b pre:c post:d post:e pre:f");
	assert_rules("b", "pre:c");
	assert_rules("c", "");
	assert_rules("d", "");
	assert_rules("e", "");
	assert_rules("nobody", "");
}

static void weakdeps(void **state)
{
	read_text("weakdep a b pre: c\nweakdep a d\n");
	/* These words mean nothing in a weakdep. */
	assert_rules("a", "weak:b weak:pre: weak:c weak:d");
}

static void names_and_patterns(void **state)
{
	read_text("softdep snd-hda pre: b\nsoftdep snd_h* pre: c\nsoftdep x[-a]y pre: d\n"
		  "softdep x[ pre: e\nsoftdep snd_hda pre: f\n");
	assert_rules("snd_hda", "pre:c pre:b pre:f"); /* patterns first */
	assert_rules("snd_hx", "pre:c");
	assert_rules("x-y", "pre:d");
	assert_rules("x[", "");
}

static void lines(void **state)
{
	read_text("# softdep a pre: no\n"
		  "#softdep a pre: no\n"
		  "\n   \n"
		  " \tsoftdep\ta  pre: \t b\n"
		  "softdep a \\\n pre: c \\\n d\n"
		  "softdep \\a pre: e\n"
		  "Softdep a pre: no\n"
		  "softdeps a pre: no\n"
		  "softdep a pre: last");
	assert_rules("a", "pre:b pre:c pre:d pre:e pre:last");
}

static void aliases(void **state)
{
	read_text("alias my-disk dm-crypt\nalias net-pf-* off\nalias x\nalias y z w\n"
		  "alias a[ b\n");
	assert_int_equal(conf.n_aliases, 3);
	assert_string_equal(conf.aliases[0].pattern, "my_disk");
	assert_string_equal(conf.aliases[0].target, "dm_crypt");
	assert_string_equal(conf.aliases[1].pattern, "net_pf_*");
	assert_string_equal(conf.aliases[1].target, "off");
	assert_string_equal(conf.aliases[2].target, "z");
}

static void files(void **state)
{
	/* Sorted by name across directories; the earlier directory wins. */
	put("root/usr/lib/modprobe.d/10.conf", "softdep a pre: one\n");
	put("root/etc/modprobe.d/20.conf", "softdep a pre: two\n");
	put("root/run/modprobe.d/15.conf", "softdep a pre: run\n");
	put("root/usr/lib/modprobe.d/20.conf", "softdep a pre: no\n");
	put("root/usr/local/lib/modprobe.d/30.conf", "softdep a pre: three\n");
	put("root/lib/modprobe.d/40.conf", "softdep a pre: four\n");
	put("root/lib/modprobe.d/50.alias", "softdep a pre: five\n");
	/* These are not configuration files. */
	put("root/etc/modprobe.d/60.conf.dpkg-old", "softdep a pre: no\n");
	put("root/etc/modprobe.d/.70.conf", "softdep a pre: no\n");
	put("root/etc/modprobe.d/conf", "softdep a pre: no\n");
	put("root/etc/modprobe.d/80.conf/a.conf", "softdep a pre: no\n");
	put("root/lib/modprobe.d/90.conf", "softdep a pre: no\n");
	assert_int_equal(symlink("/dev/null", "root/etc/modprobe.d/90.conf"), 0);
	read_all();
	assert_rules("a", "pre:one pre:run pre:two pre:three pre:four pre:five");
}

static void directories_given(void **state)
{
	static const char *const dirs[] = { "/two", "one" },
				 *const absent[] = { "absent" },
				 *const file[] = { "one/a.conf" };
	int old;

	put("root/etc/modprobe.d/x.conf", "softdep a pre: no\n");
	put("root/one/a.conf", "softdep a pre: one\n");
	put("root/two/b.conf", "softdep a pre: two\n");
	assert_int_equal(modconf_read(&conf, &root, dirs, 2), 0);
	assert_rules("a", "pre:one pre:two");
	modconf_free(&conf);
	assert_int_equal(modconf_read(&conf, &root, file, 1), 0);
	assert_rules("a", "pre:one");
	modconf_free(&conf);
	old = begin_stderr();
	assert_int_equal(modconf_read(&conf, &root, absent, 1), -1);
	assert_non_null(strstr(end_stderr(old), "root/absent: "));
}

static void indexes(void **state)
{
	static const char text[] =
		"# Soft dependencies extracted from modules themselves.\n"
		"softdep a-b pre: c post: d\n"
		"weakdep a_b e\n"
		"other a_b f\n"
		"softdep a_b\n"
		"softdep a_b pre: g";
	const struct conf_text file = { "modules.softdep", text, sizeof(text) - 1 };
	struct soft_rules rules = { 0 };
	struct arena arena = { 0 };

	soft_rules_parse(&rules, &arena, &file);
	assert_string_equal(rules_of(&rules, "a_b"), "pre:c post:d weak:e pre:g");
	free(rules.items);
	arena_free(&arena);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_teardown(softdeps, clear),
	cmocka_unit_test_teardown(weakdeps, clear),
	cmocka_unit_test_teardown(names_and_patterns, clear),
	cmocka_unit_test_teardown(lines, clear),
	cmocka_unit_test_teardown(aliases, clear),
	cmocka_unit_test_teardown(files, clear),
	cmocka_unit_test_teardown(directories_given, clear),
	cmocka_unit_test(indexes),
};
UNIT_TEST_MAIN(setup, teardown)
