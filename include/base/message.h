/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MESSAGE_H
#define MODBOX_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses, the same in every applet: a contract with calling scripts. */
enum status {
	STATUS_OK = 0,
	STATUS_MISSING = 1, /* a module was not found, or a lint finding */
	STATUS_USAGE = 2,   /* unusable options, operands or list */
	STATUS_SOURCE = 3,  /* SOURCE is missing or not a module tree */
	STATUS_IO = 4,	    /* cannot write, or any other I/O error */
	STATUS_EMPTY = 5,   /* nothing was requested */
};

/* Set the name that messages begin with, before the first one. name is borrowed. */
void message_set_program(const char *name);

/*
 * Report an error or a warning as one line on standard error: "PROGRAM: ..." or "PROGRAM:
 * warning: ...". %m is the text for errno. Control characters are escaped. error() also
 * latches its status; the most serious one latched (2, 4, 3, 5, 1, in this order) is the
 * exit status. Both may be called from any thread.
 */
void error(enum status status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Report a fact that is neither an error nor a warning: a line without "warning:". */
void notice(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * While on, latch errors after the first but do not show them: several threads may fail
 * for one reason.
 */
void message_only_first(bool on);

/*
 * While on, do not write each message at once: for a run of many thousands. Standard
 * output and messages that go to one place stay in order.
 */
void message_hold(bool on);

/*
 * Flush standard output. Every message does so first, so that a pipe that takes both has
 * them in order. Returns 0, or -1 and reports it: output that cannot be written is an
 * error.
 */
int output_finish(void);

/* Latch a status without a message: a warning that still fails the run. */
void message_latch(enum status status);

/*
 * Choose the status for an errno from opening SOURCE or a required part of it: it does
 * not exist or is not accessible (STATUS_SOURCE), or could not be read (STATUS_IO).
 */
enum status source_status(int error_number);

/* Return the status latched so far. */
int message_status(void);

/* Return the number of messages so far. */
size_t message_count(void);

#endif
