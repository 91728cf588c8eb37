/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_RECOMPRESS_H
#define MODBOX_RECOMPRESS_H

#include <stdbool.h>

#include "base/strlist.h"
#include "cli/options.h"
#include "config.h"
#include "copy/filelist.h"
#include "fs/rootfs.h"
#include "module/decode.h"

/* Options for the compression of files in DEST. */
struct recompress_options {
	int decompress;
	const char *compress;
	enum codec codec; /* of compress; valid after recompress_options_check() */
};

/* Rows for a struct recompress_options. */
extern const struct option_row recompress_option_rows[];

/* Check the values.  Returns 0, or -1 (reported, status 2). */
int recompress_options_check(const struct applet *applet,
			     struct recompress_options *options);

/* Whether any of the options was given. */
bool recompress_wanted(const struct recompress_options *options);

/*
 * Recompress the list's modules, and with --decompress its firmware, and rename them to
 * match: a.ko.xz becomes a.ko or a.ko.zst.  Firmware means files of SOURCE outside
 * module directories named .zst or .xz and not requested by that name; links to them
 * are renamed too.  The first bytes of a file, not its name, tell its current
 * compression.
 *
 * Every file is decoded once here, so that damaged ones are found before anything is
 * written. max limits the decompressed bytes of each.  Returns 0, or -1 (reported) for
 * a damaged file (status 4) or two files with one new name.
 */
int filelist_recompress(struct filelist *list, const struct recompress_options *options,
			const struct rootfs *source, uint64_t max);

#endif
