/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_EXPORTS_H
#define MODBOX_EXPORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

/* A symbol that the kernel itself exports to modules. */
struct kernel_export {
	const char *name;
	const char *namespace; /* "" if it has none; "module:a,b" is for these modules */
	uint32_t crc;	       /* of its type; 0 if the kernel has no CRCs */
	bool gpl;	       /* only for modules with a GPL-compatible licence */
};

/*
 * A kernel's exports. Zero-initialise it. Its strings are in the arena that
 * exports_add() was given; the rest is freed by exports_free().
 */
struct kernel_exports {
	struct kernel_export *items; /* sorted by name, by exports_sort() */
	size_t n, capacity;
	size_t bytes; /* of all strings */
	bool crcs;    /* MODVERSIONS: crc is meant */
};

enum { EXPORT_NAME_MAX = 511 };

/* Return the export of this name, or NULL. exports may be empty. */
const struct kernel_export *exports_find(const struct kernel_exports *exports,
					 const char *name);

/*
 * Add an export, whose strings are copied to arena. Returns 0; or -1 if there are more
 * than any kernel has, as a damaged file can claim.
 */
int exports_add(struct kernel_exports *exports, struct arena *arena,
		const struct kernel_export *item);

/* Sort them, after the last. Returns 0, or -1 if a name is there twice. */
int exports_sort(struct kernel_exports *exports);
void exports_free(struct kernel_exports *exports);

#endif
