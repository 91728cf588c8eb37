/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ELFCHECK_H
#define MODBOX_ELFCHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "config.h"

/* Only the index writer reads the symbols of modules. */
#define WITH_SYMBOLS (ENABLED(DEPMOD) || ENABLED(FEATURE_INDEX_WRITER))

/* Where the bytes of an uncompressed module are: in memory or, where that is NULL, in fd.
 */
struct elf_source {
	const unsigned char *memory;
	int fd;
	uint64_t size;
};

/* A part of the module, within it. */
struct elf_part {
	uint64_t offset, size;
	const unsigned char *data; /* in the source's memory or in the scratch */
};

/* The parts of a module that tell its .modinfo. */
struct elf_layout {
	struct elf_part header;	 /* the ELF header */
	struct elf_part table;	 /* the section headers */
	struct elf_part names;	 /* the sections' names, NUL-terminated */
	struct elf_part modinfo; /* size 0: there is none; data only if source is memory */
	uint64_t memory;	 /* bytes of the sections that loading allocates */
	bool wide, big_endian;	 /* its class and byte order */
	unsigned machine;	 /* EM_... */
	unsigned sections;	 /* how many section headers there are */
};

/* A section header of a layout. */
struct elf_section {
	const char *name;
	uint32_t type;
	struct elf_part part; /* without data */
};

/* What a check reads from a descriptor.  Zero-initialise it. */
struct elf_scratch {
	struct buffer header, table, names, symbols;
};

void elf_scratch_free(struct elf_scratch *scratch);

/*
 * Check that source is a whole relocatable ELF file, of either class and byte order:
 * header and section headers, every section that occupies the file within it, and a
 * signature behind them, if any, to its end.  Fills layout, which is good until scratch
 * is used again.
 *
 * Returns 0, or -1 with *err set to a constant text (see modfile.h); not reported.
 */
int elf_check(const struct elf_source *source, struct elf_scratch *scratch,
	      struct elf_layout *layout, const char **err);

/* A number of the module's, size bytes at p: 2, 4 or 8. */
uint64_t elf_number(const struct elf_layout *layout, const unsigned char *p,
		    unsigned size);

/* Section number i, from 1 to sections - 1, of a layout that elf_check() filled. */
struct elf_section elf_section(const struct elf_layout *layout, unsigned i);

#endif
