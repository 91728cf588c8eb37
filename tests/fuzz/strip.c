// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Modules to strip.  What is allocated stays as it is; there is nothing to strip in what
 * has been stripped.
 */
#include <elf.h>

#include "fuzz.h"

#include "module/elfcheck.h"
#include "module/strip.h"

/* A module in memory; its layout is that of elf_check(). */
struct module {
	const unsigned char *data;
	size_t size;
	struct elf_layout layout;
};

static void check(struct module *module)
{
	struct elf_source source = { module->data, -1, module->size };
	struct elf_scratch buffers = { 0 };
	const char *err = NULL;

	REQUIRE(elf_check(&source, &buffers, &module->layout, &err) == 0);
}

/* The next allocated section after i whose contents are not rewritten, or 0. */
static unsigned next_allocated(const struct module *module, unsigned i)
{
	while (++i < module->layout.sections) {
		struct elf_section section = elf_section(&module->layout, i);

		switch (section.type) {
		case SHT_NULL:
		case SHT_REL:
		case SHT_RELA:
		case SHT_GROUP:
		case SHT_SYMTAB:
		case 0x6fff4c03: /* SHT_LLVM_ADDRSIG */
			break;
		default:
			if (section.flags & SHF_ALLOC)
				return i;
		}
	}
	return 0;
}

static void compare(const struct module *before, const struct module *after)
{
	unsigned i = next_allocated(before, 0), k = next_allocated(after, 0);

	while (i && k) {
		struct elf_section a = elf_section(&before->layout, i);
		struct elf_section b = elf_section(&after->layout, k);

		REQUIRE(strcmp(a.name, b.name) == 0);
		REQUIRE(a.type == b.type && a.flags == b.flags);
		REQUIRE(a.part.size == b.part.size);
		if (a.type != SHT_NOBITS)
			REQUIRE(memcmp(before->data + a.part.offset,
				       after->data + b.part.offset, a.part.size) == 0);
		i = next_allocated(before, i);
		k = next_allocated(after, k);
	}
	REQUIRE(!i && !k);
}

static void strip(const struct module *before, enum strip_level level)
{
	struct module after;
	void *once, *twice;
	size_t twice_size;
	bool was_signed;
	const char *err = NULL;

	if (module_strip(before->data, before->size, level, &once, &after.size,
			 &was_signed, &err) < 0) {
		REQUIRE(err);
		return;
	}
	REQUIRE(!err);
	after.data = once;
	check(&after);
	REQUIRE(!after.layout.is_signed);
	REQUIRE(after.size <= before->size + before->layout.table.size + 8);
	compare(before, &after);
	REQUIRE(module_strip(once, after.size, level, &twice, &twice_size, &was_signed,
			     &err) == 0);
	REQUIRE(!was_signed && twice_size == after.size &&
		memcmp(once, twice, after.size) == 0);
	free(once);
	free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct module module = { .data = data, .size = size };
	struct elf_source source = { data, -1, size };
	struct elf_scratch buffers = { 0 };
	const char *err = NULL;

	if (elf_check(&source, &buffers, &module.layout, &err) < 0)
		return 0;
	strip(&module, STRIP_DEBUG);
	strip(&module, STRIP_UNNEEDED);
	return 0;
}
