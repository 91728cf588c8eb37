/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FIRMWAREOPTS_H
#define MODBOX_FIRMWAREOPTS_H

#include "config.h"
#include "plan/firmware.h"

struct applet;

#define FIRMWARE_OPTION(type, member, name) \
	(offsetof(type, member) + offsetof(struct firmware_options, name))

/* Rows of an option table, for a struct type with a member of struct firmware_options. */
/* clang-format off */
#define FIRMWARE_OPTION_ROWS(type, member, verb) \
	IF_ENABLED(FEATURE_FIRMWARE, \
	{ 0, "firmware", NULL, OPTION_FLAG, FIRMWARE_OPTION(type, member, wanted), \
	  verb " the firmware that the modules ask for" }, \
	{ 0, "builtin-firmware", NULL, OPTION_FLAG, \
	  FIRMWARE_OPTION(type, member, builtins), "that of built-in modules too" }, \
	{ 0, "firmware-dir", "DIR", OPTION_LIST, FIRMWARE_OPTION(type, member, dirs), \
	  "firmware is in this directory of SOURCE; repeatable" }, \
	{ 0, "firmware-exclude", "GLOB", OPTION_LIST, \
	  FIRMWARE_OPTION(type, member, excluded), \
	  "leave out firmware of these names; repeatable" }, \
	{ 0, "firmware-missing", "HOW", OPTION_STRING, \
	  FIRMWARE_OPTION(type, member, missing), \
	  "what SOURCE does not have: warn, error or ignore" },)
/* clang-format on */

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
