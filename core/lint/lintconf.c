// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks of modprobe.d: statements that libkmod never reaches, and effects on the listed
 * modules at boot.
 *
 * Nothing here changes the closure.  The closure follows every softdep line
 * (conf/modconf.h); libkmod uses only the first that matches.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/path.h"
#include "lint/lintchecks.h"
#include "module/names.h"
#include "tree/lookup.h"

static bool is_pattern(const char *name)
{
	return strpbrk(name, "*?[\\") != NULL;
}

static void add_hidden(struct lint *lint, const struct lint_statement *statement,
		       const struct lint_statement *by)
{
	CLEANUP_FREE char *place = lint_place(by->line);

	LINT_ADD(lint, statement, LINT_UNREACHED_SOFTDEP, NULL,
		 "libkmod never reaches it: %s comes first", place);
}

struct softdep {
	const struct lint_statement *statement;
	UT_hash_handle hh;
};

/* A softdep line is hidden by an earlier one with the same name or a matching pattern. */
void lint_check_softdeps(struct lint *lint)
{
	struct softdep *all = xcalloc(lint->n_statements, sizeof(*all));
	struct softdep *known = NULL, *found;
	size_t *patterns = xcalloc(lint->n_statements, sizeof(*patterns)), n = 0, i, j;

	for (i = 0; i < lint->n_statements; i++) {
		const struct lint_statement *statement = &lint->statements[i];
		const char *name = statement->words.name;

		if (!lint_is(statement, "softdep"))
			continue;
		HASH_FIND_STR(known, name, found);
		for (j = 0; !found && j < n; j++)
			if (fnmatch(lint->statements[patterns[j]].words.name, name, 0) ==
			    0)
				break;
		if (found || j < n) {
			add_hidden(lint, statement,
				   found ? found->statement :
					   &lint->statements[patterns[j]]);
			continue;
		}
		all[i].statement = statement;
		HASH_ADD_KEYPTR(hh, known, name, strlen(name), &all[i]);
		if (is_pattern(name))
			patterns[n++] = i;
	}
	HASH_CLEAR(hh, known);
	free(all);
	free(patterns);
}

/* True if the words of a softdep line include target. */
static bool has_word(const char *words, const char *target)
{
	static const char blanks[] = " \t\r\v\f";
	size_t len;

	for (words += strspn(words, blanks); *words;
	     words += len + strspn(words + len, blanks)) {
		len = strcspn(words, blanks);
		if (len == strlen(target) && memcmp(words, target, len) == 0)
			return true;
	}
	return false;
}

/*
 * The modules' own softdeps are lines of modules.softdep.  libkmod sorts that file by
 * name among those of modprobe.d, so either may come first.
 */
static void check_own_softdep(struct lint_kernel_result *kernel,
			      const struct lint_statement *statement)
{
	struct soft_rules *own = &kernel->tree->index.soft;
	const char *file = path_base(statement->line->file->name);
	const struct conf_statement *words = &statement->words;
	bool first = strcmp(file, "modules.softdep") < 0;
	const struct soft_rule *rule;
	size_t at = 0;

	while ((rule = soft_rules_next(own, words->name, &at))) {
		if (rule->kind == EDGE_WEAKDEP)
			continue;
		if (first && has_word(words->words, rule->target))
			continue;
		LINT_ADD(kernel->lint, statement, LINT_UNREACHED_SOFTDEP, kernel->tree,
			 first ? "it hides the module's own softdep in" :
				 "the module's own softdep comes first in");
		return;
	}
}

static int check_alias(struct lint_kernel_result *kernel,
		       const struct lint_statement *statement)
{
	const char *target = statement->target;
	struct lookup found = { 0 };
	struct module *module;

	if (modtree_find(kernel->tree, target, &module) < 0)
		return -1;
	if (module || builtin_has(&kernel->tree->builtins, target) ||
	    strcmp(target, "off") == 0 || strcmp(target, "null") == 0)
		return 0;
	if (modtree_lookup(kernel->tree, target, &found) < 0)
		return -1;
	if (found.answer != ANSWER_NONE ||
	    modconf_alias(&kernel->tree->conf, target, NULL))
		LINT_ADD(kernel->lint, statement, LINT_ALIAS_CHAIN, kernel->tree,
			 "%s is not a module but another alias in", target);
	lookup_free(&found);
	return 0;
}

/* Find requested modules that are blacklisted. */
static void check_blacklist(struct lint_kernel_result *kernel,
			    const struct lint_statement *statement)
{
	struct lint *lint = kernel->lint;
	size_t module = plan_find(&kernel->plan, statement->words.name);
	CLEANUP_FREE char *place = NULL;
	size_t i, j;

	if (module == SIZE_MAX)
		return;
	place = lint_place(statement->line);
	for (i = 0; i < lint->wanted.n; i++) {
		struct lint_line *line = lint->asked[i].line;

		for (j = 0; kernel->names[i] && j < kernel->names[i]->n_modules; j++)
			if (kernel->names[i]->modules[j] == module)
				lint_add(lint, line, line->at, LINT_BLACKLISTED,
					 line->name, kernel->tree,
					 "%s is blacklisted by %s in",
					 statement->words.name, place);
	}
}

/* Report a module that a command loads but that is missing or not selected. */
static int check_loaded(struct lint_kernel_result *kernel,
			const struct lint_statement *statement, const char *word)
{
	struct lint *lint = kernel->lint;
	char *name = normalize_request(&lint->arena, word);
	struct lookup found = { 0 };

	if (!name || strpbrk(name, "$`"))
		return 0;
	if (modtree_lookup(kernel->tree, name, &found) < 0)
		return -1;
	if (found.answer == ANSWER_NONE)
		LINT_ADD(lint, statement, LINT_INSTALL_NEEDS, kernel->tree,
			 "it loads %s, which is absent from", word);
	for (size_t i = 0; i < found.n; i++)
		if (found.modules[i]->path &&
		    plan_find(&kernel->plan, found.modules[i]->name) == SIZE_MAX)
			LINT_ADD(lint, statement, LINT_INSTALL_NEEDS, kernel->tree,
				 "it loads %s, which no list selects in",
				 found.modules[i]->name);
	lookup_free(&found);
	return 0;
}

/*
 * Check the modules that a shell command loads: the first word after modprobe or insmod
 * that is not an option.
 */
static int check_command(struct lint_kernel_result *kernel,
			 const struct lint_statement *statement)
{
	static const char blanks[] = " \t\"'(){}", ends[] = ";&|\n";
	const char *p = statement->words.words;
	bool loads = false;
	int result = 0;
	size_t len;

	for (; *p && result == 0; p += len) {
		CLEANUP_FREE char *word = NULL;
		const char *base;

		len = 1;
		if (strchr(ends, *p))
			loads = false;
		if (strchr(ends, *p) || strchr(blanks, *p))
			continue;
		len = strcspn(p, " \t\"'(){};&|\n");
		word = xasprintf("%.*s", (int)len, p);
		base = path_base(word);
		if (strcmp(base, "modprobe") == 0 || strcmp(base, "insmod") == 0) {
			loads = true;
		} else if (loads &&
			   (strcmp(word, "-r") == 0 || strcmp(word, "--remove") == 0)) {
			loads = false;
		} else if (loads && *word != '-') {
			result = check_loaded(kernel, statement, word);
			loads = false;
		}
	}
	return result;
}

/*
 * Find modules replaced by an install command.  libkmod uses the first that matches, and
 * none if the module has a softdep.
 */
static int check_installs(struct lint_kernel_result *kernel)
{
	struct lint *lint = kernel->lint;
	size_t i, j, n = 0;
	CLEANUP_FREE const struct lint_statement **installs =
		xcalloc(lint->n_statements, sizeof(*installs));
	CLEANUP_FREE bool *runs = xcalloc(lint->n_statements, sizeof(*runs));

	for (i = 0; i < lint->n_statements; i++)
		if (lint_is(&lint->statements[i], "install"))
			installs[n++] = &lint->statements[i];
	for (i = 0; n && i < kernel->plan.n_modules; i++) {
		const char *module = kernel->plan.modules[i].name;
		struct lint_line *line =
			kernel->pulled_by[i] ? kernel->pulled_by[i]->line : NULL;
		CLEANUP_FREE char *place = NULL;

		for (j = 0; j < n; j++)
			if (fnmatch(installs[j]->words.name, module, 0) == 0)
				break;
		if (j == n || !line || kernel->plan.modules[i].softdep)
			continue;
		place = lint_place(installs[j]->line);
		lint_add(lint, line, line->at, LINT_INSTALL_COMMAND, line->name,
			 kernel->tree, "modprobe runs %s instead of loading %s in", place,
			 module);
		runs[j] = true;
	}
	for (i = 0; i < lint->wanted.n; i++) {
		struct lint_line *line = lint->asked[i].line;

		if (kernel->names[i] && kernel->names[i]->answer == ANSWER_COMMAND)
			lint_add(lint, line, line->at, LINT_INSTALL_COMMAND, line->name,
				 kernel->tree,
				 "not a module but a modprobe.d command in");
	}
	for (j = 0; j < n; j++)
		if (runs[j] && check_command(kernel, installs[j]) < 0)
			return -1;
	return 0;
}

int lint_check_conf_kernel(struct lint_kernel_result *kernel)
{
	struct lint *lint = kernel->lint;

	for (size_t i = 0; i < lint->n_statements; i++) {
		const struct lint_statement *statement = &lint->statements[i];

		if (lint_is(statement, "blacklist"))
			check_blacklist(kernel, statement);
		if (lint_is(statement, "softdep") && !is_pattern(statement->words.name))
			check_own_softdep(kernel, statement);
		if (lint_is(statement, "alias") && lint_wants(lint, LINT_ALIAS_CHAIN) &&
		    check_alias(kernel, statement) < 0)
			return -1;
	}
	return check_installs(kernel);
}

/* Returns 1 if the kernel has the name, 0 if not, -1 on error (reported). */
static int is_known(struct modtree *tree, const char *name)
{
	struct lookup found = { 0 };
	struct module *module;
	int result;

	if (modtree_find(tree, name, &module) < 0)
		return -1;
	if (module || builtin_has(&tree->builtins, name))
		return 1;
	result = modtree_lookup(tree, name, &found);
	if (result == 0)
		result = found.answer != ANSWER_NONE;
	lookup_free(&found);
	return result;
}

/* Whether a statement is about one module, which some kernel should have. */
static bool needs_module(const struct lint_statement *statement)
{
	return (lint_is(statement, "options") || lint_is(statement, "softdep") ||
		lint_is(statement, "weakdep")) &&
	       !is_pattern(statement->words.name);
}

int lint_check_conf_known(struct lint_kernel_result *kernel)
{
	struct lint *lint = kernel->lint;

	for (size_t i = 0; i < lint->n_statements; i++) {
		struct lint_statement *statement = &lint->statements[i];
		int known;

		if (!lint_wants(lint, LINT_CONF_UNKNOWN_MODULE) || statement->known ||
		    !needs_module(statement))
			continue;
		known = is_known(kernel->tree, statement->words.name);
		if (known < 0)
			return -1;
		statement->known = known;
	}
	return 0;
}

void lint_check_conf_names(struct lint *lint)
{
	for (size_t i = 0; i < lint->n_statements; i++) {
		const struct lint_statement *statement = &lint->statements[i];

		if (statement->known || !needs_module(statement))
			continue;
		for (size_t k = 0; k < lint->n_kernels; k++)
			LINT_ADD(lint, statement, LINT_CONF_UNKNOWN_MODULE,
				 &lint->kernels[k], "absent from");
	}
}
