/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ELFCHECK_H
#define MODBOX_ELFCHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/readat.h"
#include "base/strbuf.h"
#include "config.h"

/* Only the index writer, the proof, strip and dracut-install read symbols of modules. */
#define WITH_SYMBOLS                                                 \
	(ENABLED(DEPMOD) || ENABLED(FEATURE_INDEX_WRITER) ||         \
	 ENABLED(FEATURE_SYMBOL_SEARCH) || ENABLED(FEATURE_PROOF) || \
	 ENABLED(FEATURE_STRIP) || ENABLED(DRACUT_INSTALL) || ENABLED(INITCHECK))

/* The bytes of an uncompressed module: in memory or, if that is NULL, in fd. */
struct elf_source {
	const unsigned char *memory;
	int fd;
	uint64_t size;
};

/* A part of the module; lies within it. */
struct elf_part {
	uint64_t offset, size;
	const unsigned char *data; /* in the source's memory or the scratch */
};

/* The parts of a module needed to find its .modinfo. */
struct elf_layout {
	struct elf_part header;	 /* the ELF header */
	struct elf_part table;	 /* the section headers */
	struct elf_part names;	 /* the sections' names, NUL-terminated */
	struct elf_part modinfo; /* size 0: none; data: see elf_check() */
	uint64_t memory; /* bytes of the sections that are allocated when loaded */
	uint64_t debug;	 /* bytes of the sections that strip --strip-debug removes */
	uint64_t end;	/* of all parts of the ELF file; a signature or padding follows */
	bool is_signed; /* the file ends as a signature does */
	bool wide, big_endian; /* ELF class and byte order */
	unsigned machine;      /* EM_... */
	unsigned sections;     /* number of section headers */
};

/* A section header of a layout. */
struct elf_section {
	const char *name;
	uint32_t type, info;  /* sh_type, sh_info */
	uint32_t link;	      /* sh_link */
	uint64_t flags;	      /* sh_flags */
	struct elf_part part; /* without data */
};

/* Buffers for parts read from a descriptor. Zero-initialise it. */
struct elf_scratch {
	struct strbuf header, table, names, symbols;
};

void elf_scratch_trim(struct elf_scratch *scratch); /* as strbuf_trim() */
void elf_scratch_free(struct elf_scratch *scratch);

/* Of a signature whose end is missing: the kernel takes such a module for unsigned. */
#define ELF_CUT_SIGNATURE "truncated (within the signature)"

/*
 * Check that source is a complete relocatable ELF file of either class and byte order:
 * header and section headers, every section that occupies space in the file and a
 * signature after them, if any. Fills layout, which is valid until scratch is used again;
 * modinfo.data is set only if source is in memory.
 *
 * Returns 0, or -1 with *err set to a constant text (see modfile.h); not reported.
 */
int elf_check(const struct elf_source *source, struct elf_scratch *scratch,
	      struct elf_layout *layout, const char **err);

/* Read a number in the module's byte order, of size bytes (2, 4 or 8) at p. */
uint64_t elf_number(const struct elf_layout *layout, const unsigned char *p,
		    unsigned size);

/*
 * Whether strip --strip-debug removes a section with this name, which is not allocated;
 * as binutils decide it (_bfd_elf_make_section_from_shdr()).
 */
bool elf_is_debug(const char *name);

/* Return section i (1 to sections - 1) of a layout filled by elf_check(). */
struct elf_section elf_section(const struct elf_layout *layout, unsigned i);

#endif
