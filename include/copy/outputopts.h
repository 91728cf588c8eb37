/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_OUTPUTOPTS_H
#define MODBOX_OUTPUTOPTS_H

#include <stdint.h>

#include "cli/options.h"
#include "config.h"
#include "copy/archive.h"

/* Options for the destination and the limits of a copy. */
struct output_options {
	const char *module_dir; /* --dest-module-dir */
	const char *cpio, *align, *compress, *owner, *max_size, *manifest, *check;
	/* Their values, set by output_options_check(). */
	struct archive_policy policy;
	enum codec codec;
	uint64_t limit; /* bytes, from --max-size */
};

/* Rows for a struct output_options. */
extern const struct option_row output_option_rows[];

/*
 * Check the options, SOURCE_DATE_EPOCH and the number of operands.  Returns 0, or -1
 * (reported, status 2).
 */
int output_options_check(const struct applet *applet, struct output_options *options,
			 int operands);

#endif
