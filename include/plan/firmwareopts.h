/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FIRMWAREOPTS_H
#define MODBOX_FIRMWAREOPTS_H

#include "cli/applet.h"
#include "plan/firmware.h"

/* Rows for a struct firmware_options. */
extern const struct option_row firmware_option_rows[];

/*
 * Check their values, and complete them: missing firmware is to warn of if verbose.
 * Returns 0, or -1, reported (status 2).
 */
int firmware_options_check(const struct applet *applet, struct firmware_options *options,
			   bool verbose);
void firmware_options_free(struct firmware_options *options);

/*
 * Report what tree's root does not have of a list, as the options say; what has a name
 * that is none below a directory is warned of in any case.
 * Returns 0, or -1 if it is an error (status 1) and keep_going is not set.
 */
int firmware_require(const struct firmware_list *list,
		     const struct firmware_options *options, const struct modtree *tree,
		     bool keep_going);

#endif
