/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_HARDWARE_H
#define MODBOX_HARDWARE_H

#include "plan/listfile.h"

/*
 * Add a machine's modaliases to wanted, each once, as request_add_literal() does.
 *
 * path is a directory of a live or saved sysfs: every "modalias" file and every
 * MODALIAS= line of a "uevent" file below it, in the order of their paths, which are
 * their origins.  No symbolic link is followed, nor any other file system entered, so
 * that /sys and /sys/devices say the same.  What cannot be read is passed over with
 * one warning, what is gone meanwhile with none.
 *
 * Or it is a file ("-": standard input), read as lists are (listfile.h), of modaliases
 * or of what uevent files hold: MODALIAS=... counts, other KEY=... lines do not.
 *
 * Returns 0, or -1, reported: path cannot be read (status 4), it is binary or has a
 * line that is too long (status 2), it holds no modalias (status 5).
 */
int hardware_read(struct request_list *wanted, const char *path);

#endif
