// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Read the kernel's own symbols from files that its build produces.
 *
 *	Module.symvers   0x7ae3f2b1 <tab> kfree <tab> vmlinux <tab> EXPORT_SYMBOL
 *	System.map       ffffffff82a1b2c8 r __ksymtab_kfree
 */
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "fs/rootfs.h"
#include "index/kernelsyms.h"

static char *read_text(const char *path)
{
	size_t size;
	char *text = read_path(path, &size);

	if (!text)
		error(STATUS_IO, "cannot read %s: %m", path);
	return text;
}

static void add_symbol(struct symtable *table, struct arena *arena, const char *name,
		       uint64_t crc)
{
	symtable_add(table, arena_strdup(arena, name), crc, NO_OWNER);
}

/* Symbols that modules need but no kernel exports (kmod's list). */
static void add_magic(struct symtable *table)
{
	static const char *const names[] = {
		"__this_module",	 /* defined by the module loader */
		"_GLOBAL_OFFSET_TABLE_", /* synthesised on s390 */
		"TOC.",			 /* .TOC. on 64-bit PowerPC */
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (i < 2 || !symtable_find(table, names[i]))
			symtable_add(table, names[i], 0, NO_OWNER);
}

int kernelsyms_symvers(struct symtable *table, struct arena *arena, const char *path,
		       char prefix)
{
	CLEANUP_FREE char *text = read_text(path);
	char *line, *rest;
	unsigned number = 0;

	if (!text)
		return -1;
	for (line = text; line; line = rest) {
		char *words, *crc, *name, *where, *end;
		uint64_t value;

		number++;
		rest = strchr(line, '\n');
		if (rest)
			*rest++ = '\0';
		crc = strtok_r(line, " \t", &words);
		name = crc ? strtok_r(NULL, " \t", &words) : NULL;
		where = name ? strtok_r(NULL, " \t", &words) : NULL;
		if (!where || strcmp(where, "vmlinux") != 0)
			continue;
		value = strtoull(crc, &end, 16);
		if (*end)
			warning("%s:%u: invalid symbol version '%s'", path, number, crc);
		else
			add_symbol(table, arena, name + (prefix && *name == prefix),
				   value);
	}
	add_magic(table);
	return 0;
}

int kernelsyms_map(struct symtable *table, struct arena *arena, const char *path,
		   char prefix)
{
	static const char exported[] = "__ksymtab_";
	CLEANUP_FREE char *text = read_text(path);
	char *line, *rest;
	unsigned number = 0;

	if (!text)
		return -1;
	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *name = strchr(line, ' ');

		number++;
		name = name ? strchr(name + 1, ' ') : NULL;
		if (!name) {
			warning("%s:%u: invalid line: %s", path, number, line);
			continue;
		}
		name++;
		name += prefix && *name == prefix;
		if (strncmp(name, exported, sizeof(exported) - 1) == 0)
			add_symbol(table, arena, name + sizeof(exported) - 1, 0);
	}
	add_magic(table);
	return 0;
}
