/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_UNPACK_INITRAMFS_H
#define MODBOX_UNPACK_INITRAMFS_H

#include "sink.h"

/*
 * Read the open file fd, which may be an initramfs, into a sink.
 *
 * Returns 1; 0 if it is none, and then the sink has nothing of it; or -1 (sink.h).
 */
int initramfs_read(struct sink *sink, int fd);

#endif
