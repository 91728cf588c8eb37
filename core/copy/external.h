/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_COPY_EXTERNAL_H
#define MODBOX_COPY_EXTERNAL_H

#include "base/strlist.h"
#include "copy/filelist.h"

/* The modules of external directories that DEST's indexes list. */
struct externals {
	struct arena arena;
	struct string_list paths; /* as in modules.dep: absolute, below DEST */
};

/*
 * Find them: those that a kernel's list adds, and those of dest's modules.dep whose files
 * exist. top is the kernel's module directory in DEST; dest is NULL if DEST does not exist
 * yet. The caller frees externals, also on failure. Returns 0, or -1 and reports it.
 */
int externals_find(struct externals *externals, const struct filelist *list,
		   size_t kernel, const struct rootfs *dest, const char *top);

void externals_free(struct externals *externals);

/*
 * Warn if a kernel's external modules make lib a directory of its own where its module
 * directory top is below usr/lib, because dest (NULL: none, or an archive) has no lib.
 */
void externals_warn_of_lib(const struct filelist *list, size_t kernel,
			   const struct rootfs *dest, const char *top);

#endif
