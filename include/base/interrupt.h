/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INTERRUPT_H
#define MODBOX_INTERRUPT_H

#include <stdbool.h>

/*
 * Ignore SIGPIPE and SIGXFSZ from now on, so that a closed pipe and the file size limit
 * become write errors.
 */
void interrupt_ignore_pipe(void);

/*
 * From now on SIGINT, SIGTERM and SIGHUP only set a flag (unless they were ignored), so
 * that writers can stop between two steps and clean up; SIGPIPE and SIGXFSZ are ignored.
 * Call it when there is something to clean up; before that, a signal may simply kill.
 */
void interrupt_catch(void);

/* Whether such a signal came. The first call to see it reports it (status 4). */
bool interrupted(void);

#endif
