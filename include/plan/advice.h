/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ADVICE_H
#define MODBOX_ADVICE_H

#include <stdbool.h>

#include "tree/modtree.h"

/*
 * Return advice for a request that selects nothing because of the way it is written:
 * several names, options behind a name, a directory without its slash, a path without
 * its suffix, dracut's =DIRECTORY, or a name that an alias line of modprobe.d hides. Or
 * NULL: none of these. in_list means that the request is a line of a list.
 * Allocated in arena.
 */
const char *request_advice(struct arena *arena, struct modtree *tree, const char *request,
			   bool in_list);

#endif
