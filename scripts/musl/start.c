// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Startup work that musl leaves to others in a static PIE. rcrt1.o applies the
 * relocations in .rela.dyn; before 1.2.4 it does not know .relr.dyn, which encodes the
 * same in a hundredth of the size.  It also leaves relocated constants writable, which
 * a dynamic linker would protect (GNU_RELRO).  Linked as an object: musl calls _init()
 * before all constructors, and crti.o, which normally defines it, is not linked.
 */
#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

enum { RELR_SIZE = 35, RELR = 36 }; /* DT_RELRSZ, DT_RELR: missing in that musl's elf.h */

#define HIDDEN __attribute__((visibility("hidden")))
/* Defined by ld: the load address, linked at 0. */
extern HIDDEN const ElfW(Ehdr) __ehdr_start;
extern HIDDEN const ElfW(Dyn) _DYNAMIC[];
HIDDEN void _init(void);

/*
 * An even word is the address of a word to relocate.  In an odd one, each bit from the
 * second on stands for one of the words after those that the previous entry covered.
 */
static void relocate(uintptr_t base)
{
	const uintptr_t *relr = NULL, *end;
	uintptr_t *where = (uintptr_t *)base, bits;
	size_t i, size = 0;

	for (i = 0; _DYNAMIC[i].d_tag != DT_NULL; i++) {
		if (_DYNAMIC[i].d_tag == RELR)
			relr = (const uintptr_t *)(base + _DYNAMIC[i].d_un.d_ptr);
		if (_DYNAMIC[i].d_tag == RELR_SIZE)
			size = _DYNAMIC[i].d_un.d_val;
	}
	for (end = relr + size / sizeof(*relr); relr < end; relr++) {
		if ((*relr & 1) == 0) {
			where = (uintptr_t *)(base + *relr);
			*where++ += base;
			continue;
		}
		for (i = 0, bits = *relr >> 1; bits; i++, bits >>= 1)
			if (bits & 1)
				where[i] += base;
		where += 8 * sizeof(bits) - 1;
	}
}

/* As musl's dynamic linker does it, in whole pages. */
static void protect(uintptr_t base)
{
	const ElfW(Phdr) *header = (const ElfW(Phdr) *)(base + __ehdr_start.e_phoff);
	const ElfW(Phdr) *end = header + __ehdr_start.e_phnum;
	uintptr_t page = -(uintptr_t)getauxval(AT_PAGESZ), from, to;

	for (; header < end; header++) {
		if (header->p_type != PT_GNU_RELRO)
			continue;
		from = (base + header->p_vaddr) & page;
		to = (base + header->p_vaddr + header->p_memsz) & page;
		mprotect((void *)from, to - from, PROT_READ);
	}
}

void _init(void)
{
	uintptr_t base = (uintptr_t)&__ehdr_start;

	if (!MUSL_HAS_RELR)
		relocate(base);
	protect(base);
}
