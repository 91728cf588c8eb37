/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MESSAGE_H
#define MODBOX_MESSAGE_H

#include <stdbool.h>

/* Exit statuses, the same in every applet: a contract with calling scripts. */
enum status {
	STATUS_OK = 0,
	STATUS_MISSING = 1, /* a module was not found, or a lint finding */
	STATUS_USAGE = 2,   /* unusable options, operands or list */
	STATUS_SOURCE = 3,  /* SOURCE is missing or not a module tree */
	STATUS_IO = 4,	    /* cannot write, or any other I/O error */
	STATUS_EMPTY = 5,   /* nothing was requested */
};

/* The name that messages begin with. */
void message_set_program(const char *name);

/*
 * Report an error, or a warning, as one line on standard error: "PROGRAM: ..." or
 * "PROGRAM: warning: ...".  %m is the text for errno.  Control characters are escaped.
 * error() also latches its status, of which the most serious (4, 3, 1) is the exit
 * status. Both may be called from any thread.
 */
void error(enum status status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same as a warning without the word: what is worth knowing, and wrong by no means. */
void notice(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * While this is on, errors after the first are latched and not shown: what several
 * threads do at once comes to one end, and to one message.
 */
void message_only_first(bool on);

/*
 * Flush standard output, as every message does first, so that a pipe that takes both has
 * them in order.  Returns 0, or -1, reported: a result that could not be written is an
 * error.
 */
int output_finish(void);

/* Latch a status without a message: a warning that still fails the run. */
void message_latch(enum status status);

/*
 * What an errno means that opening SOURCE, or what makes it a tree, gave: that it is not
 * there (STATUS_SOURCE), or that it could not be read (STATUS_IO).
 */
enum status source_status(int error_number);

/* The status latched so far. */
int message_status(void);

#endif
