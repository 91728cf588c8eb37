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

/* The options that say how files are compressed in DEST. */
struct recompress_options {
	int decompress;
	const char *compress;
	enum codec codec; /* of compress, once it is checked */
};

/* Rows for a struct recompress_options. */
extern const struct option_row recompress_option_rows[];

/* Check their values.  Returns 0, or -1, reported (status 2). */
int recompress_options_check(const struct applet *applet,
			     struct recompress_options *options);

/* Whether they ask for anything. */
bool recompress_wanted(const struct recompress_options *options);

/*
 * Have the list's modules, and with --decompress its firmware, written as the options
 * say, under names that tell so: a.ko.xz becomes a.ko, or a.ko.zst.  Firmware is a file
 * of SOURCE that belongs to no kernel, is named .zst or .xz, and is not asked for by that
 * name; links to it lead to its new name.  What a file is compressed by its first bytes
 * tell, not its name.
 *
 * Each file is decoded once here, so that a damaged one is found before anything is
 * written; max is the most bytes of one.
 * Returns 0, or -1, reported: a damaged file (status 4), or two that would become one.
 */
int filelist_recompress(struct filelist *list, const struct recompress_options *options,
			const struct rootfs *source, uint64_t max);

#endif
