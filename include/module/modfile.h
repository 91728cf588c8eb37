/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODFILE_H
#define MODBOX_MODFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/util.h"
#include "module/modinfo.h"

struct modsymbols; /* elfsymbols.h */

/*
 * A reader of module files.  It keeps its decoding buffer and its libkmod context
 * from one file to the next, and belongs to one thread.
 */
struct modreader;

/* max: bytes that a module may have when it is decompressed, as for decoder_new(). */
struct modreader *modreader_new(uint64_t max);
void modreader_free(struct modreader *reader);

/*
 * Read the .modinfo of the module file fd, compressed or not (told by its magic).
 * The file's structure is checked before libkmod sees it.  info's memory is
 * allocated in arena.
 *
 * Returns 0, or -1 with *err set to a constant text ("the xz stream is truncated")
 * that fits behind "FILE: "; not reported.
 */
int modreader_modinfo(struct modreader *reader, int fd, struct arena *arena,
		      struct modinfo *info, const char **err);

/*
 * The same, and the symbols that it exports and needs.
 */
int modreader_symbols(struct modreader *reader, int fd, struct arena *arena,
		      struct modinfo *info, struct modsymbols *symbols, const char **err);

/*
 * Check that the module file fd is whole, as far as its structure tells without
 * decoding: ELF header and section table within the file, xz footer and index,
 * zstd block headers to the end, gzip to its trailer (decoded: nothing less shows it).
 * With decode, decode it all and check the ELF file inside too.
 * Returns as modreader_modinfo().
 */
int modreader_check(struct modreader *reader, int fd, bool decode, const char **err);

#endif
