/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_METADATA_H
#define MODBOX_METADATA_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * Set owner and mode of the new file or directory fd as in attrs. If src is not -1, also
 * copy that open file's ACLs and extended attributes; fd's contents are a copy of src's
 * or, if remade is set, were made from them, and then a signature of the contents is not
 * copied.
 *
 * Whatever the user may not set or the file system does not support is skipped, as in cp
 * -a; without the owner, set-id bits are skipped too. Returns 0, or -1 with errno; not
 * reported.
 */
int copy_rights(int fd, const struct stat *attrs, int src, bool remade);

/* Do the same, and set the times. */
int copy_metadata(int fd, const struct stat *attrs, int src, bool remade);

#endif
