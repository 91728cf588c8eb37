/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INTERRUPT_H
#define MODBOX_INTERRUPT_H

#include <stdbool.h>

/*
 * From now on SIGPIPE and SIGXFSZ are ignored, so that a closed pipe and a file over the
 * limit are write errors.
 */
void interrupt_ignore_pipe(void);

/*
 * From now on SIGINT, SIGTERM and SIGHUP only set a flag (where they were not
 * ignored), so that whoever writes can stop between two steps and clean up; and
 * SIGPIPE is ignored.  Before there is anything to clean up a signal may just kill.
 */
void interrupt_catch(void);

/* True once such a signal came.  The first call that sees it reports it (status 4). */
bool interrupted(void);

#endif
