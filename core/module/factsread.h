/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_FACTSREAD_H
#define MODBOX_FACTSREAD_H

#include "module/elfsymbols.h"
#include "module/modfacts.h"

/* A version in either table. */
struct version {
	const char *name;
	uint64_t crc;
	size_t number; /* the first of a name counts */
};

/* A module whose facts are read. */
struct reading {
	struct module_facts *facts;
	const struct elf_source *source; /* in memory */
	const struct elf_layout *layout;
	struct arena *arena;
	struct elf_part symbols, names;
	struct version *versions[2]; /* sorted by name */
	size_t n_versions[2];
	size_t bytes; /* of all names */
};

/* Set the facts' err. Returns -1. */
int facts_damaged(const struct reading *r);

/*
 * Find a section with bytes in the file; size 0: there is none. The kernel looks only at
 * those that are allocated. *number, unless NULL, is its own.
 */
struct elf_part facts_section(const struct reading *r, const char *name,
			      unsigned *number);

/* Whether strings end in their section, so that each needs no look for its end. */
bool facts_is_ended(const struct elf_part *part);

/* The string at an offset of a section that is ended, or NULL. */
const char *facts_string(const struct elf_part *part, uint64_t offset);

uint64_t facts_number(const struct reading *r, const unsigned char *p, unsigned size);

/* Copy a name into the arena, and count its bytes. */
const char *facts_copy(struct reading *r, const char *name);

/* Whether names have more bytes than any module's. */
bool facts_is_long(const struct reading *r);

/* Read the module's exports. Returns 0, or -1 with the facts' err set. */
int exports_read(struct reading *r);

#endif
