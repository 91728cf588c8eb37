// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * modprobe.d, as libkmod reads it (kmod_config_parse()), but inside a root and
 * without the kernel's command line, which is the build host's.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "modconf.h"
#include "names.h"

static const char SPACE[] = " \t\n\r\v\f";

static const char *const default_dirs[] = {
	"etc/modprobe.d",     "run/modprobe.d", "usr/local/lib/modprobe.d",
	"usr/lib/modprobe.d", "lib/modprobe.d",
};

void soft_rules_add(struct soft_rules *rules, struct arena *arena, const char *module,
		    const char *words, bool weak)
{
	enum edge kind = weak ? EDGE_WEAKDEP : EDGE_REQUEST;
	size_t len;

	for (words += strspn(words, SPACE); *words;
	     words += len + strspn(words + len, SPACE)) {
		len = strcspn(words, SPACE);
		if (!weak && len == 4 && memcmp(words, "pre:", len) == 0) {
			kind = EDGE_PRE;
			continue;
		}
		if (!weak && len == 5 && memcmp(words, "post:", len) == 0) {
			kind = EDGE_POST;
			continue;
		}
		if (kind == EDGE_REQUEST) /* neither of the two has come yet */
			continue;
		rules->items = grow(rules->items, rules->n, &rules->capacity,
				    sizeof(*rules->items));
		rules->items[rules->n++] = (struct soft_rule){
			.module = module,
			.target = arena_strndup(arena, words, len),
			.kind = kind,
		};
	}
}

static bool is_pattern(const struct soft_rule *rule)
{
	return strpbrk(rule->module, "*?[\\") != NULL;
}

static int compare_rules(const void *a, const void *b)
{
	const struct soft_rule *x = a, *y = b;
	int order = is_pattern(y) - is_pattern(x);

	if (!order)
		order = strcmp(x->module, y->module);
	return order ? order : (x->number > y->number) - (x->number < y->number);
}

static void sort_rules(struct soft_rules *rules)
{
	size_t i;

	for (i = 0; i < rules->n; i++)
		rules->items[i].number = i;
	if (rules->n)
		qsort(rules->items, rules->n, sizeof(*rules->items), compare_rules);
	while (rules->n_patterns < rules->n &&
	       is_pattern(&rules->items[rules->n_patterns]))
		rules->n_patterns++;
	rules->sorted = true;
}

/* The first rule from the patterns' end on whose name is not before name. */
static size_t first_named(const struct soft_rules *rules, const char *name)
{
	size_t low = rules->n_patterns, high = rules->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(rules->items[middle].module, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct soft_rule *soft_rules_next(struct soft_rules *rules, const char *name,
					size_t *at)
{
	const struct soft_rule *rule;

	if (!rules->sorted)
		sort_rules(rules);
	while (*at < rules->n_patterns) {
		rule = &rules->items[(*at)++];
		if (fnmatch(rule->module, name, 0) == 0)
			return rule;
	}
	if (*at == rules->n_patterns)
		*at = first_named(rules, name);
	if (*at >= rules->n || strcmp(rules->items[*at].module, name) != 0)
		return NULL;
	return &rules->items[(*at)++];
}

static void add_alias(struct modconf *conf, char *pattern, char *target)
{
	conf->aliases = grow(conf->aliases, conf->n_aliases, &conf->aliases_capacity,
			     sizeof(*conf->aliases));
	conf->aliases[conf->n_aliases++] = (struct conf_alias){
		.pattern = arena_strdup(&conf->arena, pattern),
		.target = arena_strdup(&conf->arena, target),
	};
}

static void add_line(struct modconf *conf, const char *keyword, const char *module,
		     const char *text)
{
	conf->lines = grow(conf->lines, conf->n_lines, &conf->lines_capacity,
			   sizeof(*conf->lines));
	conf->lines[conf->n_lines++] = (struct conf_line){
		.keyword = keyword,
		.module = arena_strdup(&conf->arena, module),
		.text = arena_strdup(&conf->arena, text),
	};
}

/* Take a line apart as libkmod does: words end at blanks and tabs. */
static void parse_line(struct modconf *conf, char *line)
{
	static const char *const keywords[] = { "options", "install", "remove" };
	char *rest = line;
	char *keyword, *name, *words;
	size_t i;

	if (line[0] == '#' || !(keyword = strtok_r(line, "\t ", &rest)))
		return;
	name = strtok_r(NULL, "\t ", &rest);
	if (!name || !normalize_alias(name))
		return;
	if (strcmp(keyword, "alias") == 0) {
		char *target = strtok_r(NULL, "\t ", &rest);

		if (target && normalize_alias(target))
			add_alias(conf, name, target);
		return;
	}
	words = strtok_r(NULL, "", &rest);
	if (!words)
		return;
	if (strcmp(keyword, "softdep") == 0 || strcmp(keyword, "weakdep") == 0)
		soft_rules_add(&conf->soft, &conf->arena,
			       arena_strdup(&conf->arena, name), words,
			       keyword[0] == 'w');
	for (i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (strcmp(keyword, keywords[i]) == 0)
			add_line(conf, keywords[i], name, words);
}

int modconf_read(struct modconf *conf, const struct rootfs *root, const char *const *dirs,
		 size_t n_dirs)
{
	struct conf_files files = { 0 };
	bool named = n_dirs > 0;
	int result;
	size_t i;

	if (!named) {
		dirs = default_dirs;
		n_dirs = sizeof(default_dirs) / sizeof(default_dirs[0]);
	}
	result = conf_files_read(&files, root, dirs, n_dirs, true, named);
	for (i = 0; result == 0 && i < files.n; i++) {
		struct conf_lines lines = { .conf = &files.items[i] };
		char *line;

		while ((line = conf_next_line(&lines)))
			parse_line(conf, line);
	}
	conf_files_free(&files);
	return result;
}

void modconf_free(struct modconf *conf)
{
	free(conf->aliases);
	free(conf->lines);
	free(conf->soft.items);
	arena_free(&conf->arena);
	*conf = (struct modconf){ 0 };
}

void soft_rules_parse(struct soft_rules *rules, struct arena *arena,
		      const struct conf_text *text)
{
	struct conf_lines lines = { .conf = text };
	char *line;

	while ((line = conf_next_line(&lines))) {
		char *rest = line;
		char *keyword = strtok_r(line, "\t ", &rest);
		char *name = keyword ? strtok_r(NULL, "\t ", &rest) : NULL;
		char *words = name ? strtok_r(NULL, "", &rest) : NULL;
		bool weak = keyword && strcmp(keyword, "weakdep") == 0;

		if (!words || (!weak && strcmp(keyword, "softdep") != 0))
			continue;
		if (normalize_alias(name))
			soft_rules_add(rules, arena, arena_strdup(arena, name), words,
				       weak);
	}
}
