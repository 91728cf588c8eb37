// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Module.symvers, which kbuild writes (scripts/mod/modpost.c): a line for each export,
 * with tabs between its fields; from 5.8 on,
 *
 *	0x12345678	NAME	vmlinux			EXPORT_SYMBOL_GPL	NAMESPACE
 *	0x00000000	NAME	drivers/usb/core/usbcore	EXPORT_SYMBOL
 *
 * Without MODVERSIONS all CRCs are 0. "vmlinux" stands for the kernel itself.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/symvers.h"

enum { CRC, NAME, MODULE, KIND, NAMESPACE, FIELDS };

/* Split a line, which is changed. Returns whether it has the fields, NAMESPACE or not. */
static bool split(char *line, char *fields[FIELDS])
{
	unsigned n = 0;
	static char none[] = "";

	fields[NAMESPACE] = none;
	while (line && n < FIELDS)
		fields[n++] = strsep(&line, "\t");
	return !line && n > KIND;
}

static bool read_crc(const char *text, uint32_t *crc)
{
	char *end;
	unsigned long long value;

	if (text[0] != '0' || text[1] != 'x' || !isxdigit((unsigned char)text[2]))
		return false;
	errno = 0;
	value = strtoull(text, &end, 16);
	*crc = (uint32_t)value;
	return *end == '\0' && errno == 0 && value <= UINT32_MAX;
}

/* Whether a field is EXPORT_SYMBOL or EXPORT_SYMBOL_GPL; *gpl gets which. */
static bool read_kind(const char *text, bool *gpl)
{
	static const char export[] = "EXPORT_SYMBOL";
	enum { LENGTH = sizeof(export) - 1 };

	*gpl = strncmp(text, export, LENGTH) == 0 && strcmp(text + LENGTH, "_GPL") == 0;
	return *gpl || strcmp(text, export) == 0;
}

static int take_line(struct kernel_exports *exports, struct arena *arena, char *line,
		     const char **err)
{
	struct kernel_export item = { 0 };
	char *fields[FIELDS];

	if (!split(line, fields) || !read_crc(fields[CRC], &item.crc) ||
	    !read_kind(fields[KIND], &item.gpl) || !*fields[NAME]) {
		*err = "not a line of Module.symvers (kbuild's of 5.8 and later)";
		return -1;
	}
	if (strcmp(fields[MODULE], "vmlinux") != 0)
		return 0;
	item.name = fields[NAME];
	item.namespace = fields[NAMESPACE];
	exports->crcs = exports->crcs || item.crc;
	if (exports_add(exports, arena, &item) < 0) {
		*err = "it has more exports than any kernel";
		return -1;
	}
	return 0;
}

int symvers_read(struct kernel_exports *exports, struct arena *arena, const char *text,
		 size_t size, size_t *line, const char **err)
{
	char *copy = xmalloc(size + 1), *rest = copy;
	int result = 0;

	memcpy(copy, text, size);
	copy[size] = '\0';
	*exports = (struct kernel_exports){ 0 };
	for (*line = 1; rest && *rest && result == 0; *line += result == 0)
		result = take_line(exports, arena, strsep(&rest, "\n"), err);
	free(copy);
	if (result < 0)
		return -1;
	*line = 0;
	if (exports->n == 0)
		*err = "it has no export of vmlinux";
	else if (exports_sort(exports) < 0)
		*err = "it has an export of vmlinux twice";
	else
		return 0;
	return -1;
}
