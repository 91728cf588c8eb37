/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_XATTR_H
#define MODBOX_XATTR_H

#include <stdbool.h>

/*
 * Give the new file dst the extended attributes of src, ACLs among them: all, whatever
 * the host's xattr.conf says.  An ACL that dst inherited from its directory goes.
 * What the user may not set, or the file system cannot hold, is left, as cp -a does; where
 * dst has other contents than src (remade), security.ima too, which vouches for them.
 *
 * Returns 0, or -1 with errno set (no space, an I/O error); not reported.
 */
int xattr_copy(int src, int dst, bool remade);

#endif
