/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_OPTIONS_H
#define MODBOX_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strlist.h"
#include "cli/applet.h"

/*
 * Parse argv by the applet's option table into values. Handles --help and --version.
 * Reports usage errors, with a pointer to --help.
 *
 * Returns the index of the first operand, or -1 if the program should exit with
 * message_status(); or OPTIONS_UNKNOWN, see struct applet.
 */
int options_parse(const struct applet *applet, int argc, char **argv, void *values);
enum { OPTIONS_UNKNOWN = -2 };

/* Report a usage error (status 2), with a pointer to --help. */
void usage_error(const struct applet *applet, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Return the name of the first option of some rows that was given, or NULL. values is
 * what the rows' fields are offsets in.
 */
const char *option_given(const struct option_row *rows, const void *values);

/* Print the applet's help on standard output. */
void options_help(const struct applet *applet);

/*
 * Read decimal digits at *text and move it past them. Returns false if there are none or
 * the number exceeds most; not reported.
 */
bool option_number(const char **text, uint64_t most, uint64_t *number);

/*
 * Parse a size into bytes: a number above 0, optionally with K, M or G (powers of 1024),
 * and B or iB after it. Returns false, not reported, if text is no size.
 */
bool option_bytes(const char *text, uint64_t *size);

/*
 * Parse an option's argument as option_bytes() does.
 * Returns 0, or -1 and reports it (status 2).
 */
int option_size(const struct applet *applet, const char *option, const char *text,
		uint64_t *size);

/*
 * Check a directory's path inside a root, which messages call name: it must not be the
 * root itself and not contain "..". Returns 0, or -1 and reports it (status 2).
 */
int option_directory(const struct applet *applet, const char *option, const char *path,
		     const char *name);

#endif
