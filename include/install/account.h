/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ACCOUNT_H
#define MODBOX_ACCOUNT_H

#include <stdbool.h>

#include "copy/outfile.h"
#include "fs/rootfs.h"
#include "install/candidate.h"

/*
 * Complete the manifest out, which is open, with the modules that were installed in top,
 * below root, and the indexes unless no_indexes is set. Returns 0, or -1 and reports it.
 */
int account_write(struct outfile *out, const struct candidates *candidates,
		  const struct rootfs *root, const char *top, bool no_indexes);

#endif
