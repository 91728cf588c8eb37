// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where distributions keep a kernel: beside its modules (Debian from forky on, Fedora,
 * Arch), or in boot with its version. The first that is there counts. Files without a
 * version in their name (boot/firmware/kernel8.img) may be another kernel's: those need
 * --kernel-image.
 */
#include "kernel/kernelfind.h"

/* %s: the version, or the directory of its modules. */
struct place {
	enum { IN_BOOT, BESIDE_MODULES } where;
	const char *name;
};

static const struct place images[] = {
	{ BESIDE_MODULES, "vmlinuz" }, { IN_BOOT, "vmlinuz" },
	{ IN_BOOT, "vmlinux" }, /* Debian's ppc64el, riscv64 */
	{ IN_BOOT, "Image" },	       { BESIDE_MODULES, "vmlinux" },
};

static const struct place configs[] = {
	{ BESIDE_MODULES, "config" },
	{ IN_BOOT, "config" },
	{ BESIDE_MODULES, "build/.config" },
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static int find(const struct rootfs *root, const struct place *places, size_t n,
		const char *release, const char *module_dir, struct arena *arena,
		const char **path, struct string_list *tried)
{
	for (size_t i = 0; i < n; i++) {
		struct stat st;
		int fd;

		*path = places[i].where == IN_BOOT ?
				arena_printf(arena, "boot/%s-%s", places[i].name,
					     release) :
				arena_join(arena, module_dir, places[i].name);
		fd = rootfs_open_optional(root, *path, &st);
		if (fd != ROOTFS_NONE)
			return fd;
		string_list_add(tried, *path);
	}
	*path = NULL;
	return ROOTFS_NONE;
}

int kernel_find_image(const struct rootfs *root, const char *release,
		      const char *module_dir, struct arena *arena, const char **path,
		      struct string_list *tried)
{
	return find(root, images, COUNT(images), release, module_dir, arena, path, tried);
}

int kernel_find_config(const struct rootfs *root, const char *release,
		       const char *module_dir, struct arena *arena, const char **path,
		       struct string_list *tried)
{
	return find(root, configs, COUNT(configs), release, module_dir, arena, path,
		    tried);
}
