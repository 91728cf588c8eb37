/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_LINTRUN_H
#define MODBOX_LINTRUN_H

#include "lint/lint.h"
#include "plan/kernelopts.h"

/*
 * Open SOURCE, the kernels selected by options (or all of SOURCE's), and modprobe.d.
 * lint must be zeroed before.  Returns 0, or -1 on error (reported); call lint_close() in
 * either case.
 */
int lint_open(struct lint *lint, const char *source, const struct kernel_options *options,
	      bool all);

/*
 * Read the lists; the paths are borrowed.
 * Returns 0, or -1 on error (reported: status 4, or 2 for a binary file).
 */
int lint_read(struct lint *lint, char *const *lists, size_t n);

/*
 * Run all checks, discarding earlier findings; results are in lint->files.
 * Returns 0, or -1 on error (reported).
 */
int lint_run(struct lint *lint);

/* Free everything. */
void lint_close(struct lint *lint);

#endif
