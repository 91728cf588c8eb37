/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODINFO_H
#define MODBOX_MODINFO_H

#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

struct modinfo_field {
	const char *key, *value;
};

/* The strings of a module's .modinfo section, in order: key=value; keys can repeat. */
struct modinfo {
	struct modinfo_field *fields;
	size_t n;
	uint64_t decoded; /* bytes of the ELF file */
	uint64_t memory;  /* bytes allocated when loaded, from section sizes */
	uint64_t debug;	  /* bytes of debug sections in the file */
};

/*
 * Split a .modinfo section of size bytes into fields, which are allocated in arena; only
 * those with a key unless it is NULL. Its sizes are kept. The section is borrowed
 * during the call.
 */
void modinfo_split(struct modinfo *info, struct arena *arena, const void *section,
		   size_t size, const char *key);

#endif
