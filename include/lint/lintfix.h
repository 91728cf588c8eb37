/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_LINTFIX_H
#define MODBOX_LINTFIX_H

#include "lint/lint.h"

/*
 * Mend the lines of lists by what was found: in memory, until one of the functions below
 * writes them.  Comments stay where they are, and so does a line of which a comment says
 * what to ignore there.
 * Returns true where lines were changed, so that another look is worth while.
 */
bool lint_fix(struct lint *lint);

/* Show what was changed as a unified diff for patch(1). */
void lint_show_diff(const struct lint *lint);

/*
 * Write the lists that were changed, each whole or not at all, with the old one's mode
 * and owner.  Returns 0, or -1, reported (status 4).
 */
int lint_write(const struct lint *lint);

#endif
