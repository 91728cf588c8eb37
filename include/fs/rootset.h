/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ROOTSET_H
#define MODBOX_ROOTSET_H

#include "base/strlist.h"
#include "fs/rootfs.h"

/*
 * Open SOURCE at path, and lay overlays over it. source then is a merged view of them:
 * each path is resolved in each root by itself, and the last root that has it counts. In
 * an overlay, lib/ and usr/lib/ are alike. Without overlays, source is SOURCE alone.
 *
 * set must not move while source is used. Close both with rootset_close(), also after a
 * failure. Returns 0, or -1 and reports it: a root cannot be opened (status 3 or 4).
 */
int rootset_open(struct rootset *set, struct rootfs *source, const char *path,
		 const struct string_list *overlays);

/* The same for a SOURCE that is open already. */
int rootset_lay(struct rootset *set, struct rootfs *source,
		const struct string_list *overlays);
void rootset_close(struct rootset *set, struct rootfs *source);

#endif
