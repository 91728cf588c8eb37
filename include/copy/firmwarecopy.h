/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FIRMWARECOPY_H
#define MODBOX_FIRMWARECOPY_H

#include "copy/filelist.h"
#include "plan/firmware.h"

/*
 * Add the firmware of a plan's modules (firmware.h) to a list of files, as files that
 * belong to no kernel, each once: the files, and every symbolic link on the way to one,
 * links to directories too.
 *
 * What is below any of the directories that are searched goes below DEST's firmware
 * directory, which is beside the modules: usr/lib/firmware where module_dir begins with
 * usr/, else lib/firmware.  (Else DEST might get a lib of its own where it needs a link
 * to usr/lib, by which the kernel and modprobe find all this.)  What links lead to
 * outside keeps its path.  A link keeps its text unless that led elsewhere in DEST.
 *
 * Returns 0, or -1, reported: as firmware_read() and firmware_require(); or two files
 * that would have one path (status 4).
 */
int firmware_copy(struct filelist *list, const struct firmware_options *options,
		  struct modtree *tree, const struct plan *plan, const char *module_dir,
		  bool keep_going);

#endif
