// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks of the names in lists against each kernel: unknown or built-in names, exclusions
 * of nothing, aliases of several modules, and crypto modules that an alias would replace.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "lint/lintchecks.h"
#include "module/names.h"
#include "plan/advice.h"
#include "plan/selection.h"
#include "tree/lookup.h"

enum {
	MAX_NEAR = 3,
	MAX_SHOWN = 6,	/* modules of an alias */
	COMMON = 8,	/* alias prefixes to try for an unknown name */
	MIN_NAME = 3,	/* bytes; shorter names resemble anything */
	MAX_HINTS = 20, /* "did you mean" per run; each compares all module names */
};

/* Return the names of n modules as a comma-separated list for messages. */
static const char *list_modules(struct arena *arena, const struct plan *plan,
				const size_t *modules, size_t n)
{
	const char *list = "";
	size_t i;

	for (i = 0; i < n && i < MAX_SHOWN; i++)
		list = arena_printf(arena, "%s%s%s", list, i ? ", " : "",
				    plan->modules[modules[i]].name);
	return n > i ? arena_printf(arena, "%s and %zu more", list, n - i) : list;
}

/* Set *list to existing aliases that end with name: "crypto-aes (aes_generic, ...)". */
static int find_aliases(struct lint *lint, struct modtree *tree, const char *name,
			const char **list)
{
	static const char *const kinds[COMMON] = {
		"crypto-", "fs-", "usbfunc:", "nls_", "dm-", "binfmt-", "tcp_", "xt_"
	};

	for (size_t i = 0; i < COMMON; i++) {
		char *alias = arena_printf(&lint->arena, "%s%s", kinds[i], name);
		struct lookup found = { 0 };

		if (!normalize_alias(alias))
			continue;
		if (modtree_lookup(tree, alias, &found) < 0)
			return -1;
		if (found.answer == ANSWER_MODULES)
			*list = arena_printf(&lint->arena, "%s%s%s%s (%s%s)",
					     *list ? *list : "", *list ? ", " : "",
					     kinds[i], name, found.modules[0]->name,
					     found.n > 1 ? ", ..." : "");
		lookup_free(&found);
	}
	return 0;
}

/* Return a suggestion for a name that a kernel does not have, or NULL. */
static const char *hint(struct lint *lint, struct modtree *tree, const char *written,
			bool elsewhere)
{
	struct arena *arena = &lint->arena;
	const char *advice = request_advice(arena, tree, written, true);
	const char *near[MAX_NEAR], *aliases = NULL;
	const char *text = elsewhere ? "; was it renamed?" : "";
	char *name = normalize_request(arena, path_base(written));
	size_t n = 0, i;

	if (advice)
		return advice;
	if (!name || strlen(name) < MIN_NAME || selection_is_set(written))
		return *text ? text + 2 : NULL;
	if (lint->n_hints++ < MAX_HINTS &&
	    find_aliases(lint, tree, name, &aliases) == 0 && !elsewhere)
		n = modtree_suggest(tree, name, near, MAX_NEAR);
	for (i = 0; i < n; i++)
		text = arena_printf(arena, "%s%s%s%s", text,
				    i ? " or " : "; did you mean ", near[i],
				    i + 1 < n ? "" : "?");
	if (aliases)
		text = arena_printf(arena, "%s; matching aliases: %s", text, aliases);
	return *text ? text + 2 : NULL;
}

/* Add to a finding the kernels that gave this answer. */
static struct lint_finding *add_kernels(struct lint *lint, const struct lint_asked *asked,
					enum lint_rule_number rule, enum answer answer,
					const char *phrase)
{
	struct lint_finding *finding = NULL;

	for (size_t i = 0; i < lint->n_kernels; i++) {
		const struct lint_answer *a = &asked->answers[i];
		const char *text = phrase;

		if (a->answer != answer)
			continue;
		if (a->builtin && !is_name_of(asked->request->name, a->builtin))
			text = arena_printf(&lint->arena, "built in as %s in",
					    a->builtin);
		finding = lint_add(lint, asked->line, asked->line->at, rule,
				   asked->line->name, &lint->kernels[i], "%s", text);
	}
	return finding;
}

static size_t count(const struct lint *lint, const struct lint_asked *asked,
		    enum answer answer)
{
	size_t n = 0, i;

	for (i = 0; i < lint->n_kernels; i++)
		n += asked->answers[i].answer == answer;
	return n;
}

static struct modtree *first_without(struct lint *lint, const struct lint_asked *asked)
{
	size_t i = 0;

	while (asked->answers[i].answer != ANSWER_NONE)
		i++;
	return &lint->kernels[i];
}

static void check_exists(struct lint *lint, const struct lint_asked *asked)
{
	const char *name = asked->request->name;
	bool set = selection_is_set(name);
	enum lint_rule_number rule = set ? LINT_NO_MATCH : LINT_UNKNOWN_NAME;
	size_t absent = count(lint, asked, ANSWER_NONE);
	struct lint_finding *finding;

	if (asked->request->optional)
		return;
	if (!absent) {
		if (!asked->line->duplicate)
			add_kernels(lint, asked, LINT_BUILT_IN, ANSWER_BUILTIN,
				    "built into");
		return;
	}
	finding = add_kernels(lint, asked, rule, ANSWER_NONE,
			      set ? "matches nothing in" : "absent from");
	if (!finding)
		return;
	add_kernels(lint, asked, rule, ANSWER_BUILTIN, "built into");
	add_kernels(lint, asked, rule, ANSWER_MODULES,
		    set ? "present in" : "a module in");
	finding->hint = hint(lint, first_without(lint, asked), name,
			     !set && absent < lint->n_kernels);
}

/* A line is redundant only if every kernel can do without it. */
static void check_redundant(struct lint *lint, const struct lint_asked *asked)
{
	struct lint_finding *finding = NULL;
	bool drops = !asked->line->ignored;
	size_t n = 0, i;

	for (i = 0; i < lint->n_kernels; i++) {
		if (asked->answers[i].redundant)
			drops &= ++n && asked->answers[i].own_list;
		else if (asked->answers[i].answer != ANSWER_BUILTIN)
			return;
	}
	for (i = 0; n && i < lint->n_kernels; i++)
		if (asked->answers[i].redundant)
			finding = lint_add(lint, asked->line, asked->line->at,
					   LINT_REDUNDANT, asked->line->name,
					   &lint->kernels[i],
					   "already pulled in by %s in",
					   asked->answers[i].redundant);
	if (finding)
		finding->drops = drops;
}

void lint_check_names(struct lint *lint)
{
	for (size_t i = 0; i < lint->wanted.n; i++) {
		const struct lint_asked *asked = &lint->asked[i];

		if (!asked->request->exclude) {
			check_exists(lint, asked);
			check_redundant(lint, asked);
		} else if (!count(lint, asked, ANSWER_MODULES)) {
			add_kernels(lint, asked, LINT_UNMATCHED_EXCLUSION, ANSWER_NONE,
				    "excludes nothing in");
			add_kernels(lint, asked, LINT_UNMATCHED_EXCLUSION, ANSWER_BUILTIN,
				    "built into");
		}
	}
}

/* Return the length of the common prefix, in bytes. */
static size_t common_prefix(const char *algorithm, const char *module)
{
	size_t n = 0;

	while (algorithm[n] && algorithm[n] == module[n])
		n++;
	return n;
}

/*
 * Rate how well an algorithm fits a module's name.  Best is the algorithm that the module
 * implements (sha256 for sha256_ssse3), then the module's own name (xts), then the
 * longest common prefix.
 */
static size_t fitness(const char *algorithm, const char *module)
{
	size_t n = common_prefix(algorithm, module);

	if (!module[n]) /* its own name, or a variant of it */
		return algorithm[n] ? 0 : SIZE_MAX - 1;
	return !algorithm[n] && module[n] == '_' ? SIZE_MAX : n;
}

/* Keep the algorithm that fits best; of two that fit equally, the shorter. */
static void consider(const char **best, const char *module, const char *algorithm)
{
	size_t now = fitness(algorithm, module);
	size_t before = *best ? fitness(*best, module) : 0;

	if (!*best || now > before ||
	    (now == before && strlen(algorithm) < strlen(*best)))
		*best = algorithm;
}

static const char prefix[] = "crypto_"; /* normalized, as in the indexes */
enum { PREFIX = sizeof(prefix) - 1 };

/* Read crypto aliases from modules.alias, the text: the .bin is searchable by alias only.
 */
static void read_crypto_index(const struct lint_kernel_result *kernel, const char **best)
{
	struct lint *lint = kernel->lint;
	CLEANUP_FREE char *path = xasprintf("%s/modules.alias", kernel->tree->dir);
	size_t size, module;
	CLEANUP_FREE char *text =
		rootfs_read(rootfs_base(kernel->tree->root), path, &size);
	char *line = text;

	if (!text)
		rootfs_unless_absent(rootfs_base(kernel->tree->root), path);
	while (line && (line = strstr(line, "alias crypto"))) {
		char *end = line + strcspn(line, "\n"), *rest, *alias, *name;
		bool last = !*end;

		*end = '\0';
		strtok_r(line, " ", &rest);
		alias = strtok_r(NULL, " ", &rest);
		name = strtok_r(NULL, " ", &rest);
		line = last ? NULL : end + 1;
		if (!name || !normalize_alias(alias) ||
		    strncmp(alias, prefix, PREFIX) != 0)
			continue;
		module = plan_find(&kernel->plan, name);
		if (module != SIZE_MAX)
			consider(&best[module], name,
				 arena_strdup(&lint->arena, alias + PREFIX));
	}
}

/* Without indexes, read crypto aliases from the modules' .modinfo. */
static void read_crypto_modules(const struct lint_kernel_result *kernel,
				const char **best)
{
	size_t i, j;

	for (i = 0; i < kernel->plan.n_modules; i++) {
		const char *name = kernel->plan.modules[i].name;
		struct module *module;

		if (modtree_find(kernel->tree, name, &module) < 0 || !module)
			continue;
		for (j = 0; j < module->info.n; j++) {
			const struct modinfo_field *field = &module->info.fields[j];
			char *alias;

			if (strcmp(field->key, "alias") != 0)
				continue;
			alias = arena_strdup(&kernel->lint->arena, field->value);
			if (normalize_alias(alias) && strncmp(alias, prefix, PREFIX) == 0)
				consider(&best[i], name, alias + PREFIX);
		}
	}
}

static void check_crypto(struct lint_kernel_result *kernel)
{
	struct lint *lint = kernel->lint;
	CLEANUP_FREE const char **best = xcalloc(kernel->plan.n_modules, sizeof(*best));

	if (kernel->tree->indexed)
		read_crypto_index(kernel, best);
	else
		read_crypto_modules(kernel, best);
	for (size_t i = 0; i < lint->wanted.n; i++) {
		struct lint_line *line = lint->asked[i].line;
		const struct plan_name *name = kernel->names[i];
		const char *algorithm, *module;

		if (!name || name->n_modules != 1 || line->duplicate)
			continue;
		algorithm = best[name->modules[0]];
		module = kernel->plan.modules[name->modules[0]].name;
		if (!algorithm || strcmp(algorithm, module) == 0 ||
		    !is_name_of(name->name, module))
			continue;
		lint_add(lint, line, line->at, LINT_CONCRETE_CRYPTO, line->name,
			 kernel->tree,
			 "an implementation of crypto-%s, the alias that survives "
			 "renames, in",
			 algorithm);
	}
}

void lint_check_aliases(struct lint_kernel_result *kernel)
{
	struct lint *lint = kernel->lint;

	for (size_t i = 0; i < lint->wanted.n; i++) {
		struct lint_line *line = lint->asked[i].line;
		const struct plan_name *name = kernel->names[i];

		if (name && name->n_modules > 1 && !line->duplicate &&
		    !selection_is_set(name->name))
			lint_add(lint, line, line->at, LINT_SEVERAL_MODULES, line->name,
				 kernel->tree, "an alias of %s in",
				 list_modules(&lint->arena, &kernel->plan, name->modules,
					      name->n_modules));
	}
	if (lint_wants(lint, LINT_CONCRETE_CRYPTO))
		check_crypto(kernel);
}
