// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A kernel with one hostile index: a letter for its number, then its contents.  Names
 * are looked up and resolved, and its rows become a new index.
 */
#include "tree.h"
#include "tree/lookup.h"
#include "tree/modopen.h"

#include "index/indexfilter.h"
#include "plan/closure.h"
#include "tree/modscan.h"

static const char *const files[] = {
	"modules.dep",	       "modules.alias",	    "modules.softdep",
	"modules.weakdep",     "modules.symbols",   "modules.devname",
	"modules.dep.bin",     "modules.alias.bin", "modules.symbols.bin",
	"modules.builtin.bin", "modules.order",
};
enum { FILES = sizeof(files) / sizeof(files[0]) };
static bool seen[FILES];

const char *fuzz_missing(void)
{
	for (size_t i = 0; i < FILES; i++)
		if (!seen[i])
			return files[i];
	return NULL;
}

/* Restore the good index. */
static void restore(const char *name)
{
	for (size_t i = 0; i < tree_indexes.n; i++)
		if (strcmp(tree_indexes.parts[i].name, name) == 0)
			write_tree_file(name, tree_indexes.parts[i].data,
					tree_indexes.parts[i].size);
	if (strcmp(name, "modules.order") == 0)
		write_tree_file(name, tree_order, sizeof(tree_order) - 1);
}

static void look_up(struct modtree *tree)
{
	static const char *const names[] = {
		"a",
		"b_c",
		"x",
		"pci:v00008086d00001234sv0",
		"crypto_aes",
		"fs_d",
		"symbol:a_symbol",
		"e",
		"crypto_e",
		"fs_gh",
	};
	const char *near[4];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct lookup found;

		if (modtree_lookup(tree, names[i], &found) == 0)
			REQUIRE((found.n > 0) == (found.answer != ANSWER_NONE));
		lookup_free(&found);
	}
	REQUIRE(modtree_suggest(tree, "b_d", near, 4) <= 4);
	modtree_all(tree);
}

static bool is_below(const char *path)
{
	return path[0] != '/' && strncmp(path, "../", 3) != 0 && !strstr(path, "/../");
}

static void resolve(struct modtree *tree)
{
	struct request_list wanted = { 0 };
	struct plan plan = { 0 };

	request_add(&wanted, "d", "test");
	request_add(&wanted, "fs-g", "test");
	request_add(&wanted, "b*", "test");
	if (closure_resolve(&plan, tree, &wanted, CLOSURE_KEEP_GOING) == 0) {
		for (size_t i = 0; i < plan.n_modules; i++)
			REQUIRE(is_below(plan.modules[i].path));
		plan_show_answers(&plan);
	}
	plan_free(&plan);
	request_list_free(&wanted);
}

static void filter(struct modtree *tree)
{
	struct index_data facts = { 0 };
	const struct index_dest dest = { tree->root, tree->dir };

	if (tree->indexed &&
	    index_filter(&facts, tree, &dest, tree_modules, TREE_MODULES, 0) > 0) {
		REQUIRE(facts.n == TREE_MODULES);
		for (size_t i = 0; i < facts.aliases.n; i++)
			REQUIRE(facts.aliases.items[i].module < facts.n);
		for (size_t i = 0; i < facts.symbols.n; i++)
			REQUIRE(!strchr(facts.symbols.items[i].value, '\n'));
	}
	index_data_free(&facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct modtree tree;
	const char *name;

	be_quiet();
	if (size == 0)
		return 0;
	if (scratch < 0)
		make_tree();
	name = files[*data % FILES];
	seen[*data % FILES] = true;
	write_tree_file(name, data + 1, size - 1);
	if (open_tree(&tree) == 0) {
		look_up(&tree);
		filter(&tree);
		resolve(&tree);
	}
	modtree_close(&tree);
	restore(name);
	return 0;
}
