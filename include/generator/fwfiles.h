/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FWFILES_H
#define MODBOX_FWFILES_H

#include "generator/generator.h"
#include "generator/placing.h"

/*
 * List the directories of firmware: those in dirs, divided by ':'; or, if it is NULL, in
 * $DRACUT_FIRMWARE_PATH; or else those that the running kernel searches.
 */
void fwfiles_dirs(struct generator *g, const char *dirs, struct string_list *list);

/*
 * Put the firmware that a module asks for into DEST: all files of its name, or that match
 * it as a pattern, from each of the directories.
 */
void fwfiles_place(const struct generator *g, const struct string_list *dirs,
		   const struct module *module, struct placing *p);

#endif
