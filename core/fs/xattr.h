/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_XATTR_H
#define MODBOX_XATTR_H

#include <stdbool.h>

/*
 * Copy all extended attributes and ACLs of src to the new file dst, whatever the host's
 * xattr.conf says. An ACL that dst inherited from its directory is removed. Attributes
 * that the user may not set or the file system does not support are skipped, as in cp -a.
 * So is security.ima, which signs the contents, if dst's contents differ from src's
 * (remade).
 *
 * Returns 0, or -1 with errno (no space, an I/O error); not reported.
 */
int xattr_copy(int src, int dst, bool remade);

/* Whether dst has what xattr_copy() would give it.  False if that is hard to tell. */
bool xattr_is_same(int src, int dst, bool remade);

#endif
