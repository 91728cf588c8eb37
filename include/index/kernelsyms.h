/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_KERNELSYMS_H
#define MODBOX_KERNELSYMS_H

#include "base/util.h"
#include "tree/symtable.h"

/*
 * Add the symbols that the kernel itself exports, from a Module.symvers with CRCs or
 * from a System.map. prefix is stripped from names (0: none). path is on the host;
 * names are allocated in arena.  Returns 0, or -1 (reported).
 */
int kernelsyms_symvers(struct symtable *table, struct arena *arena, const char *path,
		       char prefix);
int kernelsyms_map(struct symtable *table, struct arena *arena, const char *path,
		   char prefix);

#endif
