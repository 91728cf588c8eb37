/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_METADATA_H
#define MODBOX_METADATA_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * Give the new file or directory fd owner and mode as like has them, and where src is not
 * -1, the ACLs and extended attributes of that open file, of which fd's contents are a
 * copy, or were remade: then no signature of theirs.  What the user may not give, or the
 * file system does not have, is left, as cp -a leaves it, and without the owner set-id
 * bits. Returns 0, or -1 with errno set; not reported.
 */
int copy_rights(int fd, const struct stat *attrs, int src, bool remade);

/* The same, and times: all but contents. */
int copy_metadata(int fd, const struct stat *attrs, int src, bool remade);

#endif
