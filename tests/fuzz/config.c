// SPDX-License-Identifier: GPL-2.0-or-later
/* One text as a file of modprobe.d, as one of depmod.d, and as modules.softdep. */
#include "fuzz.h"

#include <fnmatch.h>

#include "conf/depconf.h"
#include "conf/modconf.h"

enum { MAX_NAMES = 16 };

static bool is_pattern(const char *name)
{
	return strpbrk(name, "*?[\\") != NULL;
}

/* Finds exactly the rules for a name. */
static void find_rules(struct soft_rules *rules, const char *name)
{
	size_t expected = 0, found = 0, at = 0;
	const struct soft_rule *rule;

	for (size_t i = 0; i < rules->n; i++)
		expected += is_pattern(rules->items[i].module) ?
				    fnmatch(rules->items[i].module, name, 0) == 0 :
				    strcmp(rules->items[i].module, name) == 0;
	while ((rule = soft_rules_next(rules, name, &at))) {
		REQUIRE(rule->kind == EDGE_PRE || rule->kind == EDGE_POST ||
			rule->kind == EDGE_WEAKDEP);
		REQUIRE(*rule->target && !strpbrk(rule->target, " \t\n"));
		found++;
	}
	REQUIRE(found == expected);
}

static void check_rules(struct soft_rules *rules)
{
	find_rules(rules, "a_module");
	for (size_t i = 0; i < rules->n && i < MAX_NAMES; i++)
		find_rules(rules, rules->items[i].module);
}

static void read_modprobe(const struct rootfs *root)
{
	struct modconf conf = { 0 };

	REQUIRE(modconf_read(&conf, root, NULL, 0) == 0);
	for (size_t i = 0; i < conf.n_aliases; i++)
		REQUIRE(*conf.aliases[i].pattern && *conf.aliases[i].target);
	for (size_t i = 0; i < conf.n_lines; i++)
		REQUIRE(*conf.lines[i].module && !strchr(conf.lines[i].text, '\n'));
	check_rules(&conf.soft);
	modconf_free(&conf);
}

static void read_soft(const char *text, size_t size)
{
	const struct conf_text conf = { "modules.softdep", text, size };
	struct soft_rules rules = { 0 };
	struct arena arena = { 0 };

	soft_rules_parse(&rules, &arena, &conf);
	check_rules(&rules);
	free(rules.items);
	arena_free(&arena);
}

/* At most one of two paths is preferred. */
static void compare(const struct depconf *conf, const char *a, const char *b)
{
	int order = depconf_compare(conf, a, b), reverse = depconf_compare(conf, b, a);

	REQUIRE((order > 0) == (reverse < 0) && (order < 0) == (reverse > 0));
}

static void read_depmod(const struct rootfs *root)
{
	struct depconf conf = { 0 };
	struct arena arena = { 0 };

	REQUIRE(depconf_read(&conf, root, "6.12.107+deb13-amd64") == 0);
	REQUIRE(conf.n_searches > 0);
	compare(&conf, "updates/a.ko", "kernel/a.ko.xz");
	for (size_t i = 0; i < conf.n_overrides && i < MAX_NAMES; i++) {
		const char *path = arena_printf(&arena, "%s.ko", conf.overrides[i]);

		compare(&conf, path, "updates/a.ko");
		compare(&conf, path, path);
	}
	for (size_t i = 0; i < conf.n_externals && i < MAX_NAMES; i++)
		compare(&conf, arena_printf(&arena, "%s/a.ko", conf.externals[i]),
			"updates/a.ko");
	for (size_t i = 0; i < conf.n_excludes; i++)
		REQUIRE(depconf_excludes(&conf, conf.excludes[i]));
	arena_free(&arena);
	depconf_free(&conf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rootfs root;
	char *text = part_string((struct part){ (const char *)data, size });

	be_quiet();
	if (scratch < 0) {
		make_scratch();
		REQUIRE(rootfs_open(&root, scratch_path) == 0);
	}
	write_file("etc/modprobe.d/hostile.conf", data, size);
	write_file("etc/depmod.d/hostile.conf", data, size);
	read_modprobe(&root);
	read_soft(text, size);
	read_depmod(&root);
	free(text);
	return 0;
}
