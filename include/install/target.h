/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TARGET_H
#define MODBOX_TARGET_H

#include <stdbool.h>

#include "install/candidate.h"
#include "install/choices.h"
#include "install/requirements.h"
#include "install/stage.h"
#include "plan/kernelopts.h"
#include "proof/proof.h"

/* The kernel that modules are checked against; it borrows all. */
struct target {
	const char *root, *version;
	const struct kernel_options *kernel; /* the version above goes before theirs */
	struct proof_options *proof;
	const struct requirements *requirements;
	bool force; /* what is refused is only warned of */
	bool verbose;
};

/*
 * Make a preparation of the options, as choices_make() does, with what the kernel
 * compresses and signs by as defaults. Returns 0, or -1 and reports it.
 */
int target_prepare(const struct target *target, const struct applet *applet,
		   const struct choice_options *options, struct preparation *preparation);

/*
 * Check the staged modules, and what they need, against the kernel: the proof's rules,
 * and the requirements. Returns 0, or -1 and reports it (status 1: refused).
 */
int target_check(const struct target *target, const struct stage *stage,
		 const struct candidates *candidates);

#endif
