/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_STRIP_H
#define MODBOX_STRIP_H

#include <stdbool.h>
#include <stddef.h>

/* strip --strip-debug; --strip-unneeded */
enum strip_level { STRIP_DEBUG, STRIP_UNNEEDED };

/*
 * Strip a module in memory, as it is without compression: any machine, word size and byte
 * order. What goes is what GNU strip removes of a relocatable file; allocated sections,
 * their relocations and the symbols that these use stay (strip.c). A signature at the end
 * goes, even if there is nothing else to strip, and *signature_dropped says so; the rest
 * of such a module is returned as it was.
 *
 * *out, of *out_size bytes, is for the caller to free(). Returns 0, or -1 with *err set
 * to a constant text (see modfile.h); not reported.
 */
int module_strip(const void *module, size_t size, enum strip_level level, void **out,
		 size_t *out_size, bool *signature_dropped, const char **err);

#endif
