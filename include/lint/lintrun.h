/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_LINTRUN_H
#define MODBOX_LINTRUN_H

#include "lint/lint.h"
#include "plan/kernelopts.h"

/*
 * Open SOURCE, the kernels that options name (all: every one that is there), and
 * modprobe.d.
 * Returns 0, or -1, reported; lint_close() in either case.
 */
int lint_open(struct lint *lint, const char *source, const struct kernel_options *options,
	      bool all);

/* Read the lists.  Returns 0, or -1, reported: status 4, or 2 where one is binary. */
int lint_read(struct lint *lint, char *const *lists, size_t n);

/* Find out what is to be found.  Returns 0, or -1, reported. */
int lint_run(struct lint *lint);
void lint_close(struct lint *lint);

#endif
