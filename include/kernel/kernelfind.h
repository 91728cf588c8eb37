/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_KERNELFIND_H
#define MODBOX_KERNELFIND_H

#include "base/strlist.h"
#include "base/util.h"
#include "fs/rootfs.h"

/*
 * Find the image, or the configuration, of a kernel in SOURCE. release is its version,
 * module_dir the path of its modules below SOURCE ("usr/lib/modules/6.12.1").
 *
 * Returns a descriptor that the caller owns, with *path in arena; ROOTFS_NONE, with the
 * paths that were looked at in tried; or -1 and reports it: one is there, and cannot be
 * opened (status 4).
 */
int kernel_find_image(const struct rootfs *root, const char *release,
		      const char *module_dir, struct arena *arena, const char **path,
		      struct string_list *tried);
int kernel_find_config(const struct rootfs *root, const char *release,
		       const char *module_dir, struct arena *arena, const char **path,
		       struct string_list *tried);

#endif
