/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FUZZ_TREE_H
#define TESTS_FUZZ_TREE_H

/*
 * A small kernel with good indexes in the scratch directory, for hostile files to join
 * or replace.  Its modules are empty, because nothing reads them.
 */
#include "fuzz.h"

#include "index/indexwrite.h"
#include "tree/modopen.h"
#include "tree/modtree.h"

#define TREE_DIR "usr/lib/modules/1.0/"

static const char *const tree_modules[] = { "kernel/a.ko", "kernel/drivers/b-c.ko.xz",
					    "kernel/d.ko" };
enum { TREE_MODULES = 3 };

static const char tree_builtin[] = "kernel/lib/e.ko\nkernel/fs/f-g.ko\n";
static const char tree_modinfo[] = "e.license=GPL\0e.alias=crypto-e\0f_g.alias=fs-g*";
static const char tree_order[] = "kernel/a.ko\nkernel/drivers/b-c.ko\nkernel/d.ko\n";

static struct rootfs tree_root;
static struct index_files tree_indexes;

/* All indexes that depmod would write for it. */
static inline void make_indexes(void)
{
	static const struct index_policy policy = { 0 };
	struct index_module modules[TREE_MODULES] = {
		{ "a", "kernel/a.ko:" },
		{ "b_c", "kernel/drivers/b-c.ko.xz: kernel/a.ko" },
		{ "d", "kernel/d.ko: kernel/drivers/b-c.ko.xz kernel/a.ko" },
	};
	struct index_data facts = {
		.modules = modules,
		.n = TREE_MODULES,
		.builtin = (char *)(uintptr_t)tree_builtin,
		.builtin_size = sizeof(tree_builtin) - 1,
		.builtin_modinfo = (char *)(uintptr_t)tree_modinfo,
		.builtin_modinfo_size = sizeof(tree_modinfo),
	};

	index_list_add(&facts.aliases, 0, "pci:v00008086d*sv*");
	index_list_add(&facts.aliases, 1, "crypto-[ab]es");
	index_list_add(&facts.aliases, 2, "fs-d");
	index_list_add(&facts.symbols, 0, "a_symbol");
	index_list_add(&facts.softdeps, 0, "pre: d post: e");
	index_list_add(&facts.weakdeps, 2, "a");
	index_list_add(&facts.devnames, 0, "a c10:1");
	REQUIRE(index_write(&tree_indexes, &facts, &policy) == 0);
	free(facts.aliases.items);
	free(facts.symbols.items);
	free(facts.softdeps.items);
	free(facts.weakdeps.items);
	free(facts.devnames.items);
}

static inline void write_tree_file(const char *name, const void *data, size_t size)
{
	char path[256];

	snprintf(path, sizeof(path), TREE_DIR "%s", name);
	write_file(path, data, size);
}

/* Create the tree and open its root. */
static inline void make_tree(void)
{
	make_scratch();
	for (size_t i = 0; i < TREE_MODULES; i++)
		write_tree_file(tree_modules[i], "", 0);
	write_tree_file("modules.builtin", tree_builtin, sizeof(tree_builtin) - 1);
	write_tree_file("modules.builtin.modinfo", tree_modinfo, sizeof(tree_modinfo));
	write_tree_file("modules.order", tree_order, sizeof(tree_order) - 1);
	make_indexes();
	for (size_t i = 0; i < tree_indexes.n; i++)
		write_tree_file(tree_indexes.parts[i].name, tree_indexes.parts[i].data,
				tree_indexes.parts[i].size);
	REQUIRE(rootfs_open(&tree_root, scratch_path) == 0);
}

static inline int open_tree(struct modtree *tree)
{
	static const struct modtree_options options = { .no_config = true };

	return modtree_open(tree, &tree_root, "1.0", &options);
}

#endif
