/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FIRMWARECOPY_H
#define MODBOX_FIRMWARECOPY_H

#include "copy/filelist.h"
#include "plan/firmware.h"

/*
 * Add the firmware of a plan's modules (firmware.h) to a list, as files that belong to
 * no kernel and without duplicates: the files and every symbolic link on the way to
 * them, including links to directories.
 *
 * Files below any searched directory go below DEST's firmware directory, next to the
 * modules: usr/lib/firmware if module_dir begins with usr/, else lib/firmware.
 * (Otherwise DEST could get a real lib where it needs a link to usr/lib, through which
 * the kernel and modprobe find everything.)  Link targets outside the searched
 * directories keep their paths.  A link keeps its text unless that would lead elsewhere
 * in DEST.
 *
 * Returns 0, or -1 (reported): failures of firmware_read() and firmware_require(), or
 * two different files with one path (status 4).
 */
int firmware_copy(struct filelist *list, const struct firmware_options *options,
		  struct modtree *tree, const struct plan *plan, const char *module_dir,
		  bool keep_going);

#endif
