// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The modprobe of an image, and the compressions that it can read, by the strings in
 * its file:
 *
 *	kmod	"kmod version 34", and the features that it was built with, "+ZSTD +XZ
 *		-ZLIB". A library that it links or opens has its name in the program, or
 *		in libkmod: "liblzma.so.5"; it must be in the image too.
 *	busybox	"BusyBox v1.37.0". It decompresses modules by the code of the applets
 *		unxz and gunzip, if these are built in. It has none for zstd.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "initcheck/modprobe.h"

/* A program or library, read whole. */
struct program {
	char *data;
	size_t size;
};

/* Find a text; returns a pointer to it, or NULL. */
static const char *find(const struct program *program, const char *text, size_t size)
{
	return program->data && size ? memmem(program->data, program->size, text, size) :
				       NULL;
}

static const char *find_text(const struct program *program, const char *text)
{
	return find(program, text, strlen(text));
}

/* Whether it has a whole string: the name of an applet. */
static bool has_string(const struct program *program, const char *name)
{
	size_t n = strlen(name) + 1;
	CLEANUP_FREE char *text = xmalloc(n + 1);

	text[0] = '\0';
	memcpy(text + 1, name, n);
	return find(program, text, n + 1) != NULL;
}

/* Read a file of the image, if it has it. Returns 0, or -1 and reports it. */
static int read_program(struct program *program, const struct init_image *image,
			const char *path)
{
	program->data = rootfs_read(&image->source.root, path, &program->size);
	return program->data ? 0 : rootfs_unless_absent(&image->source.root, path);
}

/* -- kmod --------------------------------------------------------------------------- */

static const struct {
	const char *feature; /* of kmod, behind '+' or '-' */
	const char *library;
	const char *applet; /* of busybox */
} codecs[] = {
	[CODEC_NONE] = { NULL, NULL, NULL },
	[CODEC_GZIP] = { "ZLIB", "libz.so.", "gunzip" },
	[CODEC_XZ] = { "XZ", "liblzma.so.", "unxz" },
	[CODEC_ZSTD] = { "ZSTD", "libzstd.so.", NULL },
};

static bool has_library(const struct init_image *image, const char *name)
{
	for (size_t i = 0; i < image->listing.n; i++) {
		const struct image_entry *entry = &image->listing.entries[i];

		if (!S_ISDIR(entry->mode) && strcmp(path_base(entry->path), name) == 0)
			return true;
	}
	return false;
}

/* The name of a codec's library that a program has in it, in arena; or NULL. */
static const char *library_of(const struct program *program, struct arena *arena,
			      const char *prefix)
{
	const char *name = find_text(program, prefix);
	size_t left, n = strlen(prefix);

	if (!name)
		return NULL;
	left = program->size - (size_t)(name - program->data);
	while (n < left && strchr("0123456789", name[n]) && name[n])
		n++;
	return arena_strndup(arena, name, n);
}

static void look_at_codec(struct modprobe *modprobe, enum codec codec,
			  struct arena *arena, const struct init_image *image,
			  const struct program *kmod, const struct program *libkmod)
{
	CLEANUP_FREE char *with = xasprintf("+%s ", codecs[codec].feature);
	CLEANUP_FREE char *without = xasprintf("-%s ", codecs[codec].feature);
	const char *library = library_of(kmod, arena, codecs[codec].library);

	if (!library)
		library = library_of(libkmod, arena, codecs[codec].library);
	if (library && !has_library(image, library)) {
		CLEANUP_FREE char *opened = xasprintf("[\"%s\"]", library);

		modprobe->library[codec] = library;
		modprobe->linked[codec] = !find_text(kmod, opened) &&
					  !find_text(libkmod, opened);
	}
	if (find_text(kmod, without))
		modprobe->reads[codec] = READS_NOT;
	else if (find_text(kmod, with))
		modprobe->reads[codec] = modprobe->library[codec] ? READS_NOT : READS;
}

/* The libkmod of the image, if its kmod is linked with one. Returns as read_program(). */
static int read_libkmod(struct program *libkmod, const struct init_image *image)
{
	for (size_t i = 0; i < image->listing.n; i++) {
		const struct image_entry *entry = &image->listing.entries[i];

		if (strncmp(path_base(entry->path), "libkmod.so.", 11) == 0 &&
		    !S_ISDIR(entry->mode) && !libkmod->data &&
		    read_program(libkmod, image, entry->path) < 0)
			return -1;
	}
	return 0;
}

static int look_at_kmod(struct modprobe *modprobe, struct arena *arena,
			const struct init_image *image, const struct program *kmod)
{
	struct program libkmod = { 0 };
	int result = 0;

	if (find_text(kmod, "libkmod.so."))
		result = read_libkmod(&libkmod, image);
	for (enum codec codec = CODEC_GZIP; codec <= CODEC_ZSTD; codec++)
		look_at_codec(modprobe, codec, arena, image, kmod, &libkmod);
	free(libkmod.data);
	return result;
}

/* -- which -------------------------------------------------------------------------- */

/* Read the version behind a text: "34", "1.37.0". */
static bool read_version(struct modprobe *modprobe, struct arena *arena,
			 const struct program *program, const char *text,
			 const char *label)
{
	const char *found = find_text(program, text);
	char version[32], *rest;
	size_t left;

	if (!found)
		return false;
	found += strlen(text);
	left = program->size - (size_t)(found - program->data);
	snprintf(version, sizeof(version), "%.*s",
		 (int)(left < sizeof(version) ? left : sizeof(version) - 1), found);
	version[strspn(version, "0123456789.")] = '\0';
	modprobe->major = (unsigned)strtoul(version, &rest, 10);
	if (*rest == '.')
		modprobe->minor = (unsigned)strtoul(rest + 1, NULL, 10);
	modprobe->name =
		arena_printf(arena, "%s%s%s", label, *version ? " " : "", version);
	return true;
}

static void look_at_busybox(struct modprobe *modprobe, const struct program *busybox)
{
	for (enum codec codec = CODEC_GZIP; codec <= CODEC_ZSTD; codec++)
		modprobe->reads[codec] =
			codecs[codec].applet &&
					has_string(busybox, codecs[codec].applet) ?
				READS :
				READS_NOT;
}

/* Returns 1 if the file is a modprobe, 0 if not, or -1 and reports it. */
static int look_at(struct modprobe *modprobe, struct arena *arena,
		   const struct init_image *image, const char *path, bool named)
{
	struct program program = { 0 };
	int result = read_program(&program, image, path);

	if (result == 0 && program.data) {
		modprobe->path = path;
		result = 1;
		if (read_version(modprobe, arena, &program, "kmod version ", "kmod")) {
			modprobe->kind = MODPROBE_KMOD;
			if (look_at_kmod(modprobe, arena, image, &program) < 0)
				result = -1;
		} else if (read_version(modprobe, arena, &program, "BusyBox v",
					"busybox") &&
			   has_string(&program, "modprobe")) {
			modprobe->kind = MODPROBE_BUSYBOX;
			look_at_busybox(modprobe, &program);
		} else if (named) {
			modprobe->kind = MODPROBE_OTHER;
		} else {
			*modprobe = (struct modprobe){ 0 };
			result = 0;
		}
	}
	free(program.data);
	return result;
}

int modprobe_find(struct modprobe *modprobe, struct arena *arena,
		  const struct init_image *image)
{
	static const struct {
		const char *path;
		bool named; /* it is a modprobe, whatever its file has */
	} places[] = {
		{ "usr/sbin/modprobe", true }, { "sbin/modprobe", true },
		{ "usr/bin/modprobe", true },  { "bin/modprobe", true },
		{ "usr/bin/kmod", false },     { "bin/kmod", false },
		{ "usr/bin/busybox", false },  { "bin/busybox", false },
	};
	int result = 0;

	*modprobe = (struct modprobe){ 0 };
	for (size_t i = 0; i < sizeof(places) / sizeof(*places) && result == 0; i++)
		result = look_at(modprobe, arena, image, places[i].path, places[i].named);
	return result < 0 ? -1 : 0;
}
