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

/*
 * Read the symbols of a module that passed elf_check(). They are allocated in arena.
 * Returns 0, or -1 with *err set to a constant text (see modfile.h); not reported.
 */
int elf_symbols(const struct elf_source *source, struct elf_scratch *scratch,
		const struct elf_layout *layout, struct arena *arena,
		struct modsymbols *symbols, const char **err);

#endif
