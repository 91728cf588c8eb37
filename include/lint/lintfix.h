/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_LINTFIX_H
#define MODBOX_LINTFIX_H

#include "lint/lint.h"

/*
 * Apply one fix to each line that has one, in memory only: lint_write() writes the lists.
 * Comments stay in place, and a line with an "ignore" comment is not deleted.
 * Returns true if a line changed; call lint_run() and this again then.
 */
bool lint_fix(struct lint *lint);

/* Print the changes to standard output as a unified diff for patch(1). */
void lint_show_diff(const struct lint *lint);

/*
 * Replace each changed list atomically; mode and owner stay the same.
 * Returns 0, or -1 on error (reported, status 4).
 */
int lint_write(const struct lint *lint);

#endif
