/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_HARDWARE_H
#define MODBOX_HARDWARE_H

#include "plan/listfile.h"
#include "plan/plan.h"

/*
 * Add a machine's modaliases to wanted, each once, as request_add_literal() does.
 *
 * path is a directory of a live or saved sysfs. Every "modalias" file and every MODALIAS=
 * line of a "uevent" file below it is read, in the order of their paths, which become the
 * origins. Symbolic links are not followed and other file systems not entered, so that
 * /sys and /sys/devices give the same result. Unreadable files are skipped with one
 * warning for all; files that vanish meanwhile, with none.
 *
 * Or path is a file ("-": standard input), read as a list (listfile.h) of modaliases or
 * of uevent lines: MODALIAS=... counts, other KEY=... lines are ignored.
 *
 * Returns 0, or -1 and reports it: path cannot be read (status 4), is binary or has too
 * long a line (status 2), or holds no modalias (status 5).
 */
int hardware_read(struct request_list *wanted, const char *path);

/*
 * Say how many of a plan's modaliases match no module; most machines have some. listed
 * means that they are listed too, else the notice names the option that does so.
 * Returns 0, or -1 (status 1) if nothing else was requested than modaliases without a
 * module, and keep_going is not set.
 */
int hardware_report(const struct plan *plan, bool listed, bool keep_going);

#endif
