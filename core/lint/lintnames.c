// SPDX-License-Identifier: GPL-2.0-or-later
/* What the names of lists came to, in each of the kernels. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/path.h"
#include "lint/lintchecks.h"
#include "module/names.h"
#include "plan/selection.h"
#include "tree/lookup.h"

enum {
	MAX_NEAR = 3,
	MAX_SHOWN = 6,	/* modules of an alias */
	COMMON = 8,	/* kinds of aliases that are tried for a name */
	MIN_NAME = 3,	/* bytes: shorter ones are near to anything */
	MAX_HINTS = 20, /* "did you mean", each of which compares all names */
};

/* The n names of modules of an answer, as messages list them. */
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

/* "crypto-aes (aes_generic, aesni_intel)", for all such aliases that there are. */
static int find_aliases(struct lint *lint, struct modtree *tree, const char *name,
			const char **list)
{
	static const char *const kinds[COMMON] = {
		"crypto-", "fs-", "usbfunc:", "nls_", "dm-", "binfmt-", "tcp_", "xt_"
	};
	size_t i;

	for (i = 0; i < COMMON; i++) {
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

/* What may have been meant by a name that a kernel does not have. */
static const char *hint(struct lint *lint, struct modtree *tree, const char *written,
			bool elsewhere)
{
	struct arena *arena = &lint->arena;
	const char *base = path_base(written), *near[MAX_NEAR], *aliases = NULL;
	const char *text = elsewhere ? "; was it renamed?" : "";
	char *name = normalize_request(arena, base);
	const char *hidden = name ? modconf_hidden(arena, &tree->conf, name) : NULL;
	struct module *module = NULL;
	size_t n = 0, i;

	if (strpbrk(written, " \t"))
		return "a line holds one name";
	if (hidden)
		return hidden;
	if (name && base != written && modtree_find(tree, name, &module) < 0)
		return NULL;
	if (!name || (!module && strlen(name) < MIN_NAME))
		return *text ? text + 2 : NULL;
	if (module)
		near[n++] = module->name;
	else if (lint->n_hints++ < MAX_HINTS &&
		 find_aliases(lint, tree, name, &aliases) == 0 && !elsewhere)
		n = modtree_suggest(tree, name, near, MAX_NEAR);
	for (i = 0; i < n; i++)
		text = arena_printf(arena, "%s%s%s%s", text,
				    i ? " or " : "; did you mean ", near[i],
				    i + 1 < n ? "" : "?");
	if (aliases)
		text = arena_printf(arena, "%s; aliases that match: %s", text, aliases);
	return *text ? text + 2 : NULL;
}

/* The kernels of which answer is true, in parts of a finding. */
static struct lint_finding *tell(struct lint *lint, const struct lint_asked *asked,
				 enum lint_rule_number rule, enum answer answer,
				 const char *phrase)
{
	struct lint_finding *finding = NULL;
	size_t i;

	for (i = 0; i < lint->n_kernels; i++) {
		const struct lint_answer *a = &asked->answers[i];
		const char *text = phrase;

		if (a->answer != answer)
			continue;
		if (a->builtin && !is_name_of(asked->request->name, a->builtin))
			text = arena_printf(&lint->arena, "built in, as %s, to",
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

static void check_there(struct lint *lint, const struct lint_asked *asked)
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
			tell(lint, asked, LINT_BUILT_IN, ANSWER_BUILTIN, "built in to");
		return;
	}
	finding = tell(lint, asked, rule, ANSWER_NONE,
		       set ? "matches nothing in" : "absent from");
	if (!finding)
		return;
	tell(lint, asked, rule, ANSWER_BUILTIN, "built in to");
	tell(lint, asked, rule, ANSWER_MODULES, set ? "there in" : "a module in");
	if (!set)
		finding->hint = hint(lint, first_without(lint, asked), name,
				     absent < lint->n_kernels);
}

/* A line is redundant where no kernel needs it. */
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
	size_t i;

	for (i = 0; i < lint->wanted.n; i++) {
		const struct lint_asked *asked = &lint->asked[i];

		if (!asked->request->exclude) {
			check_there(lint, asked);
			check_redundant(lint, asked);
		} else if (!count(lint, asked, ANSWER_MODULES)) {
			tell(lint, asked, LINT_UNMATCHED_EXCLUSION, ANSWER_NONE,
			     "excludes nothing in");
			tell(lint, asked, LINT_UNMATCHED_EXCLUSION, ANSWER_BUILTIN,
			     "built in to");
		}
	}
}

/* How many bytes an algorithm and a module have in common at the beginning. */
static size_t common(const char *algorithm, const char *module)
{
	size_t n = 0;

	while (algorithm[n] && algorithm[n] == module[n])
		n++;
	return n;
}

/*
 * How well an algorithm fits a module's name: sha256 is what sha256_ssse3 implements;
 * where there is none like that, xts is its own; else it is whatever begins alike.
 */
static size_t fitness(const char *algorithm, const char *module)
{
	size_t n = common(algorithm, module);

	if (!module[n]) /* its own, or one variant of that */
		return algorithm[n] ? 0 : SIZE_MAX - 1;
	return !algorithm[n] && module[n] == '_' ? SIZE_MAX : n;
}

/* Keep the algorithm that fits best; of two, the shorter. */
static void consider(const char **best, const char *module, const char *algorithm)
{
	size_t now = fitness(algorithm, module);
	size_t before = *best ? fitness(*best, module) : 0;

	if (!*best || now > before ||
	    (now == before && strlen(algorithm) < strlen(*best)))
		*best = algorithm;
}

static const char prefix[] = "crypto_"; /* of an alias as indexes have it */
enum { PREFIX = sizeof(prefix) - 1 };

/* By the index, which has them by alias; its text is a line each. */
static void read_crypto_index(const struct lint_kernel_result *kernel, const char **best)
{
	struct lint *lint = kernel->lint;
	CLEANUP_FREE char *path = xasprintf("%s/modules.alias", kernel->tree->dir);
	size_t size, module;
	CLEANUP_FREE char *text = rootfs_read(kernel->tree->root, path, &size);
	char *line = text;

	if (!text)
		rootfs_unless_absent(kernel->tree->root, path);
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

/* By what was read of the modules. */
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
	size_t i;

	if (kernel->tree->indexed)
		read_crypto_index(kernel, best);
	else
		read_crypto_modules(kernel, best);
	for (i = 0; i < lint->wanted.n; i++) {
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
			 "one implementation of crypto-%s, an alias that survives a "
			 "rename, in",
			 algorithm);
	}
}

void lint_check_aliases(struct lint_kernel_result *kernel)
{
	struct lint *lint = kernel->lint;
	size_t i;

	for (i = 0; i < lint->wanted.n; i++) {
		struct lint_line *line = lint->asked[i].line;
		const struct plan_name *name = kernel->names[i];

		if (name && name->n_modules > 1 && !line->duplicate &&
		    !selection_is_set(name->name))
			lint_add(lint, line, line->at, LINT_SEVERAL_MODULES, line->name,
				 kernel->tree, "answered by %s in",
				 list_modules(&lint->arena, &kernel->plan, name->modules,
					      name->n_modules));
	}
	if (lint_wants(lint, LINT_CONCRETE_CRYPTO))
		check_crypto(kernel);
}
