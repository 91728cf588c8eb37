/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_KERNELTREE_H
#define TESTS_KERNELTREE_H

/*
 * A root, "root" in the current directory, with the modules of a kernel 1.0 without
 * indexes.
 */
#include "modules.h"
#include "tempdir.h"
#include "tree/modopen.h"
#include "tree/modtree.h"

static struct rootfs kernel_root;
static struct modtree kernel;

/* Write a module with this .modinfo; size includes the last NUL. */
static inline void put_module(const char *name, const char *modinfo, size_t size)
{
	struct bytes module = make_module(usual, modinfo, size);
	char path[256];

	snprintf(path, sizeof(path), "root/usr/lib/modules/1.0/kernel/%s.ko", name);
	put_bytes(path, module.data, module.size);
}

/* Open the tree with this modules.builtin.modinfo. */
static inline void open_kernel(const char *builtin, size_t size)
{
	static const struct modtree_options options = { 0 };

	put("root/usr/lib/modules/1.0/modules.builtin", "");
	put_bytes("root/usr/lib/modules/1.0/modules.builtin.modinfo", builtin, size);
	assert_int_equal(rootfs_open(&kernel_root, "root"), 0);
	assert_int_equal(modtree_open(&kernel, &kernel_root, "1.0", &options), 0);
}

static inline void close_kernel(void)
{
	modtree_close(&kernel);
	rootfs_close(&kernel_root);
}

#endif
