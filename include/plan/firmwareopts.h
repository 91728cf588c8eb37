/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FIRMWAREOPTS_H
#define MODBOX_FIRMWAREOPTS_H

#include "cli/applet.h"
#include "plan/firmware.h"

/* Rows for a struct firmware_options. */
extern const struct option_row firmware_option_rows[];

/*
 * Check the options' values and fill in defaults; usual is the applet's way with missing
 * firmware.
 * Returns 0, or -1 and reports it (status 2).
 */
int firmware_options_check(const struct applet *applet, struct firmware_options *options,
			   enum firmware_missing usual);
void firmware_options_free(struct firmware_options *options);

/*
 * Report firmware that tree's root does not have, as the options say. A name that is not
 * a path below a directory is always warned of.
 * Returns 0, or -1 if firmware is missing, --firmware-missing=error is given and
 * keep_going is not set (status 1).
 */
int firmware_require(const struct firmware_list *list,
		     const struct firmware_options *options, const struct modtree *tree,
		     bool keep_going);

#endif
