/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ELFSYMBOLS_H
#define MODBOX_ELFSYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/util.h"
#include "module/elfcheck.h"

/* A symbol that a module exports or needs. crc is 0 if it has none. */
struct modsymbol {
	const char *name;
	uint64_t crc;
	bool weak; /* needed only if some module exports it */
};

/* A module's symbols, in libkmod's order. */
struct modsymbols {
	struct modsymbol *exported, *needed;
	size_t n_exported, n_needed;
};

/* A symbol as the symbol table has it. */
struct elf_symbol {
	const char *name;
	uint64_t value;
	unsigned section, bind, type;
};

/* The number of symbols in a table. */
size_t elf_symbol_count(const struct elf_layout *layout, const struct elf_part *table);

/*
 * Read symbol i of a table, whose names are in the section names, which ends with a NUL.
 * Both are in memory. Returns false if there is none, or its name is out of bounds.
 */
bool elf_symbol(const struct elf_layout *layout, const struct elf_part *table,
		const struct elf_part *names, uint64_t i, struct elf_symbol *symbol);

/* On SPARC, a global register that a module uses looks like an undefined symbol. */
bool elf_is_register(const struct elf_layout *layout, const struct elf_symbol *symbol);

/*
 * Read the CRC that a symbol __crc_NAME stands for: its value or, of one that lies in a
 * section, the number at that offset. Returns false if nothing is there.
 */
bool elf_crc(const struct elf_source *source, const struct elf_layout *layout,
	     unsigned section, uint64_t value, uint64_t *crc);

/*
 * Read the symbols of a module that passed elf_check(). They are allocated in arena.
 * Returns 0, or -1 with *err set to a constant text (see modfile.h); not reported.
 */
int elf_symbols(const struct elf_source *source, struct elf_scratch *scratch,
		const struct elf_layout *layout, struct arena *arena,
		struct modsymbols *symbols, const char **err);

#endif
