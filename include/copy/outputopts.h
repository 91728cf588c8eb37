/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_OUTPUTOPTS_H
#define MODBOX_OUTPUTOPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/options.h"
#include "config.h"
#include "copy/archive.h"

/* The options that say where what is copied goes, and what it may come to. */
struct output_options {
	const char *cpio, *align, *compress, *owner, *max_size, *manifest, *check;
	/* What they come to, after output_options_check(). */
	struct archive_policy policy;
	enum codec codec;
	uint64_t limit; /* bytes, of --max-size */
};

/* Rows for a struct output_options. */
extern const struct option_row output_option_rows[];

/*
 * Check their values, and how many operands go with them, and SOURCE_DATE_EPOCH.
 * Returns 0, or -1, reported (status 2).
 */
int output_options_check(const struct applet *applet, struct output_options *options,
			 int operands);

#endif
