/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SUPERSEDED_H
#define MODBOX_SUPERSEDED_H

#include "copy/destdir.h"
#include "copy/filelist.h"
#include "index/installed.h"

/*
 * Mark the list's modules of this kernel, whose module directory is top, and the files
 * that they supersede.  Returns NULL, or the path of a module that the scan, and thus
 * depmod(8), did not find.
 */
const char *superseded_mark(struct installed *installed, const struct filelist *list,
			    size_t kernel, const char *top);

/* Remove the superseded files.  Returns 0, or -1 (reported). */
int superseded_remove(const struct installed *installed, struct destdir *dirs,
		      const char *top);

#endif
