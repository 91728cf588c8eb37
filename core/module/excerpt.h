/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_EXCERPT_H
#define MODBOX_EXCERPT_H

#include <stdbool.h>
#include <stdint.h>

#include "module/elfcheck.h"

/*
 * The file that libkmod reads. libkmod opens modules by path, maps them and trusts much
 * of what it finds. So it never sees the module itself but an excerpt: a file of ours
 * with the ELF header, section headers, section names and .modinfo, each at its original
 * offset and bounds-checked, with holes in between. libkmod then reads exactly what was
 * checked, even if someone changes the module meanwhile; a bad sector or a truncation
 * cannot raise SIGBUS; and a compressed module is not written out.
 *
 * The file is reused for every module and never shrinks. It is always longer than the
 * module by a page of zeros, because of what libkmod (kmod 30) does at the end of a file:
 * kmod_elf_get_strings() reads the byte after .modinfo, elf_get_mem() asserts that even
 * an empty section begins before the end, and a signature there would be parsed.
 */
struct excerpt {
	int fd; /* -1: none */
	uint64_t size;
	char *path;
	bool unlink; /* path is a temporary file to remove */
};

/*
 * Create the file: in memory or, if the kernel refuses, in TMPDIR. There its name is
 * removed at once, unless no other path leads to the file. Returns 0, or -1 with *err.
 */
int excerpt_open(struct excerpt *excerpt, const char **err);

/*
 * Copy the parts that libkmod may see. The module ends at end. Returns 0, or -1 with
 * *err.
 */
int excerpt_fill(struct excerpt *excerpt, const struct elf_layout *layout, uint64_t end,
		 const char **err);

void excerpt_close(struct excerpt *excerpt);

#endif
