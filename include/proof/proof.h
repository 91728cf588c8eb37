/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_PROOF_H
#define MODBOX_PROOF_H

#include "cli/options.h"
#include "plan/plan.h"
#include "tree/modtree.h"

/* The options of a proof, for applets that offer one. */
struct proof_options {
	const char *prove; /* NULL: no proof; "": whole; "known" */
	const char *image, *config, *symvers;
};

extern const struct option_row proof_option_rows[];

/* Check the options. Returns 0, or -1 and reports it (status 2). */
int proof_options_check(const struct applet *applet, const struct proof_options *options);

/*
 * Prove that the kernel that a plan is for will load each of its modules, in the plan's
 * order. Reports, on standard error, a line for each rule that a module breaks, what
 * cannot be known, and the sum. verbose: all lines, even if the image is another
 * kernel's.
 *
 * Returns 0 if all is proved; or -1, with the status latched: 1, or 4 if a file cannot
 * be read. With --prove=known, what is only not known is a warning, and the result 0.
 */
int proof_run(const struct proof_options *options, struct modtree *tree,
	      const struct plan *plan, bool verbose);

#endif
