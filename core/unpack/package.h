/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_UNPACK_PACKAGE_H
#define MODBOX_UNPACK_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "sink.h"

/*
 * Packages and tarballs: .deb, .rpm, and tar archives, compressed or not, which some
 * packages are, too.
 *
 * Read the file fd from its beginning, whatever its offset. It is asked for files that
 * are no initramfs: which begin with neither newc nor a compressed newc.
 *
 * Returns 1 if it is a package, whose entries the sink has; 0 if it is none, and then the
 * sink has nothing of it; or -1 (sink.h).
 */
int package_read(struct sink *sink, int fd);

#endif
