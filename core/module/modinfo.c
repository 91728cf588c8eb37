// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * .modinfo, taken apart as libkmod does it (kmod_elf_get_strings(),
 * kmod_module_get_info()).
 *
 * For who reads all modules of a kernel and their symbols too: a file and a mapping for
 * libkmod to read would be a third of the time that an uncompressed module takes.
 */
#include <string.h>

#include "module/modinfo.h"

/* The next string of a section, NULs between them passed over, or NULL at the end. */
static const char *next_string(const char **at, const char *end, size_t *len)
{
	const char *string = *at, *nul;

	while (string < end && *string == '\0')
		string++;
	if (string == end)
		return NULL;
	nul = memchr(string, '\0', (size_t)(end - string));
	*len = (size_t)((nul ? nul : end) - string);
	*at = string + *len;
	return string;
}

/* A string is KEY=VALUE; one without '=' is a key whose value is "". */
static char *put_field(struct modinfo_field *field, char *room, const char *string,
		       size_t len)
{
	const char *equals = memchr(string, '=', len);
	size_t key = equals ? (size_t)(equals - string) : len;

	field->key = room;
	room = mempcpy(room, string, key);
	*room++ = '\0';
	field->value = room;
	if (equals)
		room = mempcpy(room, equals + 1, len - key - 1);
	*room++ = '\0';
	return room;
}

void modinfo_split(struct modinfo *info, struct arena *arena, const void *section,
		   size_t size)
{
	const char *at = section, *end = at + size, *string;
	size_t n = 0, bytes = 0, len;
	char *room;

	while (next_string(&at, end, &len)) {
		n++;
		bytes += len + 2;
	}
	/* Where one byte is all there is, libkmod takes it for padding. */
	if (n == 1 && len == 1 && at == end)
		n = 0;
	*info = (struct modinfo){ .memory = info->memory };
	if (n == 0)
		return;
	info->fields = arena_alloc(arena, n * sizeof(*info->fields) + bytes);
	room = (char *)(info->fields + n);
	at = section;
	while ((string = next_string(&at, end, &len)))
		room = put_field(&info->fields[info->n++], room, string, len);
}
