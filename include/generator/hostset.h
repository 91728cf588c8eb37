/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_HOSTSET_H
#define MODBOX_HOSTSET_H

#include "generator/generator.h"

/*
 * Collect the names of the modules that this host uses: those in the file
 * $DRACUT_KERNEL_MODALIASES, one a line, if env is set and that is; else those that
 * sysfs' modaliases ask for, and that are loaded. The list is sorted, without duplicates;
 * its strings are the generator's. Returns 0, or -1: the modules that are loaded are not
 * known, which is reported, and then the list does not hold them.
 */
int hostset_read(struct generator *g, struct string_list *names, bool env);

bool hostset_has(const struct string_list *names, const char *name);

#endif
