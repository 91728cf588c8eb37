/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_CHOICES_H
#define MODBOX_CHOICES_H

#include "cli/options.h"
#include "install/stage.h"
#include "kernel/kconfig.h"
#include "tree/modtree.h"

/* The options for what is done to modules before they are installed. */
struct choice_options {
	const char *strip, *strip_program;
	const char *sign_key, *sign_cert, *sign_hash, *sign_pin_file, *sign_program;
	const char *compress;
};

extern const struct option_row choice_option_rows[];

/* Check the options. Returns 0, or -1 and reports it (status 2). */
int choices_check(const struct applet *applet, const struct choice_options *options);

/*
 * Make a preparation of the options; what they leave open, tree and config, the kernel's
 * (each may be NULL), decide: modules are compressed as the tree's own, and signed with
 * CONFIG_MODULE_SIG_HASH. Reads the key. The preparation borrows from options.
 * Returns 0, or -1 and reports it. choices_free() is needed either way.
 */
int choices_make(const struct applet *applet, const struct choice_options *options,
		 struct modtree *tree, const struct kconfig *config,
		 struct preparation *preparation);
void choices_free(struct preparation *preparation);

/* Say how a staged module was made, ": stripped, signed, xz"; the caller frees it. */
char *preparation_text(const struct preparation *preparation,
		       const struct candidate *candidate);

#endif
