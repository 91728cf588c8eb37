/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_OPTIONS_H
#define MODBOX_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strlist.h"
#include "cli/applet.h"

/*
 * Parse argv by the applet's table into values.  --help and --version are carried
 * out here.  A usage error is reported with a pointer to --help.
 *
 * Returns the index of the first operand, or -1 when the program is to end with
 * message_status().
 */
int options_parse(const struct applet *applet, int argc, char **argv, void *values);

/* Report a usage error (status 2), with a pointer to --help. */
void usage_error(const struct applet *applet, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Print the applet's help on standard output. */
void options_help(const struct applet *applet);

/*
 * Read the decimal digits at *text, which moves behind them.  Returns false where there
 * are none, or they are more than most; not reported.
 */
bool option_number(const char **text, uint64_t most, uint64_t *number);

/*
 * The bytes of an option's argument: a number above 0, which K or M may follow.
 * Returns 0, or -1, reported (status 2).
 */
int option_size(const struct applet *applet, const char *option, const char *text,
		uint64_t *size);

#endif
