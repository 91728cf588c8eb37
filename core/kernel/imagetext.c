// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two strings in a kernel:
 *
 *	banner		"Linux version RELEASE (BUILDER) (COMPILER) #1 SMP ...\n"
 *	vermagic	"RELEASE FLAG...", a string of its own, with the flags of
 *			include/linux/vermagic.h
 */
#include <ctype.h>

#include "kernel/imagetext.h"

enum {
	START = sizeof(BANNER_START) - 1,
	BANNER_MAX = 1023,
	RELEASE_MAX = 64,
	VERMAGIC_MAX = 511
};

/* The characters of a release, from its digit on: UTS_RELEASE has no others. */
static size_t release_length(struct bytes text)
{
	size_t n = 0;

	if (text.size == 0 || !isdigit(text.data[0]))
		return 0;
	while (n < text.size && isgraph(text.data[n]))
		n++;
	return n <= RELEASE_MAX ? n : 0;
}

struct bytes banner_at(struct bytes kernel, size_t at)
{
	struct bytes banner = bytes_part(kernel, at, BANNER_MAX);
	const unsigned char *end = memchr(banner.data, '\n', banner.size);
	size_t release;

	banner.size = end ? (size_t)(end - banner.data) : 0;
	release = release_length(bytes_part(banner, START, RELEASE_MAX + 1));
	if (!release || !bytes_match(banner, 0, BANNER_START, START) ||
	    !bytes_match(banner, START + release, " (", 2) ||
	    memchr(banner.data, '\0', banner.size))
		banner.size = 0;
	return banner;
}

bool has_banner(struct bytes kernel)
{
	const unsigned char *p = kernel.data, *end = p + kernel.size;

	while (p < end && (p = memmem(p, (size_t)(end - p), BANNER_START, START))) {
		if (banner_at(kernel, (size_t)(p - kernel.data)).size)
			return true;
		p++;
	}
	return false;
}

void read_banner(struct kernel_image *image, struct bytes kernel, size_t at)
{
	struct bytes banner = banner_at(kernel, at);

	if (!banner.size || image->banner)
		return;
	image->banner =
		arena_strndup(&image->arena, (const char *)banner.data, banner.size);
	image->release = arena_strndup(&image->arena, image->banner + START,
				       strcspn(image->banner + START, " "));
	/* A patch of theirs, whose message is the mainline kernel's. */
	if (strstr(image->banner, "(debian-kernel@lists.debian.org)"))
		image->loader |= LOADER_REFUSES_UNVERSIONED;
}

/* Whether a string can be the flags of a vermagic. */
static bool are_flags(const char *text)
{
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr(" _.-+=", *text))
			return false;
	return true;
}

/* Take the one string that begins with the release and a space. Two would be a doubt. */
void read_vermagic(struct kernel_image *image, struct bytes kernel)
{
	const char *start = arena_printf(&image->arena, "%s ", image->release);
	const unsigned char *p = kernel.data, *end = p + kernel.size;
	const size_t length = strlen(start);
	const char *found = NULL;

	for (; p < end && (p = memmem(p, (size_t)(end - p), start, length)); p++) {
		size_t at = (size_t)(p - kernel.data);
		const char *text = bytes_string(kernel, at, VERMAGIC_MAX);

		if ((at > 0 && p[-1] != '\0') || !text || !are_flags(text + length))
			continue;
		if (found && strcmp(found, text) != 0)
			return;
		found = text;
	}
	if (found)
		image->vermagic = arena_strdup(&image->arena, found);
}
