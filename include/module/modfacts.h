/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODFACTS_H
#define MODBOX_MODFACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "module/elfcheck.h"
#include "module/modinfo.h"
#include "module/packing.h"
#include "signature/signature.h"

/* A symbol that a module does not define, as its own table has them in order. */
struct module_need {
	const char *name;
	bool weak; /* it loads without */
	struct {
		bool found; /* the module has a version of it: */
		uint64_t crc;
	} version[2]; /* in each of the tables of versions */
};

/* __versions, and those of 6.14 and later, __version_ext_crcs and _names. */
enum { VERSIONS_PLAIN, VERSIONS_EXTENDED };

struct module_export {
	const char *name, *namespace; /* "": none */
	uint32_t crc;
	bool has_crc, gpl;
};

/* All of a module that the kernel's loader compares with the kernel. */
struct module_facts {
	const char *err; /* why they cannot be read: a text as in modfile.h; or NULL */
	struct packing packing; /* of the file; set even if the rest cannot be read */
	bool undecoded;		/* its decompression failed */
	struct modinfo info;
	unsigned machine; /* EM_... */
	bool wide, big_endian;
	uint64_t this_module; /* bytes of .gnu.linkonce.this_module; 0: it has none */
	bool symtab;	      /* it has a symbol table */
	bool writable_code;   /* a section is both */
	bool common;	      /* it has common symbols */
	bool versions[2];     /* which tables it has */
	struct module_need layout; /* the version of module_layout, which is no symbol */
	struct module_need *needs;
	size_t n_needs;
	struct module_export *exports;
	size_t n_exports;
	struct signature signature; /* read even if the rest cannot be: err */
};

/*
 * Read the facts of a module in memory that passed elf_check(). They are allocated in
 * arena. If that fails, there are none but err.
 */
void module_facts_read(struct module_facts *facts, const struct elf_source *source,
		       const struct elf_layout *layout, struct arena *arena);

/* Return the first value of a key in .modinfo, or NULL. */
const char *module_facts_field(const struct module_facts *facts, const char *key);

#endif
