// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * modprobe.d, parsed as libkmod does (kmod_config_parse()), but inside a root and without
 * the kernel command line, which would be the build host's.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "conf/modconf.h"
#include "config.h"
#include "module/names.h"

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

	rules->n_lines++;
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
		if (kind == EDGE_REQUEST) /* before any "pre:" or "post:" */
			continue;
		rules->items = grow(rules->items, rules->n, &rules->capacity,
				    sizeof(*rules->items));
		rules->items[rules->n++] = (struct soft_rule){
			.module = module,
			.target = arena_strndup(arena, words, len),
			.kind = kind,
		};
		if (!ENABLED(DRACUT_INSTALL))
			continue;
		rules->items[rules->n - 1].rank = rules->rank;
		rules->items[rules->n - 1].line = rules->n_lines;
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
	for (size_t i = 0; i < rules->n; i++)
		rules->items[i].number = i;
	if (rules->n)
		qsort(rules->items, rules->n, sizeof(*rules->items), compare_rules);
	while (rules->n_patterns < rules->n &&
	       is_pattern(&rules->items[rules->n_patterns]))
		rules->n_patterns++;
	rules->sorted = true;
}

/* The first rule after the patterns whose name is not less than name. */
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

static void add_alias(struct modconf *conf, const char *pattern, const char *target)
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
	char *copy = arena_strdup(&conf->arena, text);

	conf->lines = grow(conf->lines, conf->n_lines, &conf->lines_capacity,
			   sizeof(*conf->lines));
	conf->lines[conf->n_lines++] = (struct conf_line){
		.keyword = keyword,
		.module = arena_strdup(&conf->arena, module),
		.text = copy,
	};
	/* As in libkmod, tabs between options become blanks. */
	for (; keyword[0] == 'o' && (copy = strchr(copy, '\t')); copy++)
		*copy = ' ';
}

/* Words are separated by blanks and tabs. */
bool modconf_statement(char *line, struct conf_statement *statement)
{
	char *rest = line, *name;

	*statement = (struct conf_statement){ 0 };
	if (line[0] == '#' || !(statement->keyword = strtok_r(line, "\t ", &rest)))
		return false;
	name = strtok_r(NULL, "\t ", &rest);
	if (!name || !normalize_alias(name))
		return true;
	statement->name = name;
	statement->words = strtok_r(NULL, "", &rest);
	return true;
}

char *modconf_target(const struct conf_statement *statement)
{
	char *rest = statement->words;
	char *target = rest ? strtok_r(rest, "\t ", &rest) : NULL;

	return target && normalize_alias(target) ? target : NULL;
}

static void take_statement(struct modconf *conf, const struct conf_statement *statement)
{
	static const char *const keywords[] = { "options", "install", "remove" };
	const char *keyword = statement->keyword;

	if (ENABLED(MODCLOSURE) && statement->name && strcmp(keyword, "blacklist") == 0)
		string_list_add(&conf->blacklist,
				arena_strdup(&conf->arena, statement->name));
	if (!statement->name || !statement->words)
		return;
	if (strcmp(keyword, "alias") == 0) {
		char *target = modconf_target(statement);

		if (target)
			add_alias(conf, statement->name, target);
	}
	if (strcmp(keyword, "softdep") == 0 || strcmp(keyword, "weakdep") == 0)
		soft_rules_add(&conf->soft, &conf->arena,
			       arena_strdup(&conf->arena, statement->name),
			       statement->words, keyword[0] == 'w');
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (strcmp(keyword, keywords[i]) == 0)
			add_line(conf, keywords[i], statement->name, statement->words);
}

int modconf_files(struct conf_files *files, const struct rootfs *root,
		  const char *const *dirs, size_t n_dirs)
{
	if (n_dirs)
		return conf_files_read(files, root, dirs, n_dirs, true, true);
	return conf_files_read(files, root, default_dirs,
			       sizeof(default_dirs) / sizeof(default_dirs[0]), true,
			       false);
}

int modconf_read(struct modconf *conf, const struct rootfs *root, const char *const *dirs,
		 size_t n_dirs)
{
	struct conf_files files = { 0 };
	int result = modconf_files(&files, root, dirs, n_dirs);

	for (size_t i = 0; result == 0 && i < files.n; i++) {
		struct conf_lines lines = { .conf = &files.items[i] };
		struct conf_statement statement;
		char *line;

		if (ENABLED(DRACUT_INSTALL))
			conf->soft.rank = strcmp(path_base(files.items[i].name),
						 "modules.softdep") < 0 ?
						  -1 :
						  1;
		while ((line = conf_next_line(&lines)))
			if (modconf_statement(line, &statement))
				take_statement(conf, &statement);
	}
	conf_files_free(&files);
	return result;
}

const struct conf_alias *modconf_alias(const struct modconf *conf, const char *name,
				       const char *target)
{
	for (size_t i = 0; i < conf->n_aliases; i++)
		if (fnmatch(conf->aliases[i].pattern, name, 0) == 0 &&
		    (!target || strcmp(conf->aliases[i].target, target) == 0))
			return &conf->aliases[i];
	return NULL;
}

char *modconf_hidden(struct arena *arena, const struct modconf *conf, const char *name)
{
	const struct conf_alias *alias = modconf_alias(conf, name, NULL);

	return alias ? arena_printf(
			       arena,
			       "modprobe.d makes it an alias of '%s', which does not exist",
			       alias->target) :
		       NULL;
}

static const char *find_install(const struct modconf *conf, const char *name, bool exact)
{
	for (size_t i = 0; i < conf->n_lines; i++) {
		const struct conf_line *line = &conf->lines[i];

		if (strcmp(line->keyword, "install") == 0 &&
		    (exact ? strcmp(line->module, name) :
			     fnmatch(line->module, name, 0)) == 0)
			return line->text;
	}
	return NULL;
}

const char *modconf_install(const struct modconf *conf, const char *module)
{
	return find_install(conf, module, false);
}

const char *modconf_command(const struct modconf *conf, const char *name)
{
	return find_install(conf, name, true);
}

void modconf_free(struct modconf *conf)
{
	free(conf->aliases);
	free(conf->lines);
	free(conf->soft.items);
	string_list_free(&conf->blacklist);
	arena_free(&conf->arena);
	*conf = (struct modconf){ 0 };
}

void soft_rules_parse(struct soft_rules *rules, struct arena *arena,
		      const struct conf_text *text)
{
	struct conf_lines lines = { .conf = text };
	char *line;

	while ((line = conf_next_line(&lines))) {
		struct conf_statement statement;
		bool weak;

		if (!modconf_statement(line, &statement) || !statement.words)
			continue;
		weak = strcmp(statement.keyword, "weakdep") == 0;
		if (weak || strcmp(statement.keyword, "softdep") == 0)
			soft_rules_add(rules, arena, arena_strdup(arena, statement.name),
				       statement.words, weak);
	}
}
