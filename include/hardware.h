/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_HARDWARE_H
#define MODBOX_HARDWARE_H

#include "listfile.h"

/*
 * Add a machine's modaliases to wanted, as optional requests, each once: from a file,
 * one a line, or from a live or saved sysfs tree: every "modalias" file and every
 * MODALIAS= line of a "uevent" file below the directory (no symbolic link is followed).
 *
 * Returns 0, or -1, reported: it cannot be read (status 4), or holds none (status 5).
 */
int hardware_read(struct request_list *wanted, const char *path);

#endif
