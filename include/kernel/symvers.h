/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SYMVERS_H
#define MODBOX_SYMVERS_H

#include <stddef.h>

#include "base/util.h"
#include "kernel/exports.h"

/*
 * Read what the kernel itself exports from the text of a Module.symvers, which kbuild
 * writes and headers packages contain; modules' exports in it are left out. The strings
 * are allocated in arena.
 *
 * Returns 0, or -1 with *err set to a constant text; not reported. *line is then the
 * line's number, or 0.
 */
int symvers_read(struct kernel_exports *exports, struct arena *arena, const char *text,
		 size_t size, size_t *line, const char **err);

#endif
