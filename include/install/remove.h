/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_REMOVE_H
#define MODBOX_REMOVE_H

#include "base/strlist.h"
#include "install/put.h"
#include "tree/modtree.h"

/*
 * Find the files, outside kernel/, of the modules with these names, which end with NULL;
 * say which of the kernel's own they have overridden. Paths are relative to the tree's
 * module directory, in its arena. Returns 0, or -1 and reports it: there is no such
 * module (status 1).
 */
int removable_find(struct modtree *tree, char *const *names, struct string_list *paths);

#endif
