/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ELFIMAGE_H
#define MODBOX_ELFIMAGE_H

#include "kernel/bytes.h"

/* A section of a vmlinux; lies within the file. */
struct image_section {
	struct bytes data;
	uint64_t offset;  /* in the file */
	uint64_t address; /* where the kernel has it */
};

/*
 * Find a section by its name. Returns false if none has bytes in the file, or if
 * section headers lead out of it.
 */
bool elf_image_section(struct bytes file, const char *name,
		       struct image_section *section);

#endif
