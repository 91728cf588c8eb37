/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODINFO_H
#define MODBOX_MODINFO_H

#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

struct modinfo_field {
	const char *key, *value;
};

/* The strings of a module's .modinfo section, in its order: key=value, repeated keys. */
struct modinfo {
	struct modinfo_field *fields;
	size_t n;
	uint64_t memory; /* bytes that loading the module allocates, by its sections */
};

/*
 * Take a .modinfo section of size bytes apart, into fields that are allocated in arena;
 * info's memory stays as it is.  The section is borrowed until this returns.
 */
void modinfo_split(struct modinfo *info, struct arena *arena, const void *section,
		   size_t size);

#endif
