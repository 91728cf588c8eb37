/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_PLACE_H
#define MODBOX_PLACE_H

#include "copy/output.h"
#include "plan/kernelopts.h"

/* Row for a struct kernel_options: --as-version. */
extern const struct option_row place_option_rows[];

/*
 * Check --as-version, which the kernel "." needs, because its name in DEST is not known.
 * Returns 0, or -1 (reported, status 2).
 */
int place_options_check(const struct applet *applet,
			const struct kernel_options *options);

/*
 * Refuse a DEST that shares the kernel's module directory, or that is SOURCE: it might
 * share firmware. It need not exist.  Returns 0, or -1 (reported).
 */
int place_check(const struct applet *applet, const struct kernel_job *job,
		const char *dest);

#endif
