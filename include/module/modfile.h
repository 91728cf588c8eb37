/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODFILE_H
#define MODBOX_MODFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/util.h"
#include "module/modinfo.h"

struct module_facts; /* modfacts.h */
struct modsymbols;   /* elfsymbols.h */

/*
 * A reader of module files, for use by one thread. It keeps its decoding buffer and
 * libkmod context from file to file.
 */
struct modreader;

/*
 * max: limit for a decompressed module in bytes, as for decoder_new(). Never returns
 * NULL.
 */
struct modreader *modreader_new(uint64_t max);
void modreader_free(struct modreader *reader);

/*
 * Read the .modinfo of the module file fd, compressed or not (by its magic). The file's
 * structure is checked before libkmod sees it. info's strings are allocated in arena.
 *
 * Returns 0, or -1 with *err set to a constant text ("xz stream is truncated") that
 * follows "FILE: " in messages; not reported.
 */
int modreader_modinfo(struct modreader *reader, int fd, struct arena *arena,
		      struct modinfo *info, const char **err);

/*
 * Do the same, but read only the fields with a key, "depends": without libkmod, in half
 * the time (modinfo.c).
 */
int modreader_depends(struct modreader *reader, int fd, struct arena *arena,
		      struct modinfo *info, const char **err);

/* Do the same, and read the exported and needed symbols. */
int modreader_symbols(struct modreader *reader, int fd, struct arena *arena,
		      struct modinfo *info, struct modsymbols *symbols, const char **err);

/*
 * Read all that the kernel's loader compares with the kernel; if that fails, facts->err
 * says so, and the result is -1. If info is not NULL, read it in the same pass; the
 * result and *err are then those of modreader_modinfo().
 */
int modreader_facts(struct modreader *reader, int fd, struct arena *arena,
		    struct modinfo *info, struct module_facts *facts, const char **err);

/*
 * Check that the module file fd is complete, as far as its structure shows without
 * decoding: ELF header and section headers within the file; xz footer and index; zstd
 * block headers to the end. gzip has to be decoded for that. If decode is set, decode
 * everything and check the ELF file inside too.
 * Returns as modreader_modinfo().
 */
int modreader_check(struct modreader *reader, int fd, bool decode, const char **err);

#endif
